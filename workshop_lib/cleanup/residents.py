"""Whose resources stand in an account: from tags, and from names where there are no tags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from workshop_lib.aws import buckets, layers, logs, rest_apis, roles, tags
from workshop_lib.cleanup.candidates import ARN_PATTERNS
from workshop_lib.cloud import Cloud
from workshop_lib.naming import (
    EXPIRY_TAG,
    LOG_GROUP_PREFIX,
    PREFIX,
    ROLE_PATH,
    WORKSHOP_TAG,
    find_attendee,
    strip_bucket_suffix,
)


@dataclass
class Resident:
    """An attendee with resources in the account, counted by kind.

    ``expires`` is the latest day that a tag of theirs tells; None where none tells one.
    """

    attendee: str
    counts: Counter[str] = field(default_factory=Counter)
    expires: date | None = None

    @property
    def is_expired(self) -> bool:
        """Whether the last of it has outlived its day; what has no day never does."""
        return self.expires is not None and self.expires < datetime.now(UTC).date()


def find_residents(cloud: Cloud) -> list[Resident]:
    """Return everyone who has something of the workshop in this account and Region, by id."""
    tagging = cloud.client("resourcegroupstaggingapi")
    tagged = tags.list_tagged(tagging, {"workshop": WORKSHOP_TAG})
    residents: dict[str, Resident] = {}
    for attendee, kind, _ in _name_tagged(tagged) | _list_named(cloud):
        residents.setdefault(attendee, Resident(attendee)).counts[kind] += 1
    for borne in tagged.values():
        day, resident = _read_day(borne), residents.get(borne.get("attendee", ""))
        if day and resident:
            resident.expires = max(day, resident.expires or day)
    return sorted(residents.values(), key=lambda resident: resident.attendee)


def _read_day(borne: Mapping[str, str]) -> date | None:
    """Return the day in a resource's tags; what somebody wrote there by hand may be none."""
    try:
        return date.fromisoformat(borne.get(EXPIRY_TAG, ""))
    except ValueError:
        return None


def _name_tagged(tagged: Mapping[str, Mapping[str, str]]) -> set[tuple[str, str, str]]:
    """Return owner, kind and name or id of each resource that the tagging API knows."""
    return {
        (owned["attendee"], kind, found[1])
        for arn, owned in tagged.items()
        for kind, pattern in ARN_PATTERNS.items()
        if "attendee" in owned and (found := pattern.fullmatch(arn))
    }


def _list_named(cloud: Cloud) -> set[tuple[str, str, str]]:
    """Return owner, kind and name or id of what may have no tag that the tagging API knows."""
    named = {
        "REST API": rest_apis.name_apis(cloud.client("apigateway")),
        "bucket": {
            bucket: strip_bucket_suffix(bucket, cloud.account_id, cloud.region)
            for bucket in buckets.list_buckets(cloud.client("s3"), PREFIX)
        },
        "layer": {layer: layer for layer in layers.list_layers(cloud.client("lambda"))},
        "log group": {
            group: group.removeprefix(LOG_GROUP_PREFIX)
            for group in logs.list_log_groups(cloud.client("logs"), f"{LOG_GROUP_PREFIX}{PREFIX}")
        },
        "role": {role: role for role in roles.list_roles(cloud.client("iam"), ROLE_PATH)},
    }
    return {
        (owner, kind, identifier)
        for kind, things in named.items()
        for identifier, name in things.items()
        if (owner := find_attendee(name))
    }
