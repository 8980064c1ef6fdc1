"""Lesson 8's exercises, questions and checkpoint."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from workshop_lib.aws import rest_apis
from workshop_lib.checks.answers import listed, plain
from workshop_lib.checks.checkpoints import Requirement
from workshop_lib.checks.evidence import Evidence, allows_origin
from workshop_lib.checks.exercises import Exercise
from workshop_lib.checks.outcomes import WrongAnswerError, require
from workshop_lib.checks.quizzes import Option, Quiz

PAGE = "about.html"
OLD_ADDRESS = "pictures"
MISSING = "no-such-page.html"

# One origin or another -------------------------------------------------------------------------

# Letter, whether it is of the same origin as http://shop.example/cart, and why.
ADDRESSES = {
    "a": (True, "the path is no part of an origin"),
    "b": (False, "its scheme is https"),
    "c": (False, "its port is 8080"),
    "d": (False, "its host is another, though a relative"),
    "e": (True, "80 is the port of http, said or unsaid"),
}


def check_same_origin(answer: Any, evidence: Evidence) -> None:
    """Hold that the letters named are those of the same origin."""
    letters = _read_letters(answer)
    for letter, (same, reason) in ADDRESSES.items():
        require(
            same or letter not in letters,
            f"{letter}) is another origin: {reason}.",
            "Compare three things: scheme, host and port. Leave out what differs in one.",
        )
    for letter, (same, reason) in ADDRESSES.items():
        require(
            not same or letter in letters,
            f"{letter}) is of the same origin, and you left it out: {reason}.",
            "Compare scheme, host and port, and nothing else.",
        )


def _read_letters(answer: Any) -> set[str]:
    values = [value for value in listed(plain(answer)) if isinstance(value, str)]
    letters = {letter for value in values for letter in re.findall(r"\b[a-z]\b", value.lower())}
    strange = sorted(letters - set(ADDRESSES))
    require(
        bool(letters) and not strange,
        f"There is no address {strange[0]})." if strange else "The answer names no address.",
        'Name them by their letters, in a list: ["…", "…"].',
    )
    return letters


SAME_ORIGIN = Exercise(
    name="same-origin",
    question="Which of the addresses are of the same origin as http://shop.example/cart?",
    hints=(
        "An origin has three parts, and only these three are compared.",
        "Scheme, host, port. A port that is not said is the scheme's own: 80 for http.",
        "Two of the five are: one differs in its path alone, one says the port that is meant "
        "anyhow.",
    ),
    check=check_same_origin,
    why=(
        "Same scheme, same host, same port. Everything else, a relative host and https too, is "
        "another origin to a browser, and needs a CORS rule where it is called."
    ),
)

# A page of one's own ---------------------------------------------------------------------------


def check_own_page(answer: Any, evidence: Evidence) -> None:
    """Hold, by fetching it as a stranger, that the page is there and a browser would show it."""
    page = _fetch(evidence, PAGE)
    require(
        page.is_success,
        f"The website answers {page.status_code} for {PAGE}: there is no object of this key, or "
        "strangers may not read it.",
        f'Call s3.put_object with Bucket=names.website_bucket and Key="{PAGE}", no slash before.',
    )
    kind = page.headers.get("Content-Type", "")
    require(
        kind.split(";")[0].strip() == "text/html",
        f"The page comes as {kind or 'nothing in particular'}; a browser would save or spell it "
        "out, not show it.",
        'Say ContentType="text/html; charset=utf-8" when you put it; S3 does not guess.',
    )
    require(
        "<" in page.text and bool(re.sub(r"<[^>]*>", "", page.text).strip()),
        "The page has no words in it, or no HTML around them.",
        "One heading is enough: <h1>…</h1>, with your words for the dots.",
    )


OWN_PAGE = Exercise(
    name="own-page",
    question=f"Put a page of your own, {PAGE}, on the website, so that a browser shows it.",
    hints=(
        "A page of the website is an object in its bucket. Which call puts one there?",
        "s3.put_object needs Bucket, Key and Body (bytes), and one thing more, or a browser "
        "saves the page instead of showing it.",
        's3.put_object(Bucket=names.website_bucket, Key="about.html", '
        'Body=b"<h1>…</h1>", ContentType="text/html; charset=utf-8")',
    ),
    check=check_own_page,
    why=(
        "The check fetched it without credentials: 200, as text/html. No server was started for "
        "it, and none has to be stopped."
    ),
)

# An old address --------------------------------------------------------------------------------


def check_redirect(answer: Any, evidence: Evidence) -> None:
    """Hold, by following it, that the old address leads to the website's index page."""
    moved = _fetch(evidence, OLD_ADDRESS)
    require(
        moved.status_code in (301, 302, 303, 307, 308),
        f"The website answers {moved.status_code} for {OLD_ADDRESS}, and sends nobody elsewhere.",
        f'Put an object of the key "{OLD_ADDRESS}" with WebsiteRedirectLocation="/".',
    )
    address = str(moved.url)
    target = urljoin(address, moved.headers.get("Location", ""))
    # Nothing is fetched from anywhere but the attendee's own website.
    require(
        urlsplit(target)[:2] == urlsplit(address)[:2] and target.startswith(_website_url(evidence)),
        "It leads away from your website.",
        'A target on the same website begins with a slash: "/".',
    )
    found = evidence.http.get(target)
    require(
        found.is_success and found.text == _fetch(evidence, "").text,
        f"It leads to another place than the index page; that one answers {found.status_code}.",
        'The index page has the address "/".',
    )


