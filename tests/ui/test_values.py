"""Which view a value gets, and what plain data is made of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop_lib.ui.json_trees import JsonView
from workshop_lib.ui.pictures import PictureView
from workshop_lib.ui.plain_data import MOST_ENTRIES, to_plain
from workshop_lib.ui.responses import ResponseView
from workshop_lib.ui.sources import SourceView
from workshop_lib.ui.tables import MOST_ROWS, TableView
from workshop_lib.ui.values import show, view_of
from workshop_lib.ui.views import TextView


@dataclass(frozen=True)
class Record:
    """A record as the modules of `workshop_lib.aws` return them."""

    name: str
    size: int
    code: bytes = field(default=b"", repr=False)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([{"a": 1}], TableView),
        ((Record("a", 1),), TableView),
        ({"a": 1}, JsonView),
        ([], JsonView),
        ([1, 2], JsonView),
        (None, JsonView),
        (Record("a", 1), JsonView),
        ("text", TextView),
        (["START", "END"], TextView),
        (b"\xff\xd8\xff\xe0", PictureView),
        (b"PK", JsonView),
        (Path(__file__), SourceView),
        (Path("/nothing/there"), TextView),
        (httpx.Response(204, request=httpx.Request("GET", "http://a")), ResponseView),
    ],
    ids=repr,
)
def test_each_value_gets_its_view(value: Any, expected: type) -> None:
    """Records are a table, code is code, pictures are pictures, the rest is JSON."""
    assert expected is type(view_of(value))


def test_what_shows_itself_is_left_alone() -> None:
    """A view, or any object with a display of its own, is not wrapped."""
    view = TextView("a")

    assert view is view_of(view)


def test_show_writes_text_in_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a kernel a value is written as lines."""
    show([{"name": "cat", "confidence": 0.94}])

    assert "name  confidence\ncat   0.94\n" == capsys.readouterr().out


def test_json_in_a_text_can_be_unfolded() -> None:
    """The body of an API's answer is a text; what it holds is read without its backslashes."""
    html = JsonView({"body": '{"key": "uploads/cat.jpg", "token": "s3cret"}'}).to_html()

    assert "the JSON in this text" in html
    assert '<span class="string">&#34;uploads/cat.jpg&#34;</span>' in html
    assert '<span class="key">token</span>: <span class="string">&#34;HIDDEN&#34;</span>' in html


@pytest.mark.parametrize("text", ["{not JSON", "[1, 2]", "[" * 100_000, "uploads/cat.jpg"])
def test_a_text_that_holds_no_json_stays_a_text(text: str) -> None:
    """What only looks like JSON is shown as it is; so is a list that reads best on one line."""
    assert "the JSON in this text" not in JsonView({"body": text}).to_html()


def test_plain_data_is_what_json_knows() -> None:
    """Dataclasses, bytes, decimals, times and sets become what a reader can read."""
    plain = to_plain(
        {
            "record": Record("a", 1, b"hidden by repr=False"),
            "bytes": b"abc",
            "whole": Decimal("3"),
            "part": Decimal("0.94"),
            "time": datetime(2026, 11, 23, tzinfo=UTC),
            "set": {"b", "a"},
            7: None,
        }
    )

    assert {
        "record": {"name": "a", "size": 1},
        "bytes": "(3 bytes)",
        "whole": 3,
        "part": 0.94,
        "time": "2026-11-23T00:00:00+00:00",
        "set": ["a", "b"],
        "7": None,
    } == plain


def test_what_holds_itself_ends() -> None:
    """A list that holds itself is shown to a depth and no further."""
    endless: list[Any] = []
    endless.append(endless)

    assert "deeper than is shown" in json.dumps(to_plain(endless))


def test_what_fits_on_a_screen_is_not_folded() -> None:
    """A policy shows its statements at once; a long value folds what lies deep."""
    statement = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}}
    short = JsonView({"Version": "2012-10-17", "Statement": [statement]}).to_html()
    long = JsonView({"Statement": [statement] * 40}).to_html()

    assert 4 == short.count("<details open>") == short.count("<details")
    assert (2, 82) == (long.count("<details open>"), long.count("<details"))


def test_numbers_in_a_list_stay_on_one_line() -> None:
    """A label's box is four numbers side by side; an empty list is no fold either."""
    html = JsonView({"box": [0.1, 0.2, 0.3, 0.4], "none": []}).to_html()

    assert "[0.1, 0.2, 0.3, 0.4]" in html
    assert 1 == html.count("<details")


def test_large_values_are_counted() -> None:
    """What is beyond the bounds is said in a number instead of shown."""
    assert "… 800 more" == to_plain(list(range(1000)))[MOST_ENTRIES]
    assert "800 more" == to_plain({str(key): key for key in range(1000)})["…"]
    assert "(6,000 more characters)" in to_plain("x" * 10_000)
    assert "… and 900 more rows" in TableView([{"a": 1}] * (MOST_ROWS + 900)).to_text()


@pytest.mark.parametrize(
    "name", ["SecretAccessKey", "SessionToken", "secret_access_key", "Password", "clientSecret"]
)
def test_secrets_are_hidden_however_deep(name: str) -> None:
    """Secrets and tokens are left out of everything shown, in tables too."""
    held = {"Credentials": {name: "s3cret", "AccessKeyId": "AKIA"}}

    assert "s3cret" not in JsonView(held).to_html()
    assert "s3cret" not in TableView([held]).to_text()
    assert "AKIA" in JsonView(held).to_text()


def test_a_signature_is_hidden_and_the_rest_of_the_url_is_not() -> None:
    """A presigned URL can be read and explained, and not be used by who sees the notebook."""
    url = "https://b.s3/k?X-Amz-Expires=60&X-Amz-Security-Token=tok%2B1&X-Amz-Signature=0123abcd"
    answer = httpx.Response(200, json={"url": url}, request=httpx.Request("GET", url))

    for text in (JsonView({"url": url}).to_text(), repr(view_of(url)), repr(view_of(answer))):
        assert "X-Amz-Expires=60" in text
        assert "0123abcd" not in text
        assert "tok%2B1" not in text


def test_a_response_shows_its_body_as_what_it_is() -> None:
    """JSON folds, text is text, an empty body is said, broken JSON is shown as it came."""
    request = httpx.Request("GET", "http://127.0.0.1/dev/results")

    assert '"items": []' in repr(view_of(httpx.Response(200, json={"items": []}, request=request)))
    assert "(an empty body)" in repr(view_of(httpx.Response(204, request=request)))
    broken = httpx.Response(
        200, content=b"{", headers={"content-type": "application/json"}, request=request
    )
    assert "200 OK GET http://127.0.0.1/dev/results\n{" == repr(view_of(broken))


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text() | st.binary() | st.decimals(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_any_value_can_be_shown(value: Any) -> None:
    """Nothing that a cell can hold breaks the way it is shown."""
    shown = view_of(value)

    shown.to_html()
    shown.to_text()
