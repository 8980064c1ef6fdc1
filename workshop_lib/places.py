"""Where the workshop's own files are."""

from __future__ import annotations

from pathlib import Path

from workshop_lib.errors import WorkshopError

PROJECT = Path(__file__).resolve().parent.parent
NOTEBOOKS = PROJECT / "notebooks"
LAMBDAS = PROJECT / "lambdas"
WORKING_COPIES = PROJECT / "my_notebooks"
PICTURES = NOTEBOOKS / "pictures"
SLIDES = PROJECT / "slides"
BUILD = PROJECT / "build"


def require_checkout() -> None:
    """Check that the package runs from a checkout, beside its notebooks.

    Raises:
        WorkshopError: the package was installed without them.
    """
    if not NOTEBOOKS.is_dir():
        raise WorkshopError(
            f"The notebooks are not beside the package: there is no folder {NOTEBOOKS}.",
            "Clone the repository and install from it with `pip install -e .`.",
        )
