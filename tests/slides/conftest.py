"""A deck of one's own to make mistakes in."""

from collections.abc import Callable

import pytest

from workshop_lib.errors import WorkshopError
from workshop_lib.slides.builds import build_decks


@pytest.fixture
def build(tmp_path) -> Callable[[str], str]:
    """Build one deck of this text; returns its page's HTML."""

    def build_text(text: str) -> str:
        source = tmp_path / "source"
        source.mkdir(exist_ok=True)
        (source / "00_introduction.md").write_text(text, encoding="utf-8")
        built = build_decks(source, tmp_path / "built")
        built.require_no_mistake()
        return built.pages[0].read_text(encoding="utf-8")

    return build_text


@pytest.fixture
def mistakes(build) -> Callable[[str], str]:
    """Build one deck of this text and return what the build says is wrong with it."""

    def build_wrong(text: str) -> str:
        with pytest.raises(WorkshopError) as error:
            build(text)
        return error.value.what

    return build_wrong
