"""Lesson 8's exercises, as learners answer them."""

import json
from pathlib import Path

import nbformat
import pytest
from exercise_frame import (  # noqa: F401
    test_an_untouched_exercise_is_not_attempted,
    test_nothing_a_learner_types_crashes_a_check,
    test_the_solution_is_correct,
)

from workshop_lib.aws import buckets, rest_apis
from workshop_lib.lessons.exercises_08_s3_static_website import OLD_ADDRESS, PAGE
from workshop_lib.naming import API_STAGE

SOLUTIONS = Path(__file__).parents[2] / "notebooks/solutions/08_s3_static_website.py"
NOTEBOOK = Path(__file__).parents[2] / "notebooks/08_s3_static_website.ipynb"


@pytest.fixture(scope="module")
def lesson(open_as_learner):
    """Lesson 8 with its website, and of what comes before what its page calls."""
    opened = open_as_learner(8)
    s3, apigateway, names = opened.client("s3"), opened.client("apigateway"), opened.names
    origin = opened.website_origin
    buckets.ensure_bucket(s3, names.images_bucket, region=opened.region, tags=opened.tags)
    buckets.ensure_cross_origin_rule(s3, names.images_bucket, origins=[origin], methods=["PUT"])
    api = rest_apis.ensure_api(apigateway, names.api, tags=opened.tags)
    for path in ("upload", "results"):
        rest_apis.ensure_preflight(apigateway, api.id, path=path, origin=origin, methods=["GET"])
    rest_apis.deploy_api(apigateway, api.id, API_STAGE, description="for the tests")
    opened.lesson.build(opened)
    return opened


@pytest.fixture
def put(lesson):
    """A function that puts an object into the website's bucket, as a learner does."""
    s3, bucket = lesson.client("s3"), lesson.names.website_bucket
    for key in (PAGE, OLD_ADDRESS):
        s3.delete_object(Bucket=bucket, Key=key)

    def store(key, **parameters):
        return s3.put_object(Bucket=bucket, Key=key, **parameters)

    return store


@pytest.fixture
def variables(lesson):
    """The notebook's variables that the solutions use."""
    return {"lesson": lesson, "s3": lesson.client("s3"), "names": lesson.names}


@pytest.fixture
def before_an_answer(put):
    """A website without what the exercises put there."""


# One origin or another


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (["a", "b", "e"], "its scheme is https"),
        (["a", "c", "e"], "its port is 8080"),
        (["a", "d", "e"], "a relative"),
        (["a"], "80 is the port of http"),
        (["e"], "the path is no part"),
        (["a", "z"], "There is no address z"),
        ([], "names no address"),
        (2, "names no address"),
    ],
)
def test_a_wrong_choice_is_explained_by_the_part_that_differs(lesson, outcome_of, answer, message):
    """One letter too many or too few is named, with the reason."""
    outcome = outcome_of(lesson, "same-origin", answer)

    assert "incorrect" == outcome.status
    assert message in outcome.message


@pytest.mark.parametrize("answer", [("e", "a"), {"a", "e"}, ["A", "E"], "a, e", "a) and e)"])
def test_letters_may_be_written_in_other_ways(lesson, outcome_of, answer):
    """Order, case and kind of collection do not matter, and a sentence does."""
    assert "correct" == outcome_of(lesson, "same-origin", answer).status


# A page of one's own

HTML = {"ContentType": "text/html"}


@pytest.mark.parametrize(
    ("key", "parameters", "message"),
    [
        ("about.html", {"Body": b"<h1>Hello</h1>"}, "octet-stream"),
        ("about.html", {"Body": b"<h1>Hello</h1>", "ContentType": "text/plain"}, "text/plain"),
        ("/about.html", {"Body": b"<h1>Hello</h1>"} | HTML, "answers 403"),
        ("about.htm", {"Body": b"<h1>Hello</h1>"} | HTML, "answers 403"),
        ("about.html", HTML, "no words"),
        ("about.html", {"Body": b"<h1></h1>"} | HTML, "no words"),
        ("about.html", {"Body": b"Hello"} | HTML, "no HTML"),
    ],
)
def test_a_page_that_a_browser_would_not_show_is_explained(
    lesson, outcome_of, put, key, parameters, message
):
    """The check fetches the page and says what is wrong with what comes."""
    outcome = outcome_of(lesson, "own-page", put(key, **parameters))

    assert "incorrect" == outcome.status
    assert message in outcome.message


