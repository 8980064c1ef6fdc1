"""What tests of every part share."""

import os
from pathlib import Path

import pytest

SHARED_MODELS = Path(__file__).parents[2] / "shared" / "models"


@pytest.fixture(scope="session")
def weights():
    """The variables that lead to the recogniser's weights; none where there are no weights."""
    named = os.environ.get("WORKSHOP_MODEL")
    folder = Path(named) if named else SHARED_MODELS
    return {"WORKSHOP_MODEL": str(folder)} if (folder / "yolox_nano.onnx").exists() else {}
