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


Rule = Callable[[Call, ResourceFacts], list[Requirement]]
Rules = Mapping[str, Rule]
# A resource's ARN in each of its spellings, the plain one last.
FindArns = Callable[[Call, ResourceFacts], tuple[str, ...]]


def on_everything(service: str, *operations: str) -> dict[str, Rule]:
    """Make rules for operations whose action knows no resource."""
    return {
        operation: _constant(Requirement(f"{service}:{operation}", ("*",)))
        for operation in operations
    }


def _constant(requirement: Requirement) -> Rule:
    return lambda call, facts: [requirement]


def on_resource(
    service: str, find_arns: FindArns, actions: Iterable[str] | Mapping[str, str]
) -> dict[str, Rule]:
    """Make rules for operations on one resource, whose tags may be set, removed or asked for.

    Args:
        service: as in the action's name.
        find_arns: reads the resource off the call.
        actions: the operations, with their actions where those have other names.
    """
    named = actions if isinstance(actions, Mapping) else {action: action for action in actions}

    def make(action: str) -> Rule:
        def rule(call: Call, facts: ResourceFacts) -> list[Requirement]:
            arns = find_arns(call, facts)
            return [Requirement(f"{service}:{action}", arns, list_call_tags(call), tagged=arns[-1])]

        return rule

    return {operation: make(action) for operation, action in named.items()}


def on_new(
    service: str, operation: str, find_arns: FindArns, tag_action: str = "TagResource"
) -> dict[str, Rule]:
    """Make the rule of an operation that makes a resource; tags need an action of their own."""

    def rule(call: Call, facts: ResourceFacts) -> list[Requirement]:
        arns, tags = find_arns(call, facts), list_call_tags(call)
        required = [Requirement(f"{service}:{operation}", arns, tags)]
        return [*required, Requirement(f"{service}:{tag_action}", arns, tags)] if tags else required

    return {operation: rule}


def list_call_tags(call: Call) -> dict[str, ContextValue]:
    """Make the keys of the tags that a call sets or removes, in either case of their names."""
    set_tags = call.get("Tags") or call.get("tags")
    names = call.get("TagKeys") or call.get("tagKeys")
    return {**list_tag_keys(set_tags), **({"aws:TagKeys": tuple(names)} if names else {})}


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


def _read_tags(tags: Any) -> Iterable[tuple[str, str]]:
    if isinstance(tags, Mapping):
        return [(str(key), str(value)) for key, value in tags.items()]
    pairs = []
    for tag in tags or ():
        lowered = {str(name).lower(): value for name, value in tag.items()}
        key = lowered.get("key", lowered.get("tagkey", ""))
        pairs.append((str(key), str(lowered.get("value", lowered.get("tagvalue", "")))))
    return pairs
