"""What every view promises: escaped HTML that needs nothing else, and plain text."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from workshop_lib.ui.cards import LessonCard, LessonCardData
from workshop_lib.ui.galleries import GalleryView
from workshop_lib.ui.gallery_cards import make_card
from workshop_lib.ui.json_trees import JsonView
from workshop_lib.ui.links import LinkView
from workshop_lib.ui.pictures import Picture, PictureView
from workshop_lib.ui.progress import WaitingView
from workshop_lib.ui.responses import ResponseView
from workshop_lib.ui.sources import SourceView
from workshop_lib.ui.tables import TableView
from workshop_lib.ui.views import TextView, View, mark_code, visible

HOSTILE = '<script>alert(\'"&")</script>\x1b[31m\u202e'
REQUEST = httpx.Request("GET", "http://127.0.0.1/<script>")


def hostile_card() -> LessonCard:
    return LessonCard(
        LessonCardData(
            number=1,
            title=HOSTILE,
            cloud=HOSTILE,
            region=HOSTILE,
            attendee=HOSTILE,
            python=HOSTILE,
            standing=[HOSTILE],
            missing=[HOSTILE],
            drawing="<svg></svg>",
            thesis=HOSTILE,
            advice=HOSTILE,
        )
    )


def hostile_gallery() -> GalleryView:
    item = {"name": HOSTILE, "result": HOSTILE, "timestamp": HOSTILE, "confidence": HOSTILE}
    broken = item | {"status": "error", "error": HOSTILE, "labels": [{"name": HOSTILE}]}
    return GalleryView([make_card(item, b"<"), make_card(broken, None)], HOSTILE)


VIEWS: dict[str, View] = {
    "card": hostile_card(),
    "gallery": hostile_gallery(),
    "json": JsonView({HOSTILE: {HOSTILE: [HOSTILE]}}),
    "link": LinkView(f"http://127.0.0.1/{HOSTILE}", HOSTILE),
    "broken picture": PictureView(b"<", caption=HOSTILE),
    "picture file": Picture(HOSTILE, b"<", HOSTILE),
    "json response": ResponseView(httpx.Response(200, json={HOSTILE: HOSTILE}, request=REQUEST)),
    "html response": ResponseView(httpx.Response(404, html=HOSTILE, request=REQUEST)),
    "table": TableView([{HOSTILE: HOSTILE}, {"list": [HOSTILE]}]),
    "text": TextView(HOSTILE),
    "waiting": WaitingView(HOSTILE, 1, 2),
}


@pytest.mark.parametrize("name", VIEWS)
def test_hostile_text_stays_text(name: str) -> None:
    """Names, labels and answers are escaped, and what could steer a terminal is written out."""
    html, text = VIEWS[name].to_html(), VIEWS[name].to_text()

    assert "<script" not in html
    for hidden in ("\x1b", "\u202e"):
        assert hidden not in html
        assert hidden not in text


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_brings_html_and_text(name: str) -> None:
    """Every view has a form for a notebook and one for a terminal, and asks no other host."""
    bundle = VIEWS[name]._repr_mimebundle_()

    assert {"text/html", "text/plain"} == set(bundle)
    assert bundle["text/plain"] == repr(VIEWS[name])
    assert "" != bundle["text/plain"]
    assert [] == re.findall(r'(?:src|href)="https?://(?!127\.0\.0\.1)', bundle["text/html"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("gpj.\u202ecod", "gpj.\\u202ecod"),
        ("no\u200bthing", "no\\u200bthing"),
        ("a \U0001f468\u200d\U0001f469 family", "a \U0001f468\u200d\U0001f469 family"),
        ("half \ud800 a pair", "half \\ud800 a pair"),
        ("été", "été"),
    ],
)
def test_hidden_characters_become_visible(text: str, expected: str) -> None:
    """Control and direction characters are written out; everything else is kept."""
    assert expected == visible(text)


def test_source_is_coloured_and_escaped(tmp_path: Path) -> None:
    """Code keeps every character, coloured or not, and never becomes markup."""
    (tmp_path / "handler.py").write_text("def handler():\n    return '<b>'\n", encoding="utf-8")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")

    view = SourceView(tmp_path)

    assert "&lt;b&gt;" in view.to_html()
    assert "# handler.py\ndef handler():\n    return '<b>'\n" == view.to_text()


def test_looking_at_values_loads_no_widgets() -> None:
    """Neither the package nor its views load ipywidgets; only a widget that is made does."""
    code = (
        "import sys, workshop_lib, workshop_lib.ui, workshop_lib.ui.uploads, workshop_lib.ui.cards,"
        "workshop_lib.ui.calls, workshop_lib.ui.progress;"
        "sys.exit(' '.join({'ipywidgets', 'moto'} & set(sys.modules)) or 0)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert (0, "") == (done.returncode, done.stderr)


def test_a_card_says_where_it_works_and_what_is_missing() -> None:
    """The card says in words which cloud, region, attendee and Python, what stands, what lacks."""
    card = LessonCard(
        LessonCardData(
            number=3,
            title="Recognition",
            cloud="the local cloud",
            region="us-east-1",
            attendee="ada",
            python="3.11",
            standing=["images (S3)"],
            missing=["presigned-url (Lambda)"],
            drawing="<svg id='map'></svg>",
            minutes=50,
            advice="lesson.catch_up() builds it.",
        )
    )

    said = card.to_text()
    for words in ("Lesson 3: Recognition", "the local cloud", "us-east-1", "ada", "Python 3.11"):
        assert words in said
    assert "Standing: images (S3)" in said
    assert (
        "Missing from earlier lessons: presigned-url (Lambda). lesson.catch_up() builds it." in said
    )
    assert "<svg id='map'></svg>" in card.to_html()


def test_the_account_is_left_out_of_every_view() -> None:
    """Once the account is known, no view shows its number, and other numbers stay."""
    from workshop_lib.ui import redaction

    redaction.hide_account("210987654321")
    try:
        shown = TextView(
            "arn:aws:lambda:us-east-1:210987654321:function:f, 202611261530.jpg"
        ).to_text()
    finally:
        redaction._known_accounts.clear()

    assert "arn:aws:lambda:us-east-1:ACCOUNT_ID:function:f, 202611261530.jpg" == shown


def test_a_link_leads_to_a_bucket_whose_name_holds_the_account() -> None:
    """The address of a website in the account's own namespace is whole, or nobody could open it."""
    from workshop_lib.ui import redaction

    address = "http://site-210987654321-eu-west-1-an.s3-website-eu-west-1.amazonaws.com/"
    redaction.hide_account("210987654321")
    try:
        link = LinkView(address, "Open")
        shown = link.to_html(), link.to_text()
    finally:
        redaction._known_accounts.clear()

    assert f'<a href="{address}"' in shown[0]
    assert f"Open: {address}" == shown[1]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("It knows no `name`.", "It knows no <code>name</code>."),
        ("`<b>` is `a`", "<code>&lt;b&gt;</code> is <code>a</code>"),
        ("one ` alone <i>", "one ` alone &lt;i&gt;"),
        ("", ""),
    ],
)
def test_backticks_become_code_and_nothing_becomes_markup(text, html):
    """Messages name variables in backticks; on a page they are set as code, and escaped."""
    assert html == mark_code(text)
