"""What a call needs: actions on resources, each with the facts its conditions may ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from workshop_lib.local_cloud.permissions.calls import Call
from workshop_lib.local_cloud.permissions.contexts import ContextValue


@dataclass(frozen=True)
class Requirement:
    """One permission that a call needs.

    Attributes:
        action: as in a policy, such as ``s3:PutObject``.
        resources: the resource's ARN, first the spelling that a refusal shows; ``*`` for an
            action that knows no resource.
        context: condition keys that hold for this action only.
        tagged: the ARN whose tags are ``aws:ResourceTag/…``; empty where the action has none.
    """

    action: str
    resources: tuple[str, ...]
    context: Mapping[str, ContextValue] = field(default_factory=dict)
    tagged: str = ""


class ResourceFacts(Protocol):
    """What the rules must know of resources that exist; see `resources.MotoResources`."""

    def find_role_arn(self, name: str) -> str | None:
        """Return a role's ARN with its path."""

    def find_user_arn(self, name: str) -> str | None:
        """Return a user's ARN with its path."""

    def find_group_arn(self, name: str) -> str | None:
        """Return a group's ARN with its path."""

    def find_boundary_arn(self, principal_arn: str) -> str | None:
        """Return the permissions boundary of a user or role."""

    def find_hash_key(self, region: str, table: str) -> str | None:
        """Return the name of a table's partition key."""

    def find_key_arn(self, region: str, key_id: str) -> str | None:
        """Return the ARN of a KMS key, given its id, ARN or alias."""

    def list_query_groups(self, region: str, query_id: str) -> list[str]:
        """Return the log groups that a query of CloudWatch Logs Insights searches."""

    def find_mapping_function(self, region: str, mapping_id: str) -> str | None:
        """Return the function ARN of an event source mapping."""


Rule = Callable[[Call, ResourceFacts], list[Requirement]]
Rules = Mapping[str, Rule]


def on_everything(service: str, *operations: str) -> dict[str, Rule]:
    """Make rules for operations whose action knows no resource."""
    return {
        operation: _constant(Requirement(f"{service}:{operation}", ("*",)))
        for operation in operations
    }


def _constant(requirement: Requirement) -> Rule:
    return lambda call, facts: [requirement]


def list_tag_keys(tags: Any) -> dict[str, ContextValue]:
    """Make ``aws:RequestTag/…`` and ``aws:TagKeys`` of the tags that a request sets.

    Args:
        tags: a mapping, or a list of ``{"Key", "Value"}`` in either case.
    """
    pairs = dict(_read_tags(tags))
    if not pairs:
        return {}
    keys: dict[str, ContextValue] = {f"aws:RequestTag/{key}": pairs[key] for key in pairs}
    return {**keys, "aws:TagKeys": tuple(pairs)}


def name_tag_keys(names: Iterable[str] | None) -> dict[str, ContextValue]:
    """Make ``aws:TagKeys`` of the keys that a request removes."""
    return {"aws:TagKeys": tuple(names)} if names else {}


def _read_tags(tags: Any) -> Iterable[tuple[str, str]]:
    if isinstance(tags, Mapping):
        return [(str(key), str(value)) for key, value in tags.items()]
    pairs = []
    for tag in tags or ():
        lowered = {str(name).lower(): value for name, value in tag.items()}
        key = lowered.get("key", lowered.get("tagkey", ""))
        pairs.append((str(key), str(lowered.get("value", lowered.get("tagvalue", "")))))
    return pairs
