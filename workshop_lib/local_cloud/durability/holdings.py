"""How much stands in the cloud, for whoever starts it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.backends import get_backend


def count_holdings() -> dict[str, int]:
    """Return how many buckets, objects, tables, items, functions and so on there are, by word."""
    buckets = [bucket for one in _list("s3") for bucket in one.buckets.values()]
    tables = [table for one in _list("dynamodb") for table in one.tables.values()]
    counts = {
        "bucket": len(buckets),
        "object": sum(len(dict.keys(bucket.keys)) for bucket in buckets),
        "table": len(tables),
        "item": sum(len(list(table.all_items())) for table in tables),
        "function": sum(len(one._lambdas._functions) for one in _list("lambda")),
        "topic": sum(len(one.topics) for one in _list("sns")),
        "queue": sum(len(one.queues) for one in _list("sqs")),
        "role": sum(len(one.roles) for one in _list("iam")),
        "log group": sum(len(one.groups) for one in _list("logs")),
    }
    return {word: number for word, number in counts.items() if number}


def _list(service: str) -> Iterator[Any]:
    for _, _, backend in get_backend(service).iter_backends():
        yield backend
