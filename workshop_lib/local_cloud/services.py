"""The AWS services this cloud has, by the name in a signature's credential scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from werkzeug import Request

from workshop_lib.local_cloud.aws_errors import AwsError

Protocol = Literal["rest-xml", "query", "json", "rest-json", "cbor"]


@dataclass(frozen=True)
class Service:
    """One service.

    Args:
        name: boto3's and moto's name.
        protocol: the protocol its clients speak; fixes the shape of an error.
    """

    name: str
    protocol: Protocol


SERVICES = {
    "s3": Service("s3", "rest-xml"),
    "iam": Service("iam", "query"),
    "sts": Service("sts", "query"),
    "lambda": Service("lambda", "rest-json"),
    "apigateway": Service("apigateway", "rest-json"),
    "sns": Service("sns", "query"),
    "sqs": Service("sqs", "json"),
    "dynamodb": Service("dynamodb", "json"),
    "logs": Service("logs", "json"),
    "monitoring": Service("cloudwatch", "json"),
    "tagging": Service("resourcegroupstaggingapi", "json"),
}

RECOGNITION_SENTENCE = (
    "The local cloud does not have Amazon Rekognition: it is a managed service that exists only "
    "on AWS. Recognise pictures in a function with its own model, or use a real account."
)


def find_service(scope_name: str) -> Service:
    """Return the service of a credential scope.

    Raises:
        AwsError: the local cloud does not have it; the sentence says so.
    """
    if scope_name in SERVICES:
        return SERVICES[scope_name]
    if scope_name == "rekognition":
        raise AwsError("AccessDeniedException", RECOGNITION_SENTENCE, 501)
    raise AwsError(
        "NotImplemented",
        f"The local cloud does not have the service {scope_name!r}. It has "
        f"{', '.join(sorted(service.name for service in SERVICES.values()))}.",
        501,
    )


def find_protocol(scope_name: str | None, request: Request) -> Protocol:
    """Return the protocol in which the caller expects an error.

    A client may speak another protocol than its service's first: CloudWatch and SQS have several.
    """
    content_type = request.content_type or ""
    if (
        request.headers.get("smithy-protocol") == "rpc-v2-cbor"
        or content_type == "application/cbor"
    ):
        return "cbor"
    if "X-Amz-Target" in request.headers or content_type.startswith("application/x-amz-json"):
        return "json"
    if scope_name in SERVICES:
        service = SERVICES[scope_name]
        if service.protocol == "json" and content_type.startswith("application/x-www-form"):
            return "query"
        return service.protocol
    return _guess_protocol(request, content_type)


def _guess_protocol(request: Request, content_type: str) -> Protocol:
    if content_type.startswith("application/x-www-form-urlencoded") or "Action" in request.args:
        return "query"
    first_part = request.path.lstrip("/").split("/", 1)[0]
    if content_type == "application/json" or first_part in REST_JSON_PATHS:
        return "rest-json"
    return "rest-xml"


# The first parts of Lambda's and API Gateway's paths; Lambda's are its API versions.
REST_JSON_PATHS = frozenset({
    "2014-11-13", "2015-03-31", "2016-08-19", "2017-03-31", "2017-10-31", "2018-10-31",
    "2019-09-25", "2019-09-30", "2020-04-22", "2020-06-30", "2021-10-31",
    "restapis", "apikeys", "usageplans", "domainnames", "account", "tags",
})  # fmt: skip
