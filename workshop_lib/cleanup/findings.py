"""Everything of an attendee's that stands, each with how it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from workshop_lib.aws import (
    buckets,
    functions,
    layers,
    logs,
    queues,
    rest_apis,
    roles,
    tables,
    topics,
)
from workshop_lib.cleanup.candidates import find_buckets, find_candidates
from workshop_lib.cleanup.removals import Removal, sort_removals
from workshop_lib.cloud import Cloud
from workshop_lib.naming import LOG_GROUP_PREFIX, Names


def plan_cleanup(cloud: Cloud, names: Names) -> list[Removal]:
    """Return everything of this attendee that stands, in the order of its removal."""
    wanted, listed = find_candidates(cloud, names), find_buckets(cloud, names)
    wanted["bucket"] |= listed
    plain = (
        ("queue", "sqs", queues.describe_queue, queues.delete_queue),
        ("table", "dynamodb", tables.describe_table, tables.delete_table),
        ("role", "iam", roles.describe_role, roles.delete_role),
        ("log group", "logs", logs.describe_log_group, logs.delete_log_group),
    )
    found = [
        *_find_notifications(cloud, wanted["bucket"]),
        *_find_apis(cloud, names, wanted["REST API"]),
        *_find_functions(cloud, wanted["function"], known_logs=wanted["log group"]),
        *_find_topics(cloud, wanted["topic"]),
        *_find_buckets(cloud, wanted["bucket"], listed),
        *_find_layers(cloud, wanted["layer"]),
    ]
    for kind, service, describe, delete in plain:
        found += _find(kind, cloud.client(service), wanted[kind], describe, delete)
    return sort_removals(found)


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


def _find_notifications(cloud: Cloud, candidates: Iterable[str]) -> list[Removal]:
    s3 = cloud.client("s3")
    return [
        Removal(
            "event notification",
            f"{rule.id} of the bucket {bucket}",
            remove=partial(buckets.stop_notifications, s3, bucket, notification_id=rule.id),
        )
        for bucket in sorted(candidates)
        if buckets.bucket_exists(s3, bucket)
        for rule in buckets.list_notifications(s3, bucket)
    ]


def _find_apis(cloud: Cloud, names: Names, api_ids: Iterable[str]) -> list[Removal]:
    apigateway = cloud.client("apigateway")
    described = [rest_apis.describe_api(apigateway, api_id) for api_id in sorted(api_ids)]
    return [
        Removal(
            "REST API",
            f"{api.rest_api.name} ({api.rest_api.id})",
            {"stage": len(api.stages)},
            remove=partial(_remove_api, cloud, api),
        )
        for api in described
        if api and names.may_own(api.rest_api.name)
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


def _find_functions(
    cloud: Cloud, candidates: Iterable[str], *, known_logs: set[str]
) -> list[Removal]:
    lambda_ = cloud.client("lambda")
    found = []
    for name in sorted(candidates):
        if functions.describe_function(lambda_, name) is None:
            continue
        found += [
            Removal(
                "event source mapping",
                f"{mapping.uuid} of the function {name}",
                remove=partial(functions.delete_event_source, lambda_, mapping.uuid),
            )
            for mapping in functions.list_event_sources(lambda_, name)
        ]
        found.append(_find_function(cloud, name, known_logs=known_logs))
    return found


def _find_function(cloud: Cloud, name: str, *, known_logs: set[str]) -> Removal:
    lambda_, log_group = cloud.client("lambda"), f"{LOG_GROUP_PREFIX}{name}"
    parts = {"version": functions.count_versions(lambda_, name)}
    if log_group in known_logs:
        return Removal(
            "function", name, parts, remove=partial(functions.delete_function, lambda_, name)
        )
    # Lambda has made the log group of an experiment's function, without any tag.
    remove = partial(_remove_with_log, cloud, name, log_group)
    return Removal("function", name, parts, ", and its log", remove)


def _remove_with_log(cloud: Cloud, name: str, log_group: str) -> None:
    logs.delete_log_group(cloud.client("logs"), log_group)
    functions.delete_function(cloud.client("lambda"), name)


def _find_topics(cloud: Cloud, candidates: Iterable[str]) -> list[Removal]:
    sns = cloud.client("sns")
    described = [topics.describe_topic(sns, arn) for arn in sorted(candidates)]
    return [
        Removal(
            "topic",
            topic.name,
            {"subscription": len(topic.subscriptions)},
            remove=partial(topics.delete_topic, sns, topic.arn),
        )
        for topic in described
        if topic
    ]


def _find_buckets(cloud: Cloud, candidates: Iterable[str], listed: set[str]) -> list[Removal]:
    s3 = cloud.client("s3")
    found = []
    for bucket in sorted(candidates):
        remove = partial(buckets.delete_bucket, s3, bucket)
        if buckets.bucket_exists(s3, bucket):
            contents = buckets.count_contents(s3, bucket)
            parts = {"object version": contents.versions, "unfinished upload": contents.uploads}
            found.append(Removal("bucket", bucket, parts, remove=remove))
        elif bucket in listed and not buckets.is_gone(s3, bucket):
            # It is the account's, and she may not look into it: her clean-up must not pass it over.
            found.append(Removal("bucket", bucket, remove=remove))
    return found


def _find_layers(cloud: Cloud, candidates: Iterable[str]) -> list[Removal]:
    lambda_ = cloud.client("lambda")
    return [
        Removal(
            "layer", name, {"version": versions}, remove=partial(layers.delete_layer, lambda_, name)
        )
        for name in sorted(candidates)
        if (versions := layers.count_versions(lambda_, name))
    ]
