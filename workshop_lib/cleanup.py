"""Removing what an attendee has built, and proving that nothing is left.

Things are found by their exact names and by their tags, never by a prefix: whoever is called
``anna`` must not meet what ``anna-b`` owns. What is found is looked at before it is listed, because
AWS remembers tags longer than things; so a plan made after an interrupted clean-up holds just what
is left.

The order matters: first what calls, then what is called; first what holds, then what is held.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from workshop_lib.aws import (
    buckets,
    functions,
    layers,
    logs,
    queues,
    rest_apis,
    roles,
    tables,
    tags,
    topics,
)
from workshop_lib.cloud import Cloud
from workshop_lib.errors import WorkshopError
from workshop_lib.naming import FUNCTIONS, LAYERS, QUEUES, ROLE_PATH, WORKSHOP_TAG, Names

# In the order of removal.
KINDS = (
    "event notification", "stage", "public access", "REST API", "function", "topic", "queue",
    "table", "bucket", "role", "layer", "log group",
)  # fmt: skip
# What the ARN of a tagged thing says that it is, and by what it is asked for: a topic by its ARN,
# all others by name or id. An ARN that fits none (a stage, a mapping) goes with another thing.
ARN_PATTERNS = {
    "REST API": re.compile(r"arn:[^:]+:apigateway:[^:]+::/restapis/([^/]+)"),
    "bucket": re.compile(r"arn:[^:]+:s3:::([^/]+)"),
    "function": re.compile(r"arn:[^:]+:lambda:[^:]+:\d+:function:([^:]+)"),
    "log group": re.compile(r"arn:[^:]+:logs:[^:]+:\d+:log-group:([^:]+)(?::\*)?"),
    "queue": re.compile(r"arn:[^:]+:sqs:[^:]+:\d+:([^:]+)"),
    "table": re.compile(r"arn:[^:]+:dynamodb:[^:]+:\d+:table/([^/]+)"),
    "topic": re.compile(r"(arn:[^:]+:sns:[^:]+:\d+:[^:]+)"),
}


@dataclass(frozen=True)
class Removal:
    """One thing that stands and would go; as text, a sentence for the attendee."""

    kind: str
    name: str
    details: str = ""
    remove: Callable[[], object] = field(repr=False, compare=False, default=lambda: None)

    def __str__(self) -> str:
        return f"Remove the {self.kind} {self.name}{self.details}."


def plan_cleanup(cloud: Cloud, names: Names) -> list[Removal]:
    """Return everything of this attendee that stands, in the order of its removal."""
    wanted = _candidates(cloud, names)
    plain = (
        ("queue", "sqs", queues.describe_queue, queues.delete_queue),
        ("table", "dynamodb", tables.describe_table, tables.delete_table),
        ("role", "iam", roles.describe_role, roles.delete_role),
        ("layer", "lambda", layers.describe_layer, layers.delete_layer),
        ("log group", "logs", logs.describe_log_group, logs.delete_log_group),
    )
    found = [
        *_find_notifications(cloud, names),
        *_find_apis(cloud, wanted["REST API"]),
        *_find_functions(cloud, names, wanted["function"]),
        *_find_topics(cloud, wanted["topic"]),
        *_find_buckets(cloud, wanted["bucket"]),
    ]
    for kind, service, describe, delete in plain:
        found += _find(kind, cloud.client(service), wanted[kind], describe, delete)
    return sorted(found, key=lambda removal: KINDS.index(removal.kind))


def plan_minimum(cloud: Cloud, names: Names) -> list[Removal]:
    """Return what should not stay open to the world: the API's stages and public buckets."""
    apigateway, s3 = cloud.client("apigateway"), cloud.client("s3")
    stages = [
        Removal(
            "stage",
            f"{stage.name} of the API {names.api}",
            ", so that nobody reaches the functions by it",
            partial(rest_apis.delete_stage, apigateway, api.id, stage.name),
        )
        for api in [rest_apis.find_api(apigateway, names.api)]
        if api
        for stage in rest_apis.list_stages(apigateway, api.id)
    ]
    public = [
        Removal(
            "public access",
            f"to the bucket {bucket}",
            "; its objects stay",
            partial(buckets.close_public_access, s3, bucket),
        )
        for bucket in names.buckets
        if buckets.is_public(s3, bucket)
    ]
    return stages + public


def run_cleanup(plan: list[Removal], progress: Callable[[str], object] = print) -> None:
    """Remove what the plan lists, one after the other; what is gone meanwhile is fine.

    Args:
        plan: what to remove, in this order.
        progress: is told each removal's sentence before it is done.

    Raises:
        WorkshopError: some things could not be removed; everything else was.
    """
    failures = []
    for removal in plan:
        progress(str(removal))
        try:
            removal.remove()
        except (ClientError, BotoCoreError, WorkshopError) as error:
            failures.append(f"{removal.kind} {removal.name}: {error}")
    if failures:
        raise WorkshopError(
            "Not everything could be removed:\n" + "\n".join(failures),
            "Run the clean-up again: it goes on where it stopped.",
        )


def remaining(cloud: Cloud, names: Names) -> list[Removal]:
    """List everything anew, as the proof after a clean-up; empty when nothing is left."""
    return plan_cleanup(cloud, names)


# Finding -------------------------------------------------------------------------------------