REDIRECT = Exercise(
    name="redirect",
    question=f"Have the old address /{OLD_ADDRESS} send every browser on to the index page.",
    hints=(
        "A redirect, too, can be an object: an empty one, with a target in its metadata.",
        "s3.put_object has a parameter for it: WebsiteRedirectLocation.",
        f's3.put_object(Bucket=names.website_bucket, Key="{OLD_ADDRESS}", '
        'WebsiteRedirectLocation="/")',
    ),
    check=check_redirect,
    why=(
        "The check asked for the old address and followed where it was sent: to your index page. "
        "Only the website endpoint does so; over the S3 API it stays an empty object."
    ),
)

EXERCISES = (SAME_ORIGIN, OWN_PAGE, REDIRECT)


def _website_url(evidence: Evidence) -> str:
    return evidence.cloud.website_url(evidence.names.website_bucket)


def _fetch(evidence: Evidence, path: str) -> httpx.Response:
    return evidence.http.get(f"{_website_url(evidence)}{path}", follow_redirects=False)


# Questions -------------------------------------------------------------------------------------

QUIZZES = (
    Quiz(
        name="missing-page",
        question="A stranger asks your website for a page that does not exist. Why 403, not 404?",
        options=(
            Option(
                "The bucket's policy is wrong",
                "It lets everyone read what exists. There is nothing to mend.",
            ),
            Option(
                "There is no error document",
                "It changes what the visitor reads, and not the status.",
            ),
            Option(
                "Who may not list the bucket is not told what is missing",
                "Otherwise anyone could find out by asking which keys exist.",
            ),
        ),
        right="c",
    ),
    Quiz(
        name="own-name",
        question="The website shall have a name of your own, with HTTPS. What do you do?",
        options=(
            Option(
                "Put CloudFront before the bucket, or use Amplify Hosting",
                "Both hold a certificate for your name; the website endpoint speaks HTTP alone.",
            ),
            Option(
                "Switch on HTTPS in the bucket's website settings",
                "There is no such switch: the website endpoint speaks plain HTTP only.",
            ),
            Option(
                "Point the name at the bucket's S3 API endpoint",
                "It speaks HTTPS, but not for your name, and knows no index or error document.",
            ),
        ),
        right="a",
    ),
    Quiz(
        name="only-the-page-fails",
        question=(
            "Uploads from the page fail; the same presigned URL works from Python. What is wrong?"
        ),
        options=(
            Option(
                "The URL has expired",
                "Then Python would be refused as well.",
            ),
            Option(
                "The images bucket's CORS rule does not name the page's origin",
                "The browser asks first, hears no, and does not send. Python asks nobody.",
            ),
            Option(
                "The role of presigned-url may not put objects",
                "Then no URL that it signed would work for anyone.",
            ),
        ),
        right="b",
    ),
)

