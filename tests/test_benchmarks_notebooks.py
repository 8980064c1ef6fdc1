"""What the bench takes off the lessons' seconds."""

import nbformat
import pytest

from tests.benchmarks.notebooks import TAUGHT_WAIT, sum_taught_waits
from workshop_lib.places import NOTEBOOKS


def executed_cell(seconds, *tags):
    return nbformat.v4.new_code_cell(
        metadata={"tags": list(tags), "papermill": {"duration": seconds}}
    )


def test_only_what_was_waited_is_taken_off():
    """A tag takes off its seconds, and never more than its cell took; other cells, nothing."""
    notebook = nbformat.v4.new_notebook(
        cells=[
            executed_cell(7.5, "waits-2-seconds"),
            executed_cell(0.25, "waits-5-seconds"),
            executed_cell(9, "exercise-name"),
            nbformat.v4.new_markdown_cell(),
        ]
    )

    assert 2.25 == sum_taught_waits(notebook)


@pytest.mark.parametrize(
    ("stem", "seconds", "code"),
    [
        ("01_s3_iam_image_bucket", 2, "time.sleep(2)"),
        ("03_lambda_image_recognition", 1, "timeout=1"),
        ("04_sns_publish_results", 5, "find_envelope(lost)"),
    ],
)
def test_a_tagged_cell_is_the_one_that_waits(stem, seconds, code):
    """Each lesson has at most one taught wait, and the tag stands at the cell that has it."""
    notebook = nbformat.read(NOTEBOOKS / f"{stem}.ipynb", nbformat.NO_CONVERT)
    tagged = [
        (tag, cell.source)
        for cell in notebook.cells
        for tag in cell.metadata.get("tags", ())
        if TAUGHT_WAIT.fullmatch(tag)
    ]

    assert [f"waits-{seconds}-seconds"] == [tag for tag, _ in tagged]
    assert code in tagged[0][1]
