"""An HTTP answer: status, headers, and the body as what it is."""

from __future__ import annotations

import httpx
from markupsafe import Markup

from workshop_lib.ui.json_trees import JsonView
from workshop_lib.ui.pictures import PictureView
from workshop_lib.ui.redaction import hide_signatures
from workshop_lib.ui.views import TextView, View, join, visible

MOST_CHARACTERS = 4000


class ResponseView(View):
    """One answer of a server."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self._content = _content_view(response)

    def body(self) -> Markup:
        """Status line, folded headers, body."""
        kind = "good" if self._response.is_success else "bad"
        return Markup(
            '<p><strong class="{}">{}</strong> <span class="quiet">{}</span></p>'
            '<details><summary class="quiet">{} headers</summary><dl>{}</dl></details>{}'
        ).format(
            kind, self._status(), self._request(),
            len(self._response.headers), self._headers(), self._content.body(),
        )  # fmt: skip

    def to_text(self) -> str:
        """Status line and body."""
        return f"{self._status()} {self._request()}\n{self._content.to_text()}"

    def _status(self) -> str:
        return f"{self._response.status_code} {self._response.reason_phrase}".strip()

    def _request(self) -> str:
        request = self._response.request
        return visible(f"{request.method} {hide_signatures(str(request.url))}")

    def _headers(self) -> Markup:
        return join(
            [
                Markup("<dt>{}</dt><dd>{}</dd>").format(visible(name), visible(value))
                for name, value in self._response.headers.items()
            ]
        )


def _content_view(response: httpx.Response) -> View:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind.startswith("image/") and kind != "image/svg+xml":
        return PictureView(response.content)
    if kind == "application/json" or kind.endswith("+json"):
        try:
            return JsonView(response.json())
        except ValueError:
            return TextView(response.text[:MOST_CHARACTERS])
    return TextView(hide_signatures(response.text[:MOST_CHARACTERS]) or "(an empty body)")
