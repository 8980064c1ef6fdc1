"""Requests that two readers would read in two ways are refused.

Permissions are decided on one reading and moto acts on its own. Where the two could differ, a
caller could be allowed one operation and get another; so only one reading may be possible.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from moto.core.utils import get_service_model
from werkzeug.wrappers import Request

from workshop_lib.local_cloud.aws_errors import AwsError, left_out

FORM_TYPE = "application/x-www-form-urlencoded"
# Query arguments that choose an S3 operation without being literal in the service's model.
_S3_CHOOSING_ARGUMENTS = {"uploadId"}
_QUERY_SERVICES = ("iam", "sts", "sns")


def refuse_ambiguity(request: Request, service: str, protocol: str, body: bytes) -> None:
    """Refuse a request that names its operation, or a parameter of a query, more than once.

    Raises:
        AwsError: ``InvalidRequest``, with what is said twice.
    """
    names = [name for name, _ in parse_qsl(request.query_string.decode(), keep_blank_values=True)]
    if any(name.lower().startswith("x-moto-") for name in request.headers.keys()):  # noqa: SIM118
        raise _ambiguous("x-moto-… headers steer the local cloud and are not AWS's")
    if protocol == "query":
        _refuse_odd_forms(request, body)
        names += [name for name, _ in parse_qsl(body.decode(), keep_blank_values=True)]
        _refuse_repeats(names)
    elif "Action" in names:
        raise _ambiguous(f"{service} does not take an Action in the query")
    if protocol != "json" and "X-Amz-Target" in request.headers:
        raise _ambiguous(f"{service} does not take an X-Amz-Target header here")
    if service == "s3":
        subresources = [name for name in names if name in list_s3_subresources()]
        _refuse_repeats(subresources)
        if len(subresources) > 1:
            raise _ambiguous(f"the query names {' and '.join(sorted(subresources))}")


def _refuse_odd_forms(request: Request, body: bytes) -> None:
    """A query's parameters are in its form or in its URL, never in both or in another notation."""
    if body and request.query_string:
        raise _ambiguous("it has parameters in the URL and in the body")
    if body and (request.mimetype != FORM_TYPE or request.method != "POST"):
        raise _ambiguous(f"a form is sent by POST as {FORM_TYPE}")


def refuse_foreign_subresources(service: str, operation: Any, request: Request) -> None:
    """Refuse a subresource that chooses another operation than the one that was matched.

    Raises:
        AwsError: the operation knows nothing of the subresource.
    """
    if service != "s3":
        return
    known = set(operation.http_trait.query_args)
    for member in operation.input_shape.members.values() if operation.input_shape else ():
        known.add(member.serialization.get("name", ""))
    foreign = (set(request.args) & list_s3_subresources()) - known
    if foreign:
        what = f"{request.method} with ?{min(foreign)}"
        raise unknown_operation(service, what)


def unknown_operation(service: str, what: str) -> AwsError:
    """Return the refusal of an operation that is left out, with its protocol's code."""
    if service == "s3":
        return left_out(f"{what} of s3")
    code = "InvalidAction" if service in _QUERY_SERVICES else "UnknownOperationException"
    return left_out(f"{what} of {service}", code, 400)


@cache
def list_s3_subresources() -> frozenset[str]:
    """List the query arguments by which S3 tells operations on one path apart (``?acl``, …)."""
    model = get_service_model("s3")
    literal = {
        name
        for operation in model.operation_names
        for name, value in model.operation_model(operation).http_trait.query_args.items()
        if not value
    }
    return frozenset(literal | _S3_CHOOSING_ARGUMENTS)


def _refuse_repeats(names: list[str]) -> None:
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise _ambiguous(f"{repeated[0]} is given more than once")


def _ambiguous(what: str) -> AwsError:
    return AwsError("InvalidRequest", f"The request can be read in two ways: {what}.", status=400)