def test_a_page_may_be_of_any_making(lesson, outcome_of, put, tmp_path):
    """A file uploaded with another call does as well."""
    page = tmp_path / "page"
    page.write_text("<p>Schöne Grüße</p>", encoding="utf-8")
    lesson.client("s3").upload_file(
        str(page), lesson.names.website_bucket, PAGE, ExtraArgs={"ContentType": "text/html"}
    )

    assert "correct" == outcome_of(lesson, "own-page", None).status


# An old address


@pytest.mark.parametrize(
    ("key", "parameters", "message"),
    [
        ("pictures", {"Body": b"/"}, "sends nobody elsewhere"),
        ("/pictures", {"WebsiteRedirectLocation": "/"}, "sends nobody elsewhere"),
        ("pictures", {"WebsiteRedirectLocation": "http://example.com/"}, "away from your website"),
        ("pictures", {"WebsiteRedirectLocation": "/nowhere.html"}, "another place"),
        ("pictures", {"WebsiteRedirectLocation": "/error.html"}, "another place"),
        ("pictures", {"WebsiteRedirectLocation": "/pictures"}, "another place"),
    ],
)
def test_an_old_address_that_leads_elsewhere_is_explained(
    lesson, outcome_of, put, key, parameters, message
):
    """The check goes where a browser would be sent, on the website and no further."""
    outcome = outcome_of(lesson, "redirect", put(key, **parameters))

    assert "incorrect" == outcome.status
    assert message in outcome.message


def test_the_index_page_may_be_named(lesson, outcome_of, put):
    """/index.html is the same page as /."""
    answer = put(OLD_ADDRESS, WebsiteRedirectLocation="/index.html")

    assert "correct" == outcome_of(lesson, "redirect", answer).status


# The checkpoint and the clean-up


def test_the_checkpoint_names_what_is_missing(lesson):
    """A rule for another origin, no error document, a wrong address: each with what to do."""
    s3, names = lesson.client("s3"), lesson.names
    assert "✓ Checkpoint reached" in str(lesson.checkpoint())
    stranger = ["https://elsewhere.example"]
    buckets.ensure_cross_origin_rule(s3, names.images_bucket, origins=stranger, methods=["PUT"])
    s3.delete_object(Bucket=names.website_bucket, Key="error.html")
    written = {"api": {"upload": "http://elsewhere.example/"}}
    s3.put_object(Bucket=names.website_bucket, Key="config.json", Body=json.dumps(written))

    found = str(lesson.checkpoint())

    origin = [lesson.website_origin]
    buckets.ensure_cross_origin_rule(s3, names.images_bucket, origins=origin, methods=["PUT"])
    lesson.lesson.build(lesson)
    assert "✗ Checkpoint: 3 of 4 missing" in found
    assert "S3's bare error" in found
    assert "config.json is not what the page expects" in found
    assert "The images bucket does not let your website's pages PUT" in found


def test_the_minimum_closes_the_website_and_the_checkpoint_says_so(lesson):
    """Dots remove nothing; "minimum" closes every door, and the page can be opened again."""
    said = []
    lesson.clean_up(..., say=said.append)
    assert "✓ Checkpoint reached" in str(lesson.checkpoint())

    lesson.clean_up("minimum", say=said.append)

    assert "Not attempted" in said[0]
    (counted,) = [line.split() for line in said if line.startswith("public access ")]
    assert [counted[2], "found", counted[2], "removed", "0", "left"] == counted[2:]
    assert said[-1].startswith("Listed again: every door is closed.")
    assert "`workshop catch-up`" in said[-1]
    assert "The website answers 403" in str(lesson.checkpoint())
    lesson.lesson.build(lesson)
    assert lesson.http.get(lesson.website_url).is_success


def test_nothing_is_removed_unless_the_learner_says_so():
    """The clean-up's cell holds dots, no solution fills them, and the checkpoint comes before."""
    notebook = nbformat.read(NOTEBOOK, as_version=nbformat.NO_CONVERT)
    cells = {cell.id: cell for cell in notebook.cells}

    assert "lesson.clean_up(...)" == cells["clean-up"].source
    assert not cells["clean-up"].metadata.get("tags")
    assert list(cells).index("checkpoint") < list(cells).index("clean-up")
    assert "clean_up" not in SOLUTIONS.read_text(encoding="utf-8")
