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
    ("stem", "waits"),
    [
        ("01_s3_iam_image_bucket", [("waits-2-seconds", "time.sleep(2)")]),
        (
            "03_lambda_image_recognition",
            [("waits-1-seconds", "timeout=1"), ("waits-2-seconds", "timeout=5")],
        ),
        ("04_sns_publish_results", [("waits-5-seconds", "find_envelope(lost)")]),
    ],
)
def test_a_tagged_cell_is_one_that_waits(stem, waits):
    """The tags stand at the cells in which a URL expires, a function sleeps, nothing arrives."""
    notebook = nbformat.read(NOTEBOOKS / f"{stem}.ipynb", nbformat.NO_CONVERT)
    tagged = [
        (tag, cell.source)
        for cell in notebook.cells
        for tag in cell.metadata.get("tags", ())
        if TAUGHT_WAIT.fullmatch(tag)
    ]

    assert [tag for tag, _ in waits] == [tag for tag, _ in tagged]
    assert all(code in source for (_, code), (_, source) in zip(waits, tagged, strict=True))
