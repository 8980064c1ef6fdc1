"""What the whole tree is held to: style, types, layers, one source of versions, clean notebooks."""

import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml

PROJECT = Path(__file__).parent.parent
NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check"],
        ["ruff", "format", "--check"],
        ["mypy"],
        ["lint-imports"],
    ],
    ids=lambda command: " ".join(command),
)
def test_the_tree_is_clean(command):
    """Style, formatting, types and layers: each checker finds nothing in the whole tree."""
    program = Path(sys.executable).with_name(command[0])

    outcome = subprocess.run(
        [program, *command[1:]], cwd=PROJECT, capture_output=True, text=True, check=False
    )

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_conda_takes_its_versions_from_the_project():
    """environment.yml names Python and the project itself, and no version that could drift."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    environment = yaml.safe_load((PROJECT / "environment.yml").read_text(encoding="utf-8"))

    expected = [f"python{project['requires-python']}", "pip", {"pip": ["-e ."]}]

    assert expected == environment["dependencies"]
    assert project["name"] == environment["name"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_carry_no_outputs(notebook):
    """A notebook in the repository has no outputs, no counts and no machine's metadata."""
    cells = nbformat.read(notebook, as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]

    assert [] == [cell.id for cell in code if cell.outputs or cell.execution_count]
