"""The attendee's copies of the notebooks: hers, up to date, and never lost."""

import re
from datetime import datetime

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from workshop_lib.places import NOTEBOOKS, WORKING_COPIES
from workshop_lib.working_copies import WorkingCopies

NOON = datetime(2026, 11, 26, 12)
FIRST, SECOND = 'lesson.check("first", ...)', 'lesson.check("second", ...)'


@pytest.fixture
def originals(tmp_path):
    folder = tmp_path / "notebooks"
    (folder / "pictures").mkdir(parents=True)
    (folder / "pictures" / "map.svg").write_text("<svg/>")
    return write_original(folder, "First words.")


def write_original(folder, prose, second=SECOND):
    cells = [new_markdown_cell(prose, id="a")]
    for name, source in (("first", FIRST), ("second", second)):
        tags = {"tags": [f"exercise-{name}"]}
        cells.append(new_code_cell(source, metadata=tags, id=name))
    nbformat.write(new_notebook(cells=cells), folder / "01_lesson.ipynb")
    return folder


@pytest.fixture
def copies(originals, tmp_path):
    return WorkingCopies(originals, tmp_path / "mine")


def refresh(copies):
    said = []
    copies.refresh(said.append, NOON)
    return said


def answer(copies, place, text):
    file = copies.folder / "01_lesson.ipynb"
    notebook = nbformat.read(file, as_version=4)
    notebook.cells[place].source = text
    nbformat.write(notebook, file)


def sources(file):
    return [cell.source for cell in nbformat.read(file, as_version=4).cells]


def test_copies_are_made_once_with_their_pictures(copies):
    """The first time makes them, the second changes nothing, and neither says a word."""
    assert [] == refresh(copies) == refresh(copies)

    original, copy = (folder / "01_lesson.ipynb" for folder in (copies.originals, copies.folder))
    assert original.read_bytes() == copy.read_bytes()
    assert (copies.folder / "pictures" / "map.svg").exists()


def test_what_was_written_stays_while_the_original_does(copies):
    """An answer is left alone for as long as nothing new has come."""
    refresh(copies)
    answer(copies, 1, "mine")

    assert [] == refresh(copies)
    assert "mine" == sources(copies.folder / "01_lesson.ipynb")[1]


def test_a_new_version_takes_the_answers_along_and_keeps_the_earlier_copy(copies):
    """New prose comes, answers to unchanged exercises stay, and the old copy is kept whole."""
    refresh(copies)
    answer(copies, 1, "my first")
    answer(copies, 2, "my second")
    mine = (copies.folder / "01_lesson.ipynb").read_bytes()
    write_original(copies.originals, "Other words.", second="another question")

    (said,) = refresh(copies)

    expected = ["Other words.", "my first", "another question"]
    assert expected == sources(copies.folder / "01_lesson.ipynb")
    kept = copies.folder / "earlier" / "01_lesson 2026-11-26 12.00.00.ipynb"
    assert mine == kept.read_bytes()
    assert "your answers to first came along" in said
    assert "your answers to second are in the earlier one" in said
    assert [] == refresh(copies)


def test_an_untouched_copy_is_replaced_without_a_word(copies):
    """Who has written nothing gets the new one, and nothing to read."""
    refresh(copies)
    write_original(copies.originals, "Other words.")

    assert [] == refresh(copies)
    assert "Other words." == sources(copies.folder / "01_lesson.ipynb")[0]


def test_a_broken_copy_is_kept_and_made_anew(copies):
    """A file that is no notebook any more is kept, and the lesson can be worked on."""
    refresh(copies)
    (copies.folder / "01_lesson.ipynb").write_text("{")
    write_original(copies.originals, "Other words.")

    (said,) = refresh(copies)

    assert "Other words." == sources(copies.folder / "01_lesson.ipynb")[0]
    assert "kept as earlier" in said.replace("\\", "/")


def test_every_link_of_the_copies_leads_somewhere(tmp_path):
    """Links between the real notebooks, and to their pictures, hold in the copies."""

    copies = WorkingCopies(NOTEBOOKS, tmp_path / "mine")
    copies.refresh(lambda _: None, NOON)
    files = sorted(copies.folder.glob("*.ipynb"))
    links = [
        link
        for file in files
        for text in sources(file)
        for link in re.findall(r"\]\((?!https?:|#|attachment:)([^)#\s]+)", text)
    ]

    assert 8 == len(files)
    assert len(links) > 10
    # Beside the originals, ../ means the same for both.
    assert NOTEBOOKS.parent == WORKING_COPIES.parent
    folders = {True: NOTEBOOKS, False: copies.folder}
    assert [] == [link for link in links if not (folders[link.startswith("../")] / link).exists()]
