"""The AWS services this cloud has, by the name in a signature's credential scope."""

from __future__ import annotations

from typing import Literal, NamedTuple

from werkzeug import Request

from workshop_lib.local_cloud.aws_errors import AwsError

Protocol = Literal["rest-xml", "query", "json", "rest-json", "cbor"]


class Service(NamedTuple):
    """boto3's and moto's name of a service, and the protocol that fixes the shape of an error."""

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
# The first parts of Lambda's and API Gateway's paths; Lambda's are its API versions.
REST_JSON_PATHS = (
    "2015-03-31", "2016-08-19", "2017-03-31", "2017-10-31", "2018-10-31", "2019-09-25",
    "2019-09-30", "2024-08-31", "restapis", "account", "tags",
)  # fmt: skip


def find_service(scope_name: str) -> Service:
    """Return the service of a credential scope.

    Raises:
        AwsError: the local cloud does not have it; the sentence says so.
    """
    if scope_name in SERVICES:
        return SERVICES[scope_name]
    if scope_name == "rekognition":
        raise AwsError("AccessDeniedException", RECOGNITION_SENTENCE, 501)
    names = ", ".join(sorted(service.name for service in SERVICES.values()))
    message = f"The local cloud does not have the service {scope_name!r}. It has {names}."
    raise AwsError("NotImplemented", message, 501)


def find_protocol(scope_name: str | None, request: Request) -> Protocol:
    """Return the protocol in which the caller expects an error.

    A client may speak another protocol than its service's first: CloudWatch and SQS have several.
    """
    content_type = request.content_type or ""
    is_form = content_type.startswith("application/x-www-form-urlencoded")
    is_cbor = request.headers.get("smithy-protocol") == "rpc-v2-cbor"
    if is_cbor or content_type == "application/cbor":
        return "cbor"
    if "X-Amz-Target" in request.headers or content_type.startswith("application/x-amz-json"):
        return "json"
    if scope_name in SERVICES:
        protocol = SERVICES[scope_name].protocol
        return "query" if protocol == "json" and is_form else protocol
    if is_form or "Action" in request.args:
        return "query"
    first_part = request.path.lstrip("/").split("/", 1)[0]
    is_rest_json = content_type == "application/json" or first_part in REST_JSON_PATHS
    return "rest-json" if is_rest_json else "rest-xml"
