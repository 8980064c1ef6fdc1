"""One line per request for the operator: what was asked, what was answered, how long it took.

Neither a query nor a header is written: both may hold signatures and tokens.
"""

from __future__ import annotations

import logging

from werkzeug import Request, Response

from workshop_lib.local_cloud.signing.canonical_requests import raw_path
from workshop_lib.local_cloud.signing.claims import read_scope_name

# Where the front door leaves the operation that a verified request names.
ACTION = "workshop.action"
LONGEST_PATH = 200
log = logging.getLogger("workshop_lib.local_cloud.requests")


class RequestLog:
    """Writes the lines."""

    def write(self, request: Request, response: Response, seconds: float) -> None:
        """Write one answered request."""
        log.info(
            "%s %s %s %s %d %.0f ms",
            _printable(request.method),
            read_scope_name(request) or "-",
            _printable(request.environ.get(ACTION) or "-"),
            _printable(raw_path(request)),
            response.status_code,
            seconds * 1000,
        )


def _printable(text: str) -> str:
    """Return the text without what could forge a line of the log."""
    return text[:LONGEST_PATH].encode("unicode_escape").decode("ascii")
