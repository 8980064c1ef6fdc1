"""What tests of every part share."""

import os
from pathlib import Path

import pytest

SHARED_MODELS = Path(__file__).parents[2] / "shared" / "models"


def pytest_collection_modifyitems(items):
    """Begin with the longest file, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: item.path.name != "test_notebooks.py")


@pytest.fixture(scope="session")
def weights():
    """The variables that lead to the recogniser's weights; none where there are no weights."""
    named = os.environ.get("WORKSHOP_MODEL")
    folder = Path(named) if named else SHARED_MODELS
    return {"WORKSHOP_MODEL": str(folder)} if (folder / "yolox_nano.onnx").exists() else {}


@pytest.fixture(scope="session")
def application(tmp_path_factory, weights):
    """The whole application of eight lessons, built on a local cloud of its own."""
    from workshop_lib.local_cloud import launcher
    from workshop_lib.workshop import open_lesson

    home = tmp_path_factory.mktemp("application")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("WORKSHOP_MODEL", raising=False)
        patch.setenv("WORKSHOP_HOME", str(home))
        patch.setenv("WORKSHOP_ATTENDEE", "test")
        for name, value in weights.items():
            patch.setenv(name, value)
        lesson = open_lesson(8)
        lesson.catch_up(say=lambda _: None)
        lesson.lesson.build(lesson)
        yield lesson
    launcher.stop(home / "cloud")


@pytest.fixture(scope="session")
def decks(tmp_path_factory):
    """The workshop's slides, built: the page of each deck by its stem."""
    from workshop_lib.slides.builds import build_decks

    built = build_decks(folder=tmp_path_factory.mktemp("slides"))
    built.require_no_mistake()
    return {page.stem: page for page in built.pages}
