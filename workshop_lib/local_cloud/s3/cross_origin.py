"""What a web page of another origin may do: with S3 what the bucket's CORS rules say, else nothing.

Source: S3 user guide, "Using cross-origin resource sharing (CORS)"; the refusals are S3's own
``AccessForbidden`` documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class CorsRule:
    """One rule of a bucket, in S3's own terms."""

    origins: Sequence[str]
    methods: Sequence[str]
    headers: Sequence[str]
    exposed: Sequence[str]
    max_age: str | None

    def allows(self, origin: str, method: str, headers: Iterable[str] = ()) -> bool:
        """Tell whether this rule lets a page of this origin send this method and these headers."""
        return (
            any(_matches(pattern, origin) for pattern in self.origins)
            and method in self.methods
            and all(any(_matches(p.lower(), h) for p in self.headers) for h in headers)
        )


def read_cors_rules(bucket: str) -> list[CorsRule] | None:
    """Return the rules of a bucket, in their order; None when there is no such bucket."""
    with moto_lock:
        found = s3_backends[ACCOUNT_ID]["aws"].buckets.get(bucket)
        return None if found is None else [_read_rule(rule) for rule in found.cors]


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
    rules = read_cors_rules(bucket)
    if not rules:
        message = "CORSResponse: Bucket not found" if rules is None else NOT_ENABLED
        raise _forbidden(message, method, is_object=False)
    asked = _split(request.headers.get("Access-Control-Request-Headers", ""))
    for rule in rules:
        if rule.allows(origin, method, asked):
            response = Response(status=200)
            _describe_rule(response, rule, origin)
            if asked:
                response.headers["Access-Control-Allow-Headers"] = ", ".join(asked)
            return response
    raise _forbidden(NOT_ALLOWED, method, is_object=is_object)


def add_cors_headers(response: Response, request: Request, bucket: str) -> None:
    """Let the page that sent this request read the answer, if a rule of the bucket says so.

    Errors get the headers too, as in S3: a page may read why it was refused.
    """
    origin = request.headers.get("Origin")
    if origin is None:
        return
    for rule in read_cors_rules(bucket) or []:
        if rule.allows(origin, request.method):
            _describe_rule(response, rule, origin)
            return


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


def _read_rule(rule: Any) -> CorsRule:
    return CorsRule(
        rule.allowed_origins,
        rule.allowed_methods,
        rule.allowed_headers or (),
        rule.exposed_headers or (),
        rule.max_age_seconds,
    )


def _describe_rule(response: Response, rule: CorsRule, origin: str) -> None:
    headers = response.headers
    if "*" in rule.origins:
        headers["Access-Control-Allow-Origin"] = "*"
    else:
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Allow-Credentials"] = "true"
    headers["Access-Control-Allow-Methods"] = ", ".join(rule.methods)
    if rule.exposed:
        headers["Access-Control-Expose-Headers"] = ", ".join(rule.exposed)
    if rule.max_age:
        headers["Access-Control-Max-Age"] = rule.max_age
    headers["Vary"] = VARY


def _matches(pattern: str, text: str) -> bool:
    """Match a pattern with at most one star, which S3 allows in origins and headers."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text) is not None


def _split(header: str) -> list[str]:
    return [name.strip().lower() for name in header.split(",") if name.strip()]


def _forbidden(message: str, method: str, *, is_object: bool) -> AwsError:
    kind = "OBJECT" if is_object else "BUCKET"
    return AwsError("AccessForbidden", message, 403, {"Method": method, "ResourceType": kind})