def _candidates(cloud: Cloud, names: Names) -> dict[str, set[str]]:
    """Return where to look, by kind: names, for topics ARNs, for APIs ids."""
    functions_made = {names.function(name) for name in FUNCTIONS}
    wanted = {
        "REST API": set(rest_apis.list_api_ids(cloud.client("apigateway"), names.api)),
        "bucket": set(names.buckets),
        "function": functions_made,
        "layer": {names.layer(name) for name in LAYERS},
        "log group": {names.log_group(name) for name in FUNCTIONS},
        "queue": {names.queue(name) for name in QUEUES},
        "role": functions_made | _find_tagged_roles(cloud, names),
        "table": {names.table},
        "topic": {names.topic_arn},
    }
    owner = {"workshop": WORKSHOP_TAG, "attendee": names.attendee}
    for arn in tags.find_tagged_arns(cloud.client("resourcegroupstaggingapi"), owner):
        for kind, pattern in ARN_PATTERNS.items():
            if found := pattern.fullmatch(arn):
                wanted[kind].add(found[1])
    return wanted


def _find_tagged_roles(cloud: Cloud, names: Names) -> set[str]:
    """Return the roles that bear the attendee's tag; the tagging API does not know roles."""
    iam = cloud.client("iam")
    # The prefix only spares questions: the tag decides.
    own_or_neighbours = [
        name for name in roles.list_roles(iam, ROLE_PATH) if name.startswith(f"{names.prefix}-")
    ]
    described = [roles.describe_role(iam, name) for name in own_or_neighbours]
    return {role.name for role in described if role and role.tags.get("attendee") == names.attendee}


def _find(
    kind: str,
    client: Any,
    candidates: Iterable[str],
    describe: Callable[[Any, str], object],
    delete: Callable[[Any, str], object],
) -> list[Removal]:
    return [
        Removal(kind, name, remove=partial(delete, client, name))
        for name in sorted(candidates)
        if describe(client, name) is not None
    ]


def _find_notifications(cloud: Cloud, names: Names) -> list[Removal]:
    s3, bucket = cloud.client("s3"), names.images_bucket
    if not buckets.bucket_exists(s3, bucket):
        return []
    return [
        Removal(
            "event notification",
            f"{rule.id} of the bucket {bucket}",
            remove=partial(buckets.stop_notifications, s3, bucket, notification_id=rule.id),
        )
        for rule in buckets.list_notifications(s3, bucket)
    ]


def _find_apis(cloud: Cloud, api_ids: Iterable[str]) -> list[Removal]:
    apigateway = cloud.client("apigateway")
    described = [rest_apis.describe_api(apigateway, api_id) for api_id in sorted(api_ids)]
    return [
        Removal(
            "REST API",
            f"{api.rest_api.name} ({api.rest_api.id})",
            f" with its {_count(len(api.stages), 'stage')}",
            partial(_remove_api, cloud, api),
        )
        for api in described
        if api
    ]


def _remove_api(cloud: Cloud, api: rest_apis.Api) -> None:
    """Remove an API after its logs, whose names nobody knows any more once its id is gone."""
    apigateway, api_id = cloud.client("apigateway"), api.rest_api.id
    for stage in api.stages:
        rest_apis.delete_stage(apigateway, api_id, stage.name)
    # The slash ends the id, so no other API's logs begin so.
    for log_group in logs.list_log_groups(
        cloud.client("logs"), f"API-Gateway-Execution-Logs_{api_id}/"
    ):
        logs.delete_log_group(cloud.client("logs"), log_group)
    rest_apis.delete_api(apigateway, api_id)


def _find_functions(cloud: Cloud, names: Names, candidates: Iterable[str]) -> list[Removal]:
    lambda_ = cloud.client("lambda")
    known = {names.log_group(name) for name in FUNCTIONS}
    found = _find(
        "function", lambda_, candidates, functions.describe_function, functions.delete_function
    )
    return [
        removal
        if f"/aws/lambda/{removal.name}" in known
        # Lambda has made the log group of an experiment's function, without any tag.
        else Removal(
            "function", removal.name, " with its log", partial(_remove_logged, cloud, removal)
        )
        for removal in found
    ]


def _remove_logged(cloud: Cloud, removal: Removal) -> None:
    logs.delete_log_group(cloud.client("logs"), f"/aws/lambda/{removal.name}")
    removal.remove()


def _find_topics(cloud: Cloud, candidates: Iterable[str]) -> list[Removal]:
    sns = cloud.client("sns")
    described = [topics.describe_topic(sns, arn) for arn in sorted(candidates)]
    return [
        Removal(
            "topic",
            topic.name,
            f" with its {_count(len(topic.subscriptions), 'subscription')}",
            partial(topics.delete_topic, sns, topic.arn),
        )
        for topic in described
        if topic
    ]


def _find_buckets(cloud: Cloud, candidates: Iterable[str]) -> list[Removal]:
    s3 = cloud.client("s3")
    return [
        Removal(
            "bucket",
            bucket,
            f" with its {_count(len(buckets.list_objects(s3, bucket)), 'object')}",
            partial(buckets.delete_bucket, s3, bucket),
        )
        for bucket in sorted(candidates)
        if buckets.bucket_exists(s3, bucket)
    ]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
