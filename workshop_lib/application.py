"""The application that the attendee builds, used as its users use it: by its addresses.

Whatever goes through the API or the website needs no credentials; only :meth:`find_result` looks
into the table, so that lesson 5 can see results before there is a route to them.
"""

from __future__ import annotations

from typing import Any, Protocol
from urllib.parse import quote

from workshop_lib.aws import rest_apis, tables
from workshop_lib.cloud import Cloud
from workshop_lib.errors import LessonError
from workshop_lib.naming import Names

RESULTS_SEARCHED = 50


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

    def upload(self, picture: Picture) -> str:
        """Ask the API for a presigned URL, put the picture there, and return its key.

        Raises:
            LessonError: the API or S3 refused; the message is theirs.
        """
        answer = self._cloud.http.get(f"{self.api_url}/upload", params={"filename": picture.name})
        if answer.status_code != 200:
            raise LessonError(
                f"GET /upload answered {answer.status_code}: {answer.text}",
                "For 403 see whether lesson 2's API is deployed; for 5xx read the function's log.",
            )
        ticket = answer.json()
        stored = self._cloud.http.put(
            ticket["url"], content=picture.content, headers=ticket["headers"]
        )
        if stored.status_code != 200:
            raise LessonError(
                f"The upload was refused with {stored.status_code}: {stored.text}",
                "See whether the function's role may put objects into the images bucket.",
            )
        key: str = ticket["key"]
        return key

    def find_result(self, key: str) -> dict[str, Any] | None:
        """Return what the table holds of the newest picture under this key, or None."""
        items = tables.list_newest_items(
            self._cloud.client("dynamodb"), self._names.table, limit=RESULTS_SEARCHED
        )
        return next((item for item in items if item["name"] == key), None)

    def find_thumbnail(self, key: str) -> bytes | None:
        """Return a picture's thumbnail, or None while there is none."""
        answer = self._cloud.http.get(f"{self.thumbnails_url}/{quote(key)}")
        return answer.content if answer.status_code == 200 else None

    def list_results(self, limit: int = 20, next_token: str | None = None) -> dict[str, Any]:
        """Return one page of GET /results: ``{"items": […], "next": token or None}``.

        Raises:
            LessonError: the API refused; the message is its own.
        """
        parameters = {"limit": str(limit)} | ({"next": next_token} if next_token else {})
        answer = self._cloud.http.get(f"{self.api_url}/results", params=parameters)
        if answer.status_code != 200:
            raise LessonError(
                f"GET /results answered {answer.status_code}: {answer.text}",
                "For 403 see whether the route is deployed; for 5xx read the function's log.",
            )
        page: dict[str, Any] = answer.json()
        return page

    def read_picture(self, item: dict[str, Any]) -> bytes | None:
        """Return the bytes of a listed picture, its thumbnail if there is one."""
        thumbnail = self.find_thumbnail(item["name"])
        if thumbnail is not None:
            return thumbnail
        answer = self._cloud.http.get(item["picture_url"])
        return answer.content if answer.status_code == 200 else None
