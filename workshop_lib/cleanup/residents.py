"""Whose resources stand in an account: from tags, and from names where there are no tags."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from workshop_lib.aws import buckets, layers, logs, roles, tags
from workshop_lib.cleanup.candidates import ARN_PATTERNS
from workshop_lib.cloud import Cloud
from workshop_lib.naming import (
    LOG_GROUP_PREFIX,
    PREFIX,
    ROLE_PATH,
    WORKSHOP_TAG,
    find_attendee,
)


@dataclass
class Resident:
    """An attendee with resources in the account, counted by kind."""

    attendee: str
    counts: Counter[str] = field(default_factory=Counter)


def find_residents(cloud: Cloud) -> list[Resident]:
    """Return everyone who has something of the workshop in this account and Region, by id."""
    things = _list_tagged(cloud) | _list_named(cloud)
    residents: dict[str, Resident] = {}
    for attendee, kind, _ in things:
        residents.setdefault(attendee, Resident(attendee)).counts[kind] += 1
    return sorted(residents.values(), key=lambda resident: resident.attendee)


def _list_tagged(cloud: Cloud) -> set[tuple[str, str, str]]:
    """Return owner, kind and name of each resource that the tagging API knows."""
    tagging = cloud.client("resourcegroupstaggingapi")
    return {
        (owned["attendee"], kind, found[1])
        for arn, owned in tags.list_tagged(tagging, {"workshop": WORKSHOP_TAG}).items()
        for kind, pattern in ARN_PATTERNS.items()
        if "attendee" in owned and (found := pattern.fullmatch(arn))
    }


def _list_named(cloud: Cloud) -> set[tuple[str, str, str]]:
    """Return owner, kind and name of what has no tags, or none that the tagging API knows."""
    named = {
        "bucket": buckets.list_buckets(cloud.client("s3"), PREFIX),
        "layer": layers.list_layers(cloud.client("lambda")),
        "log group": logs.list_log_groups(cloud.client("logs"), f"{LOG_GROUP_PREFIX}{PREFIX}"),
        "role": roles.list_roles(cloud.client("iam"), ROLE_PATH),
    }
    return {
        (owner, kind, name)
        for kind, names in named.items()
        for name in names
        if (owner := find_attendee(name.removeprefix(LOG_GROUP_PREFIX)))
    }
