"""THREAT_MODEL.md promises nothing that no test holds."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
MODEL = TESTS.parent / "THREAT_MODEL.md"
NAMED = re.compile(r"`([\w/]+\.py(?:::\w+)+)`")


def read_lines() -> list[list[str]]:
    """Return the cells of each line of the table, without its head."""
    rows = [line for line in MODEL.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def list_tests(file: Path) -> set[str]:
    """Return the tests of a file, those of a class under its name."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            members = (member for member in node.body if isinstance(member, ast.FunctionDef))
            found |= {f"{node.name}::{member.name}" for member in members}
    return {name for name in found if name.rpartition("::")[2].startswith("test_")}


def test_every_line_names_a_test() -> None:
    """Each line says can or cannot, and names at least one test."""
    lines = read_lines()
    assert len(lines) > 30
    for _, sentence, held in lines:
        assert sentence.startswith(("can ", "cannot ")), sentence
        assert NAMED.findall(held), sentence
        assert not NAMED.sub("", held).strip(" ,"), held


def test_every_named_test_exists() -> None:
    """Each test that the table names can be run under that name."""
    named = [name for line in read_lines() for name in NAMED.findall(line[2])]
    missing = []
    for name in named:
        file, _, test = name.partition("::")
        if not (TESTS / file).is_file() or test not in list_tests(TESTS / file):
            missing.append(name)
    assert [] == missing


def test_everyone_is_there() -> None:
    """The table speaks of each of those who could do harm."""
    who = [line[0].strip("*") for line in read_lines() if line[0]]
    assert [
        "A hostile web page", "A hostile picture", "A hostile zip or layer",
        "A fellow user of the machine", "A function's code", "A neighbour on the Wi-Fi",
        "A client with few rights",
    ] == who  # fmt: skip
