"""The canonical form of a received request, over which its signature was made.

The rules for headers and for the paths of all services but S3 are botocore's own. Queries and S3's
paths differ on the receiving side: what arrives may be encoded in more than one way.

Source: IAM user guide, "Create a signed AWS API request".
"""

from __future__ import annotations

from urllib.parse import quote, unquote_to_bytes

from botocore.auth import SigV4Auth
from botocore.compat import HTTPHeaders
from botocore.utils import normalize_url_path
from werkzeug import Request

from workshop_lib.local_cloud.moto_hooks import UNDERSCORED_HEADERS

# Only its rules for headers are used, which need no credentials.
_HEADER_RULES = SigV4Auth(None, "", "")


def canonical_requests(
    request: Request, service: str, signed_headers: tuple[str, ...], payload_hash: str
) -> list[str]:
    """Return the canonical forms under which this request may have been signed.

    There is one, but for S3 paths whose sender encoded more or less than the rules ask for: those
    may be signed as they were sent or as they should have been. Both name the same object.
    """
    return [
        "\n".join((
            request.method,
            path,
            canonical_query(request.environ.get("QUERY_STRING", "")),
            _canonical_headers(request, signed_headers),
            ";".join(signed_headers),
            payload_hash,
        ))
        for path in _canonical_paths(raw_path(request), service)
    ]  # fmt: skip


def raw_path(request: Request) -> str:
    """Return the path as it was sent, still encoded, without the query."""
    uri: str = request.environ["REQUEST_URI"]
    return uri.split("?", 1)[0]


def _canonical_paths(path: str, service: str) -> list[str]:
    if service != "s3":
        return [quote(normalize_url_path(path), safe="/~")]
    encoded = quote(unquote_to_bytes(path), safe="/~")
    return list(dict.fromkeys((path, encoded)))


def canonical_query(query: str) -> str:
    """Return a query encoded and sorted as the rules ask, without the signature itself.

    A plus sign means a space, here as for whoever reads the parameters after.
    """
    pairs = []
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if pair and name != "X-Amz-Signature":
            pairs.append((_encode_again(name), _encode_again(value)))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def _encode_again(text: str) -> str:
    return quote(unquote_to_bytes(text.replace("+", " ")), safe="-_.~")


def _canonical_headers(request: Request, signed_headers: tuple[str, ...]) -> str:
    headers = HTTPHeaders()
    for name in signed_headers:
        value = find_header(request, name)
        if value is not None:
            headers[name] = value
    canonical: str = _HEADER_RULES.canonical_headers(headers)
    return canonical + "\n" if canonical else ""


def find_header(request: Request, name: str) -> str | None:
    """Return a header as it was sent; None when it was not.

    WSGI cannot tell ``X-A_b`` from ``X-A-b``: names with an underscore are kept beside it. Values
    come as Latin-1, whatever the sender's bytes mean.
    """
    key = name.upper().replace("-", "_")
    key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
    underscored = request.environ.get(UNDERSCORED_HEADERS, {})
    if underscored.get(key, name).lower() != name or ("_" in name and key not in underscored):
        return None
    value: str | None = request.environ.get(key)
    if value is None:
        return None
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value
