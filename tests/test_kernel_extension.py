"""What every kernel explains from its start, before any lesson is open."""

import subprocess
import sys

CODE = """
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

shell = InteractiveShell.instance()
shell.run_line_magic("load_ext", "workshop_lib.kernel_extension")
for cell in CELLS:
    with capture_output() as captured:
        assert not shell.run_cell(cell).success
    print([output.data["text/plain"] for output in captured.outputs])
"""


def run_cells(*cells):
    """Return what each failing cell showed, in a new shell that has opened no lesson."""
    code = f"CELLS = {cells!r}\n{CODE}"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return [line for line in said.stdout.splitlines() if line.startswith("[")]


def test_what_a_cell_asks_for_in_vain_is_explained():
    """A lost name, a misspelt one, and a part of nothing each get their own next step."""
    lost, misspelt, nothing = run_cells(
        "lesson.check('narrow-policy', ...)", "bucket_name = 1; bucket_nane", "None.id"
    )

    assert "This kernel knows no `lesson`." in lost
    assert "Run All Above Selected Cell" in lost
    assert "Did you mean `bucket_name`?" in misspelt
    assert "asks for the id of something that is not there" in nothing
    assert "lesson.catch_up()" in nothing


def test_other_errors_are_shown_as_ever():
    """A function's own unset name, and a part that a real object lacks, are no such case."""
    local = "def f():\n    print(x)\n    x = 1\nf()"

    assert ["[]", "[]"] == run_cells(local, "'text'.nothing")
