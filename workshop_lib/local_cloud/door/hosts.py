"""Which part of the cloud a request is for, by its Host header and the start of its path.

A page of any origin can make a browser call a loopback port under a name of its own (DNS
rebinding); so the names this cloud answers to are listed, and every other is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from workshop_lib.local_cloud.aws_errors import AwsError

PLAIN_NAMES = frozenset({"127.0.0.1", "localhost"})
NAMED_HOST = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9.-]*)\.(?P<part>s3-website|execute-api|s3)\.localhost"
)
PARTS: dict[str, Literal["website", "stage", "bucket"]] = {
    "s3-website": "website",
    "execute-api": "stage",
    "s3": "bucket",
}


@dataclass(frozen=True)
class Destination:
    """A part of the cloud.

    Args:
        part: ``cloud`` for the AWS APIs, ``bucket`` for S3 under a bucket's own host name,
            ``stage`` for a deployed API, ``website`` for a bucket's website, ``control`` for the
            launcher.
        name: the bucket's name or the API's id.
        path: what remains of the path, still encoded, with its first slash.
    """

    part: Literal["cloud", "bucket", "stage", "website", "control"]
    name: str
    path: str


def find_destination(host: str, path: str, port: int) -> Destination:
    """Return where a request goes.

    Args:
        host: the Host header.
        path: the path as sent, encoded, without query.
        port: the cloud's own.

    Raises:
        AwsError: 403 for a Host this cloud does not answer to.
    """
    name, separator, sent_port = host.lower().rpartition(":")
    if not separator or sent_port != str(port):
        raise _foreign_host(host, port)
    if name in PLAIN_NAMES:
        return _find_by_path(path)
    match = NAMED_HOST.fullmatch(name)
    if match is None:
        raise _foreign_host(host, port)
    return Destination(PARTS[match["part"]], match["name"], path)


def _find_by_path(path: str) -> Destination:
    # No bucket can have these names: a bucket's begins with a letter or a digit.
    first, _, rest = path.removeprefix("/").partition("/")
    if first == "_execute-api" or first == "_website":
        name, _, remaining = rest.partition("/")
        part: Literal["stage", "website"] = "stage" if first == "_execute-api" else "website"
        has_slash = rest != name
        own_path = f"/{remaining}" if has_slash else ""
        return Destination(part, unquote(name), own_path)
    if first == "_cloud":
        return Destination("control", "", f"/{rest}")
    return Destination("cloud", "", path)


def _foreign_host(host: str, port: int) -> AwsError:
    return AwsError(
        "AccessDenied",
        f"The local cloud does not answer to the host {host!r}. Use http://127.0.0.1:{port}.",
        403,
    )
