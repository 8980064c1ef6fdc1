"""What a web page of another origin may do: with S3 what the bucket's CORS rules say, else nothing.

Source: S3 user guide, "Using cross-origin resource sharing (CORS)"; the refusals are S3's own
``AccessForbidden`` documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from moto.s3.models import s3_backends
from werkzeug import Request, Response

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.configuration import ACCOUNT_ID
from workshop_lib.local_cloud.moto_hooks import moto_lock

VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"
NOT_ENABLED = "CORSResponse: CORS is not enabled for this bucket."
NOT_ALLOWED = (
    "CORSResponse: This CORS request is not allowed. This is usually because the evalution of "
    "Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers "
    "are not whitelisted by the resource's CORS spec."
)


def find_cors_rule(
    bucket: str, origin: str, method: str, headers: Iterable[str] = ()
) -> Any | None:
    """Return the first of a bucket's rules that lets a page send this; None where none does.

    Args:
        bucket: the bucket's name.
        origin: whose page it is.
        method: HTTP's.
        headers: names in lower case, of those that the page asks to send.
    """
    for rule in _list_rules(bucket) or ():
        if (
            any(_matches(pattern, origin) for pattern in rule.allowed_origins)
            and method in rule.allowed_methods
            and all(
                any(_matches(p.lower(), h) for p in rule.allowed_headers or ()) for h in headers
            )
        ):
            return rule
    return None


def _list_rules(bucket: str) -> list[Any] | None:
    """Return moto's rules of a bucket, which replaces them whole; None when there is no bucket."""
    with moto_lock:
        found = s3_backends[ACCOUNT_ID]["aws"].buckets.get(bucket)
        return None if found is None else list(found.cors)


def answer_preflight(request: Request, bucket: str, *, is_object: bool) -> Response:
    """Answer a browser that asks before it sends a request to a bucket.

    Raises:
        AwsError: S3's refusal; a browser takes any but a 2xx with the right headers for a no.
    """
    origin = request.headers.get("Origin")
    method = request.headers.get("Access-Control-Request-Method", "")
    if not origin:
        message = "Insufficient information. Origin request header needed."
        raise AwsError("BadRequest", message, 400)
    if method not in ("GET", "PUT", "POST", "DELETE", "HEAD"):
        message = f"Invalid Access-Control-Request-Method: {method or 'null'}"
        raise AwsError("BadRequest", message, 400)
    rules = _list_rules(bucket)
    if not rules:
        message = "CORSResponse: Bucket not found" if rules is None else NOT_ENABLED
        raise _forbidden(message, method, "BUCKET")
    listed = request.headers.get("Access-Control-Request-Headers", "").split(",")
    asked = [name.strip().lower() for name in listed if name.strip()]
    rule = find_cors_rule(bucket, origin, method, asked)
    if rule is None:
        raise _forbidden(NOT_ALLOWED, method, "OBJECT" if is_object else "BUCKET")
    response = Response(status=200)
    _describe_rule(response, rule, origin)
    if asked:
        response.headers["Access-Control-Allow-Headers"] = ", ".join(asked)
    return response


def add_cors_headers(response: Response, request: Request, bucket: str) -> None:
    """Let the page that sent this request read the answer, if a rule of the bucket says so.

    Errors get the headers too, as in S3: a page may read why it was refused.
    """
    origin = request.headers.get("Origin")
    rule = None if origin is None else find_cors_rule(bucket, origin, request.method)
    if rule is not None:
        _describe_rule(response, rule, origin)


def refuse_foreign_origin(request: Request) -> None:
    """Refuse a call of an AWS API from any web page: what is not S3 needs no browser.

    Raises:
        AwsError: 403, for any request that carries an Origin, or that a browser calls cross-site.
    """
    site = request.headers.get("Sec-Fetch-Site", "none")
    if "Origin" in request.headers or site not in ("none", "same-origin"):
        raise AwsError(
            "AccessDenied",
            "The local cloud takes calls of AWS APIs from programs, not from web pages. Pages may "
            "reach bucket objects by the bucket's CORS rules, deployed APIs and websites.",
            403,
        )


def _describe_rule(response: Response, rule: Any, origin: str | None) -> None:
    headers = response.headers
    is_open = "*" in rule.allowed_origins
    headers["Access-Control-Allow-Origin"] = "*" if is_open else origin
    if not is_open:
        headers["Access-Control-Allow-Credentials"] = "true"
    headers["Access-Control-Allow-Methods"] = ", ".join(rule.allowed_methods)
    if rule.exposed_headers:
        headers["Access-Control-Expose-Headers"] = ", ".join(rule.exposed_headers)
    if rule.max_age_seconds:
        headers["Access-Control-Max-Age"] = rule.max_age_seconds
    headers["Vary"] = VARY


def _matches(pattern: str, text: str) -> bool:
    """Match a pattern with at most one star, which S3 allows in origins and headers."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text) is not None


def _forbidden(message: str, method: str, kind: str) -> AwsError:
    return AwsError("AccessForbidden", message, 403, {"Method": method, "ResourceType": kind})