# Checkpoint ------------------------------------------------------------------------------------


def look_for_page(evidence: Evidence) -> None:
    """See, as a stranger does, whether the website answers with its page."""
    page = _fetch(evidence, "")
    require(
        page.is_success,
        f"The website answers {page.status_code}.",
        "Run the cells of “Build the bucket” and “Upload the page”.",
    )
    require(
        page.headers.get("Content-Type", "").startswith("text/html"),
        "The index page does not come as text/html.",
        "Run the first cell of “Upload the page”.",
    )
    bucket = evidence.cloud.objects_url(evidence.names.website_bucket)
    require(
        not evidence.http.get(bucket).is_success,
        "Everyone may list the website's bucket, not only read its files.",
        "Run the last cell of “Build the bucket”; its policy has one action.",
    )


def look_for_error_page(evidence: Evidence) -> None:
    """See whether a missing page is answered with the website's own error document."""
    own = _fetch(evidence, "error.html")
    require(
        own.is_success and own.text == _fetch(evidence, MISSING).text,
        "A missing page is answered with S3's bare error, not with error.html.",
        "Run the first cells of “Build the bucket” and “Upload the page” again.",
    )


def look_for_configuration(evidence: Evidence) -> None:
    """See whether the page can find the API and the thumbnails."""
    again = "Run the second cell of “Upload the page”."
    answer = _fetch(evidence, "config.json")
    require(answer.is_success, "The website has no config.json.", again)
    cloud, names = evidence.cloud, evidence.names
    expected = cloud.browser_api_url(_find_api(evidence), names.api_stage)
    thumbnails = cloud.objects_url(names.thumbnails_bucket)
    try:
        written = answer.json()
        found = [*(written["api"][name] for name in ("upload", "results")), written["thumbnails"]]
    except (ValueError, LookupError, TypeError) as error:
        raise WrongAnswerError("config.json is not what the page expects.", again) from error
    require(
        found == [f"{expected}/upload", f"{expected}/results", thumbnails],
        "config.json names other addresses than those of your API and your thumbnails.",
        again,
    )


def look_for_origins(evidence: Evidence) -> None:
    """See, as the page's browser does, whether everyone whom the page calls knows it."""
    cloud, names, origin = evidence.cloud, evidence.names, evidence.website_origin
    api = cloud.api_url(_find_api(evidence), names.api_stage)
    called = {
        f"{cloud.objects_url(names.images_bucket)}/uploads/cat.jpg": "PUT",
        f"{api}/upload": "GET",
        f"{api}/results": "GET",
    }
    for address, method in called.items():
        place = urlsplit(address).path.rsplit("/", 1)[-1]
        what = "The images bucket" if method == "PUT" else f"The API's route /{place}"
        answer = evidence.preflight(address, origin=origin, method=method)
        require(
            allows_origin(answer, origin),
            f"{what} does not let your website's pages {method}.",
            "Run the cells of “Does everyone know the page?”; for the API see lessons 2 and 6.",
        )


def _find_api(evidence: Evidence) -> str:
    api = rest_apis.find_api(evidence.client("apigateway"), evidence.names.api)
    if api is None:
        raise WrongAnswerError(
            "There is no API.", "lesson.catch_up() builds all that comes before this lesson."
        )
    return api.id


REQUIREMENTS = (
    Requirement("The website answers strangers with its page, and does not list", look_for_page),
    Requirement("A missing page is answered with its own error document", look_for_error_page),
    Requirement("Its config.json leads to your API and your thumbnails", look_for_configuration),
    Requirement("Asked as a browser: bucket and API let the website's pages in", look_for_origins),
)

HINTS = {
    "website": (
        "Hosting, public access and the files are three different things; 403 means that one of "
        "the last two is missing.",
        "Run the cells of “Build the bucket” and “Upload the page” from the top.",
    ),
    "open-page": (
        "Does the page stay empty? Open the browser's developer tools: a CORS error names who "
        "does not know the page.",
        "Does a label never arrive, read the log of reco-image; a thumbnail, that of "
        "thumbnail-gen.",
    ),
}
