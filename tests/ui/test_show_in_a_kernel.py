"""What `show` leaves in a notebook, seen from a real kernel."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient


def show_in_a_kernel(expression: str) -> list[Any]:
    """Return the outputs of a cell that shows this expression."""
    cell = nbformat.v4.new_code_cell(f"from workshop_lib.ui import show\nshow({expression})")
    notebook = nbformat.v4.new_notebook(cells=[cell])
    NotebookClient(notebook, kernel_name="python3").execute()
    return list(notebook.cells[0].outputs)


@pytest.mark.parametrize("value", ['[{"a": 1}, {"a": 2}]', '{"a": [1, 2]}', '"words"'])
def test_a_value_is_shown_once(value: str) -> None:
    """Showing a value leaves one output, with HTML for eyes and text for everything else."""
    outputs = show_in_a_kernel(value)

    assert ["display_data"] == [output.output_type for output in outputs]
    assert {"text/html", "text/plain"} == set(outputs[0].data)
