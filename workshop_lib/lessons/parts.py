"""Which parts of the architecture stand: one quick question to AWS for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from workshop_lib.aws import buckets, functions, rest_apis, tables, topics
from workshop_lib.cloud import Cloud
from workshop_lib.naming import FUNCTIONS, Names

Finder = Callable[[Cloud, Names], bool]


def _bucket(name: Callable[[Names], str]) -> Finder:
    return lambda cloud, names: buckets.bucket_exists(cloud.client("s3"), name(names))


def _function(name: str) -> Finder:
    def stands(cloud: Cloud, names: Names) -> bool:
        return functions.describe_function(cloud.client("lambda"), names.function(name)) is not None

    return stands


def _api(cloud: Cloud, names: Names) -> bool:
    return rest_apis.find_api(cloud.client("apigateway"), names.api) is not None


def _topic(cloud: Cloud, names: Names) -> bool:
    return topics.describe_topic(cloud.client("sns"), names.topic_arn) is not None


def _table(cloud: Cloud, names: Names) -> bool:
    return tables.describe_table(cloud.client("dynamodb"), names.table) is not None


def _always(cloud: Cloud, names: Names) -> bool:
    return True


FINDERS: Mapping[str, Finder] = {
    "browser": _always,
    "images": _bucket(lambda names: names.images_bucket),
    "api": _api,
    **{name: _function(name) for name in FUNCTIONS},
    "topic": _topic,
    "table": _table,
    "thumbnails": _bucket(lambda names: names.thumbnails_bucket),
    "website": _bucket(lambda names: names.website_bucket),
}


def find_standing_parts(
    cloud: Cloud, names: Names, parts: Iterable[str] = tuple(FINDERS)
) -> set[str]:
    """Return the ids of those parts that stand in the cloud now."""
    return {part for part in parts if FINDERS[part](cloud, names)}
