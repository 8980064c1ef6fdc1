"""The README: what a newcomer reads first is true."""

import re
from pathlib import Path

from typer.main import get_command

from workshop_lib.cli import app
from workshop_lib.lessons import LESSONS

PROJECT = Path(__file__).parent.parent
README = (PROJECT / "README.md").read_text(encoding="utf-8")


def test_the_first_command_is_on_the_first_screen():
    """The picture and `make lab` stand within the first twenty lines."""
    first_screen = "\n".join(README.splitlines()[:20])

    assert "architecture.svg" in first_screen
    assert "make lab" in first_screen


def test_the_table_of_lessons_is_the_register():
    """Number, title, notebook and minutes of each lesson are those of LESSONS."""
    rows = re.findall(r"^\| (\d) \| \[(.+)\]\(notebooks/(.+)\.ipynb\) \| (\d+) \|$", README, re.M)

    expected = [(str(le.number), le.title, le.stem, str(le.minutes)) for le in LESSONS]
    assert expected == rows


def test_every_link_leads_somewhere():
    """Each relative link of README, ARCHITECTURE and CONTRIBUTING is a file of the repository."""
    for page in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"):
        text = (PROJECT / page).read_text(encoding="utf-8")
        targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
        assert [] == [target for target in targets if not (PROJECT / target).exists()]


def test_every_command_is_described():
    """Each command of `workshop` has its row, and each row is a command."""
    described = set(re.findall(r"^\| `workshop ([\w-]+)", README, re.M))

    assert set(get_command(app).commands) == described
