"""waitress's connections, with the one header that WSGI servers drop and S3 needs.

A server normally ignores headers with an underscore, since WSGI cannot tell them from those with a
hyphen. S3's user metadata may have them (``x-amz-meta-my_key``), and clients sign them; so those,
and no others, are kept beside the headers under the name they were sent with.
"""

from __future__ import annotations

import re
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import WSGITask

from workshop_lib.local_cloud.moto_hooks import UNDERSCORED_HEADERS

KEPT_PREFIX = b"x-amz-meta-"
METADATA_NAME = re.compile(rb"(?m)^X-Amz-Meta-[^:\r\n]+")


class CloudParser(HTTPRequestParser):
    """Parses a request's header, keeping metadata names with underscores."""

    underscored: dict[str, tuple[str, str]]

    def parse_header(self, header_plus: bytes) -> None:
        """Parse as waitress does; then read what it leaves out."""
        self.underscored = {}
        super().parse_header(header_plus)
        for line in header_plus.split(b"\r\n")[1:]:
            name, separator, value = line.partition(b":")
            if separator and b"_" in name and name.lower().startswith(KEPT_PREFIX):
                self._keep(name.decode("latin-1"), value.strip(b" \t").decode("latin-1"))

    def _keep(self, name: str, value: str) -> None:
        key = name.upper().replace("-", "_")
        # A name with underscores never stands in for one with hyphens.
        if key not in self.headers:
            self.underscored[f"HTTP_{key}"] = (name, value)


class CloudTask(WSGITask):
    """Gives the application the kept headers."""

    def get_environment(self) -> dict[str, Any]:
        """Return the environ of this request."""
        environ: dict[str, Any] = super().get_environment()
        kept: dict[str, tuple[str, str]] = getattr(self.request, "underscored", {})
        environ.update({key: value for key, (_, value) in kept.items()})
        environ[UNDERSCORED_HEADERS] = {key: name for key, (name, _) in kept.items()}
        return environ

    def build_response_header(self) -> bytes:
        """Return the header, with metadata names as S3 writes them.

        waitress capitalises every name; clients would read the metadata ``colour`` as ``Colour``.
        """
        header: bytes = super().build_response_header()
        return METADATA_NAME.sub(lambda match: match[0].lower(), header)


class CloudChannel(HTTPChannel):
    """A connection that parses and answers as above."""

    parser_class = CloudParser
    task_class = CloudTask

    def send_continue(self) -> None:
        """Say that the body may come; a request without one stays as complete as it is.

        waitress would wait for the body of a request that announces none, until the connection
        has been idle for too long.
        """
        completed = self.request.completed
        super().send_continue()
        self.request.completed = completed

    def _flush_some(self, do_close: bool = True) -> bool:
        """Send what is there; one thread at a time, which waitress does not see to everywhere."""
        with self.outbuf_lock:
            return bool(super()._flush_some(do_close=do_close))
