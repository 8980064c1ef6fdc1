"""The application that the attendee builds, used as its users use it: by its addresses.

Whatever goes through the API or the website needs no credentials; only :meth:`find_result` looks
into the table, so that lesson 5 can see results before there is a route to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import httpx

from workshop_lib.aws import rest_apis, tables
from workshop_lib.cloud import Cloud
from workshop_lib.errors import LessonError
from workshop_lib.naming import Names
from workshop_lib.picture_files import read_picture_file
from workshop_lib.refusals import explain_answer, read_refusal

RESULTS_SEARCHED = 50
PIECE_BYTES = 256 * 1024
READ_LOG = "Read the function's log, and compare its answer with the lesson that wrote it."

Report = Callable[[float], None]


class Picture(Protocol):
    """A picture to upload."""

    @property
    def name(self) -> str:
        """Its file name."""

    @property
    def content(self) -> bytes:
        """Its bytes."""


class Application:
    """One attendee's application on one cloud."""

    def __init__(self, cloud: Cloud, names: Names) -> None:
        self._cloud = cloud
        self._names = names

    # Addresses ---------------------------------------------------------------------------

    @property
    def api_url(self) -> str:
        """The deployed stage's address for Python; append the route.

        Raises:
            LessonError: the API of lesson 2 is not there.
        """
        return self._cloud.api_url(self._api_id, self._names.api_stage)

    @property
    def browser_api_url(self) -> str:
        """The deployed stage's address for a browser."""
        return self._cloud.browser_api_url(self._api_id, self._names.api_stage)

    @property
    def website_origin(self) -> str:
        """The website's origin, as a browser sends it."""
        return self._cloud.website_origin(self._names.website_bucket)

    @property
    def website_url(self) -> str:
        """The website's address for Python, with a slash at the end."""
        return self._cloud.website_url(self._names.website_bucket)

    @property
    def browser_website_url(self) -> str:
        """The website's address for a browser, with a slash at the end."""
        return self._cloud.browser_website_url(self._names.website_bucket)

    @property
    def thumbnails_url(self) -> str:
        """Where thumbnails are read, by their keys."""
        return self._cloud.objects_url(self._names.thumbnails_bucket)

    @property
    def _api_id(self) -> str:
        api = rest_apis.find_api(self._cloud.client("apigateway"), self._names.api)
        if api is None:
            raise LessonError(
                f"There is no API named {self._names.api}.",
                "Lesson 2 builds it; lesson.catch_up() builds all that comes before this lesson.",
            )
        return api.id

    # What its users do -------------------------------------------------------------------

    def upload(self, picture: Picture | Path | str) -> str:
        """Ask the API for a presigned URL, put the picture there, and return its key.

        Args:
            picture: a file's path, whose content is checked first; or a picture, sent as it is.

        Raises:
            LessonError: there is no such file, or the API or S3 refused, with the reason.
        """
        if isinstance(picture, (Path, str)):
            picture = read_picture_file(Path(picture))
        ticket = self.ask_for_upload(picture.name)
        self.put_picture(ticket, picture.content)
        key: str = ticket["key"]
        return key

    def ask_for_upload(self, name: str) -> dict[str, Any]:
        """Return what ``GET /upload`` answers for a file of this name: url, headers, key.

        Raises:
            LessonError: the API is not there, does not answer, or refused.
        """
        answer = self._get(f"{self.api_url}/upload", "The API", filename=name)
        if answer.status_code == 400:
            raise LessonError(
                f"Your function refused the name (400): {read_refusal(answer)[1]}",
                "Rename the file, and upload it again.",
            )
        if answer.status_code != 200:
            raise LessonError(
                f"GET /upload answered {answer.status_code}: {read_refusal(answer)[1]}",
                "For 403 see whether lesson 2's API is deployed; for 5xx read the function's log.",
            )
        try:
            ticket: dict[str, Any] = answer.json()
            address_and_key = ticket["url"], ticket["key"]
        except (ValueError, TypeError, KeyError) as error:
            raise LessonError(
                "The answer of GET /upload holds no url and key.", READ_LOG
            ) from error
        if not all(isinstance(text, str) for text in address_and_key):
            raise LessonError("The url or the key of GET /upload is no text.", READ_LOG)
        return ticket

    def put_picture(
        self, ticket: dict[str, Any], content: bytes, report: Report = lambda _: None
    ) -> None:
        """Put a picture where the answer of ``GET /upload`` says.

        Args:
            ticket: that answer.
            content: the picture's bytes.
            report: is told the share that is sent, 0 to 1; what it raises ends the upload.

        Raises:
            LessonError: S3 does not answer, or refused; with its reason.
        """
        # Told the length, S3 takes a body that comes in pieces.
        headers = {**ticket.get("headers", {}), "Content-Length": str(len(content))}
        try:
            answer = self._cloud.http.put(
                ticket["url"], content=_in_pieces(content, report), headers=headers
            )
        except httpx.HTTPError as error:
            raise _silence("S3", error) from error
        if answer.is_error:
            raise _refusal_of_s3(answer)

    def find_result(self, key: str) -> dict[str, Any] | None:
        """Return what the table holds of the newest picture under this key, or None."""
        items = tables.list_newest_items(
            self._cloud.client("dynamodb"), self._names.table, limit=RESULTS_SEARCHED
        )
        return next((item for item in items if item["name"] == key), None)

    def find_thumbnail(self, key: str) -> bytes | None:
        """Return a picture's thumbnail, or None while there is none."""
        answer = self._get(f"{self.thumbnails_url}/{quote(key)}", "The thumbnails' bucket")
        return answer.content if answer.status_code == 200 else None

    def list_results(self, limit: int = 20, next_token: str | None = None) -> dict[str, Any]:
        """Return one page of GET /results: ``{"items": […], "next": token or None}``.

        Raises:
            LessonError: the API refused; the message is its own.
        """
        parameters = {"limit": str(limit)} | ({"next": next_token} if next_token else {})
        answer = self._get(f"{self.api_url}/results", "The API", **parameters)
        if answer.status_code != 200:
            raise LessonError(
                f"GET /results answered {answer.status_code}: {answer.text}",
                "For 403 see whether the route is deployed; for 5xx read the function's log.",
            )
        try:
            page: dict[str, Any] = answer.json()
            items = page["items"]
        except (ValueError, TypeError, KeyError) as error:
            raise LessonError("The answer of GET /results is no list.", READ_LOG) from error
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise LessonError("The items of GET /results are no list of objects.", READ_LOG)
        return page

    def read_photo(self, item: dict[str, Any]) -> bytes | None:
        """Return the bytes of a listed picture itself, or None if it cannot be had."""
        address = item.get("picture_url")
        if not isinstance(address, str):
            return None
        answer = self._get(address, "The images bucket")
        return answer.content if answer.status_code == 200 else None

    def _get(self, address: str, who: str, **parameters: str) -> httpx.Response:
        try:
            # None rather than {}: that would take a presigned URL's own parameters away.
            return self._cloud.http.get(address, params=parameters or None)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _silence(who, error) from error


def _in_pieces(content: bytes, report: Report) -> Iterator[bytes]:
    for start in range(0, len(content), PIECE_BYTES):
        yield content[start : start + PIECE_BYTES]
        report(min(start + PIECE_BYTES, len(content)) / len(content))


def _refusal_of_s3(answer: httpx.Response) -> LessonError:
    refusal = explain_answer(answer)
    return LessonError(
        f"S3 refused the picture: {refusal.code}. {refusal.said} {refusal.meaning}",
        f"{refusal.next_step} Sending it again asks for a new URL.",
    )


def _silence(who: str, error: Exception) -> LessonError:
    return LessonError(
        f"{who} does not answer ({type(error).__name__}).",
        "Is the local cloud running? `workshop cloud start` starts it; on AWS, check the network.",
    )
