"""The dashboard's files, as they are put into the website's bucket."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from workshop_lib.design import load_tokens

DASHBOARD = Path(__file__).parents[2] / "workshop_lib" / "dashboard"
FILES = sorted(DASHBOARD.iterdir())
MODULES = sorted(DASHBOARD.glob("*.js"))


def test_the_policy_of_the_page_lets_nothing_in_by_default() -> None:
    """The Content-Security-Policy starts from nothing and lets no inline script or style run."""
    page = (DASHBOARD / "index.html").read_text(encoding="utf-8")

    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert found is not None
    policy = dict(rule.strip().split(" ", 1) for rule in found[1].split(";"))
    assert "'none'" == policy["default-src"]
    assert "'self'" == policy["script-src"]
    assert "'self'" == policy["style-src"]
    assert "'script'" == policy["require-trusted-types-for"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_nothing_names_another_host(file: Path) -> None:
    """No file loads anything by an absolute address."""
    addresses = re.findall(r"https?://[^\s\"'<>)]+", file.read_text(encoding="utf-8"))

    assert set() == set(addresses) - {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_no_module_makes_markup_from_text(module: Path) -> None:
    """Names and labels cannot become markup: no module uses a way that would parse them."""
    code = module.read_text(encoding="utf-8")

    parsers = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|eval\(|setHTML"
    assert [] == re.findall(parsers, code)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_every_import_is_there(module: Path) -> None:
    """What a module imports is a file beside it, and the file exports that name."""
    imports = re.findall(
        r'import \{([^}]+)\} from "\./([^"]+)"', module.read_text(encoding="utf-8")
    )

    for names, source in imports:
        code = (DASHBOARD / source).read_text(encoding="utf-8")
        exported = set(re.findall(r"export (?:async )?(?:function|class|const) (\w+)", code))
        assert set() == {name.strip() for name in names.split(",")} - exported


def test_the_page_uses_only_variables_of_the_tokens() -> None:
    """Every variable in page.css is one of the design tokens or its own."""
    styles = (DASHBOARD / "page.css").read_text(encoding="utf-8")
    tokens = (DASHBOARD / "tokens.css").read_text(encoding="utf-8")

    defined = set(re.findall(r"(--[\w-]+):", tokens + styles))
    assert set() == set(re.findall(r"var\((--[\w-]+)\)", styles)) - defined
    assert [] == re.findall(r"#[0-9a-f]{6}", styles)


def test_the_error_document_wears_the_same_colours() -> None:
    """The error document brings its own styles; their colours are the tokens'."""
    used = set(re.findall(r"#[0-9a-f]{6}", (DASHBOARD / "error.html").read_text(encoding="utf-8")))
    tokens = load_tokens()

    assert set() == used - {*tokens.light.values(), *tokens.dark.values()}
