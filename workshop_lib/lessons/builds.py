"""The steps that several lessons build with, and what they need around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from workshop_lib.aws import buckets, functions, layers, logs, queues, rest_apis, roles, topics
from workshop_lib.cloud import Cloud
from workshop_lib.lessons.contracts import FUNCTION_CONTRACTS
from workshop_lib.naming import API_STAGE, ROLE_PATH, Names

# Of all routes together: many times what one attendee needs, and a bound to what strangers spend.
RATE_LIMIT, BURST_LIMIT = 50, 100  # requests a second, and at once


class Workplace(Protocol):
    """What a lesson's ``build`` works with; an open lesson is one."""

    @property
    def cloud(self) -> Cloud:
        """The connection."""

    @property
    def names(self) -> Names:
        """The attendee's names."""

    @property
    def region(self) -> str:
        """Where everything stands."""

    @property
    def tags(self) -> dict[str, str]:
        """The tags of what this lesson makes."""

    def client(self, service: str) -> Any:
        """Return a service's client."""

    def code(self, function: str) -> bytes:
        """Return a function's zip."""

    def policy(self, function: str) -> dict[str, Any]:
        """Return the policy of a function's role."""

    def trust(self, function: str) -> dict[str, Any]:
        """Return the trust policy of a function's role."""

    def environment(self, function: str) -> dict[str, str]:
        """Return a function's environment variables."""

    def layer_package(self, name: str) -> layers.LayerPackage:
        """Return a layer, packed."""


def build_role(place: Workplace, function: str) -> roles.Role:
    """Make a function's role with the narrowest policy."""
    return roles.ensure_role(
        place.client("iam"),
        place.names.role(function),
        path=ROLE_PATH,
        trust=place.trust(function),
        policy=place.policy(function),
        tags=place.tags,
    )


def build_function(place: Workplace, function: str) -> functions.Function:
    """Make a function with its log group, its role and, for events, its queue of failures."""
    contract = FUNCTION_CONTRACTS[function]
    lambda_, names = place.client("lambda"), place.names
    logs.ensure_log_group(place.client("logs"), names.log_group(function), tags=place.tags)
    role = build_role(place, function)
    built = functions.ensure_function(
        lambda_,
        names.function(function),
        role_arn=role.arn,
        code=place.code(function),
        environment=place.environment(function),
        layers=[build_layer(place, name).arn for name in contract.layers],
        timeout=contract.timeout,
        memory=contract.memory,
        description=contract.description,
        tags=place.tags,
    )
    if contract.asynchronous:
        failed = queues.ensure_queue(place.client("sqs"), names.queue("failed"), tags=place.tags)
        functions.set_asynchronous_retries(
            lambda_, built.name, retries=2, failure_destination_arn=failed.arn
        )
    return built


def build_layer(place: Workplace, name: str) -> layers.Layer:
    """Publish a layer, through the bucket for artifacts, unless its content is published."""
    s3, bucket = place.client("s3"), place.names.artifacts_bucket
    buckets.ensure_bucket(s3, bucket, region=place.region, tags=place.tags)
    return layers.ensure_layer(
        place.client("lambda"),
        s3,
        place.names.layer(name),
        package=place.layer_package(name),
        bucket=bucket,
    )


def build_route(
    place: Workplace,
    function: str,
    path: str,
    *,
    statement_id: str,
    headers: Sequence[str] = ("Content-Type",),
) -> str:
    """Have a function answer GET of a path of the API, deploy it, and return the API's id."""
    apigateway, names = place.client("apigateway"), place.names
    api_id = rest_apis.ensure_api(apigateway, names.api, tags=place.tags).id
    origin = place.cloud.website_origin(names.website_bucket)
    rest_apis.ensure_function_route(
        apigateway,
        api_id,
        path=path,
        method="GET",
        function_arn=names.function_arn(function),
        region=place.region,
    )
    rest_apis.ensure_preflight(
        apigateway, api_id, path=path, origin=origin, methods=["GET"], headers=headers
    )
    rest_apis.ensure_error_headers(apigateway, api_id, origin=origin)
    functions.allow_invocation(
        place.client("lambda"),
        names.function(function),
        statement_id=statement_id,
        principal="apigateway.amazonaws.com",
        source_arn=names.method_arn(api_id, "GET", path),
    )
    rest_apis.deploy_api(apigateway, api_id, API_STAGE, description=f"GET {path}")
    rest_apis.limit_stage(apigateway, api_id, API_STAGE, rate=RATE_LIMIT, burst=BURST_LIMIT)
    return api_id


def subscribe_to_topic(
    place: Workplace, function: str, *, optional_filter: Mapping[str, Any] | None = None
) -> None:
    """Have the topic call a function with every result.

    Args:
        place: whose topic and function.
        function: its name.
        optional_filter: stays where an attendee has given it to the subscription.
    """
    sns, topic_arn = place.client("sns"), place.names.topic_arn
    function_arn = place.names.function_arn(function)
    functions.allow_invocation(
        place.client("lambda"),
        place.names.function(function),
        statement_id="results-topic",
        principal="sns.amazonaws.com",
        source_arn=place.names.topic_arn,
    )
    topic = topics.describe_topic(sns, topic_arn)
    if (optional_filter and topic) and any(
        one.endpoint == function_arn and one.filter_policy == optional_filter
        for one in topic.subscriptions
    ):
        return
    topics.subscribe_function(sns, topic_arn, function_arn)
