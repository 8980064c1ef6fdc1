"""The notebooks keep one shape and one cadence."""

from __future__ import annotations

import re
import tokenize
from io import StringIO
from pathlib import Path
from statistics import median

import nbformat
import pytest
from nbformat import NotebookNode

from workshop_lib.lessons import LESSONS

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
PATHS = sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))

MOST_LINES = 15
MEDIAN_LINES = 3
FEWEST_MARKDOWN_PER_CODE, MOST_MARKDOWN_PER_CODE = 1.0, 1.5
ENDS = {"Summary", "Next", "Read more"}
READABLE_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
SECTION = re.compile(r"^## (?P<title>.+?)(?: · (?P<minutes>\d+) min)?$", re.MULTILINE)

each_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def sources(path: Path, kind: str) -> list[str]:
    return [cell.source for cell in read(path).cells if cell.cell_type == kind]


def lesson_number(path: Path) -> int:
    return int(path.stem[:2])


def count_lines(source: str) -> int:
    return sum(1 for line in source.splitlines() if line.strip())


def list_sections(path: Path) -> list[re.Match[str]]:
    return [match for text in sources(path, "markdown") for match in SECTION.finditer(text)]


def list_comments(source: str) -> list[str]:
    tokens = tokenize.generate_tokens(StringIO(source).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


def test_every_lesson_has_its_notebook() -> None:
    """Each lesson of the register has a notebook of its stem, and no notebook is without one."""
    assert [lesson.stem for lesson in LESSONS] == [path.stem for path in PATHS]


@each_notebook
def test_a_notebook_is_stripped(path: Path) -> None:
    """A notebook is kept without outputs, execution counts or metadata of its cells but tags."""
    for cell in read(path).cells:
        assert set() == set(cell.metadata) - {"tags"}
        if cell.cell_type == "code":
            assert ([], None) == (cell.outputs, cell.execution_count)


@each_notebook
def test_a_notebook_is_valid_and_for_any_python(path: Path) -> None:
    """A notebook is of format 4.5 and asks for the kernel python3, whatever its version."""
    notebook = read(path)
    nbformat.validate(notebook)
    assert (4, 5) == (notebook.nbformat, notebook.nbformat_minor)
    assert "python3" == notebook.metadata.kernelspec.name
    assert "version" not in notebook.metadata.get("language_info", {})


@each_notebook
def test_cell_ids_are_unique_and_readable(path: Path) -> None:
    """Every cell has an id in words, its own in the notebook, so that differences read well."""
    ids = [cell.id for cell in read(path).cells]
    assert sorted(set(ids)) == sorted(ids)
    assert [] == [cell_id for cell_id in ids if not READABLE_ID.fullmatch(cell_id)]


@each_notebook
def test_code_cells_are_short(path: Path) -> None:
    """A code cell has three lines at the median and never more than fifteen."""
    lines = [count_lines(source) for source in sources(path, "code")]
    assert [] == [source for source in sources(path, "code") if count_lines(source) > MOST_LINES]
    assert median(lines) <= MEDIAN_LINES


@each_notebook
def test_prose_and_code_alternate(path: Path) -> None:
    """There are 1.0 to 1.5 cells of prose for each of code."""
    ratio = len(sources(path, "markdown")) / len(sources(path, "code"))
    assert FEWEST_MARKDOWN_PER_CODE <= ratio <= MOST_MARKDOWN_PER_CODE


@each_notebook
def test_code_cells_tell_no_story(path: Path) -> None:
    """Prose is prose: a code cell has no comments."""
    assert [] == [comment for source in sources(path, "code") for comment in list_comments(source)]


@each_notebook
def test_a_notebook_knows_no_target(path: Path) -> None:
    """Nothing in a notebook depends on whether it runs locally or on AWS."""
    code = "\n".join(sources(path, "code"))
    assert [] == re.findall(r"WORKSHOP_TARGET|endpoint_url|localhost|127\.0\.0\.1|\.target\b", code)


@each_notebook
def test_a_notebook_opens_with_title_thesis_and_table(path: Path) -> None:
    """The first cell says the lesson's number, its thesis in a sentence, and what it takes."""
    lines = [line for line in sources(path, "markdown")[0].splitlines() if line.strip()]
    title, thesis, header, rule, *rows = lines
    assert title.startswith(f"# {lesson_number(path)} · ")
    assert re.fullmatch(r"\*[^*].*\*", thesis)
    assert ["| | |", "|---|---|"] == [header, rule]
    assert ["**You need**", "**Time**", "**Services**"] == [row.split(" | ")[0][2:] for row in rows]


@each_notebook
def test_the_minutes_add_up(path: Path) -> None:
    """The time on the first cell is the sum of the sections' minutes, and the register's too."""
    stated = re.search(r"\*\*Time\*\* \| (\d+) minutes \|", sources(path, "markdown")[0])
    assert stated is not None, "the first cell states no time"
    total = sum(int(section["minutes"] or 0) for section in list_sections(path))
    assert int(stated[1]) == total
    registered = {lesson.stem: lesson.minutes for lesson in LESSONS}
    assert registered[path.stem] == total


@each_notebook
def test_sections_say_their_minutes(path: Path) -> None:
    """Every section carries its minutes; those that only look back or on may go without."""
    without = [section["title"] for section in list_sections(path) if not section["minutes"]]
    assert [] == [title for title in without if title not in ENDS]


@each_notebook
def test_a_notebook_ends_with_cost_summary_and_reading(path: Path) -> None:
    """A notebook says at its end what it costs, what to remember, and where to read on."""
    titles = [section["title"] for section in list_sections(path)]
    ends = [title for title in titles if title.endswith("costs") or title in ENDS]
    assert ends[0].endswith("costs")
    assert "Summary" == ends[1]
    assert "Read more" == titles[-1]


@each_notebook
def test_a_notebook_opens_its_own_lesson(path: Path) -> None:
    """The first code cell opens the lesson of the notebook's number, the second shows its card."""
    setup, card, *_ = sources(path, "code")
    assert f"lesson = open_lesson({lesson_number(path)})" in setup.splitlines()
    assert "lesson" == card


@each_notebook
def test_links_to_files_lead_somewhere(path: Path) -> None:
    """A link that names no host names a file that is there."""
    targets = re.findall(r"\]\((?!https?:|#)([^)]+)\)", "\n".join(sources(path, "markdown")))
    assert [] == [target for target in targets if not (path.parent / target).exists()]
