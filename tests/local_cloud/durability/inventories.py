"""Everything that a cloud holds, as its callers can see it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

Client = Callable[..., Any]


def take_inventory(client: Client) -> dict[str, Any]:
    """Return what stands in a cloud, by service; two of the same cloud are equal."""
    takers = (
        take_buckets, take_tables, take_identities, take_functions, take_apis, take_topics,
        take_queues, take_logs,
    )  # fmt: skip
    return {taker.__name__.removeprefix("take_"): taker(client) for taker in takers}


def strip(answer: Any) -> Any:
    """Leave out what belongs to the answer and not to what it is about."""
    if isinstance(answer, dict):
        return {key: strip(part) for key, part in answer.items() if key != "ResponseMetadata"}
    return [strip(part) for part in answer] if isinstance(answer, list) else answer


def pages(client: Any, operation: str, key: str, **arguments: Any) -> list[Any]:
    return [
        strip(one)
        for page in client.get_paginator(operation).paginate(**arguments)
        for one in page.get(key, [])
    ]


def take_buckets(client: Client) -> dict[str, Any]:
    s3 = client("s3")
    return {one["Name"]: _read_bucket(s3, one) for one in s3.list_buckets()["Buckets"]}


def _read_bucket(s3: Any, bucket: dict[str, Any]) -> Any:
    name = bucket["Name"]
    uploads = pages(s3, "list_multipart_uploads", "Uploads", Bucket=name)
    return {
        "created": bucket["CreationDate"],
        "settings": dict(_read_settings(s3, name)),
        "versions": [_read_version(s3, name, one) for one in _list_versions(s3, name)],
        "uploads": [_read_upload(s3, name, one) for one in uploads],
    }


def _read_settings(s3: Any, bucket: str) -> Iterator[tuple[str, Any]]:
    for name in (
        "bucket_versioning", "bucket_notification_configuration", "bucket_cors", "bucket_policy",
        "bucket_tagging", "bucket_website", "public_access_block",
    ):  # fmt: skip
        try:
            yield name, strip(getattr(s3, f"get_{name}")(Bucket=bucket))
        except s3.exceptions.ClientError as error:
            yield name, error.response["Error"]["Code"]


def _list_versions(s3: Any, bucket: str) -> list[Any]:
    markers = pages(s3, "list_object_versions", "DeleteMarkers", Bucket=bucket)
    return pages(s3, "list_object_versions", "Versions", Bucket=bucket) + markers


def _read_version(s3: Any, bucket: str, version: dict[str, Any]) -> Any:
    if "ETag" not in version:
        return version
    named = {"VersionId": version["VersionId"]} if version["VersionId"] != "null" else {}
    got = s3.get_object(Bucket=bucket, Key=version["Key"], **named)
    body = hashlib.sha256(got.pop("Body").read()).hexdigest()
    return version | {"body": body, "head": strip(got)}


def _read_upload(s3: Any, bucket: str, upload: dict[str, Any]) -> Any:
    parts = s3.list_parts(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
    return upload | {"parts": strip(parts).get("Parts", [])}


def take_tables(client: Client) -> dict[str, Any]:
    dynamodb = client("dynamodb")
    return {
        name: {
            "table": strip(dynamodb.describe_table(TableName=name)["Table"]),
            "items": sorted(map(repr, pages(dynamodb, "scan", "Items", TableName=name))),
        }
        for name in pages(dynamodb, "list_tables", "TableNames")
    }


def take_identities(client: Client) -> dict[str, Any]:
    return strip(client("iam").get_account_authorization_details(
        Filter=["User", "Role", "LocalManagedPolicy"]
    )) | {"keys": [
        strip(client("iam").list_access_keys(UserName=user["UserName"])["AccessKeyMetadata"])
        for user in client("iam").list_users()["Users"]
    ]}  # fmt: skip


def take_functions(client: Client) -> dict[str, Any]:
    functions = client("lambda")
    layers = pages(functions, "list_layers", "Layers")
    return {
        "functions": {
            one["FunctionArn"]: _read_function(functions, one)
            for one in pages(functions, "list_functions", "Functions", FunctionVersion="ALL")
        },
        "layers": [
            strip(functions.list_layer_versions(LayerName=layer["LayerName"])["LayerVersions"])
            for layer in layers
        ],
    }  # fmt: skip


def _read_function(functions: Any, function: dict[str, Any]) -> Any:
    name = {"FunctionName": function["FunctionName"]}
    return {
        "configuration": function,
        "policy": _ask(functions, "get_policy", **name),
        "event_invoke": _ask(functions, "get_function_event_invoke_config", **name),
    }


def _ask(client: Any, operation: str, **arguments: Any) -> Any:
    try:
        return strip(getattr(client, operation)(**arguments))
    except client.exceptions.ClientError as error:
        return error.response["Error"]["Code"]


def take_apis(client: Client) -> dict[str, Any]:
    gateway = client("apigateway")
    return {
        api["id"]: {
            "api": api,
            "resources": sorted(
                pages(gateway, "get_resources", "items", restApiId=api["id"], embed=["methods"]),
                key=lambda resource: resource["id"],
            ),
            "stages": strip(gateway.get_stages(restApiId=api["id"])["item"]),
            "deployments": strip(gateway.get_deployments(restApiId=api["id"])["items"]),
        }
        for api in pages(gateway, "get_rest_apis", "items")
    }


def take_topics(client: Client) -> dict[str, Any]:
    sns = client("sns")
    topics = [topic["TopicArn"] for topic in pages(sns, "list_topics", "Topics")]
    return {
        topic: {
            "attributes": strip(sns.get_topic_attributes(TopicArn=topic)["Attributes"]),
            "subscriptions": [
                _ask(sns, "get_subscription_attributes", SubscriptionArn=one["SubscriptionArn"])
                for one in pages(
                    sns, "list_subscriptions_by_topic", "Subscriptions", TopicArn=topic
                )
            ],
        }
        for topic in topics
    }


def take_queues(client: Client) -> dict[str, Any]:
    sqs = client("sqs")
    attributes = {
        url: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        for url in sqs.list_queues().get("QueueUrls", [])
    }
    # A message becomes visible while time goes by.
    for found in attributes.values():
        visible = int(found.pop("ApproximateNumberOfMessages"))
        found["messages"] = visible + int(found.pop("ApproximateNumberOfMessagesNotVisible"))
    return attributes


def take_logs(client: Client) -> dict[str, Any]:
    logs = client("logs")
    return {
        group["logGroupName"]: (
            group,
            pages(logs, "filter_log_events", "events", logGroupName=group["logGroupName"]),
        )
        for group in pages(logs, "describe_log_groups", "logGroups")
    }
