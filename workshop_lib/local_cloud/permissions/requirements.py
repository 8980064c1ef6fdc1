"""What a call needs: actions on resources, each with the facts its conditions may ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workshop_lib.local_cloud.permissions.calls import Call
from workshop_lib.local_cloud.permissions.contexts import ContextValue
from workshop_lib.local_cloud.permissions.resources import MotoResources


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


Rule = Callable[[Call, MotoResources], list[Requirement]]
Rules = Mapping[str, Rule]
# A resource's ARN in each of its spellings, the plain one last.
FindArns = Callable[[Call], tuple[str, ...]]


def on_everything(service: str, *operations: str) -> dict[str, Rule]:
    """Make rules for operations whose action knows no resource."""
    return on_listing(service, "*", *operations)


def on_listing(service: str, arn: str, *operations: str) -> dict[str, Rule]:
    """Make rules for operations on an ARN with ``{region}`` and ``{account}`` still to fill in."""

    def make(operation: str) -> Rule:
        return lambda call, resources: [
            Requirement(
                f"{service}:{operation}",
                (arn.format(region=call.region, account=call.account_id),),
            )
        ]

    return {operation: make(operation) for operation in operations}


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
        def rule(call: Call, resources: MotoResources) -> list[Requirement]:
            arns = find_arns(call)
            return [Requirement(f"{service}:{action}", arns, list_call_tags(call), tagged=arns[-1])]

        return rule

    return {operation: make(action) for operation, action in named.items()}


def on_new(
    service: str, operation: str, find_arns: FindArns, tag_action: str = "TagResource"
) -> dict[str, Rule]:
    """Make the rule of an operation that makes a resource; tags need an action of their own."""

    def rule(call: Call, resources: MotoResources) -> list[Requirement]:
        arns, tags = find_arns(call), list_call_tags(call)
        actions = (operation, tag_action) if tags else (operation,)
        return [Requirement(f"{service}:{action}", arns, tags) for action in actions]

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
    pairs = tags if isinstance(tags, Mapping) else dict(map(_read_tag, tags or ()))
    if not pairs:
        return {}
    keys: dict[str, ContextValue] = {f"aws:RequestTag/{key}": str(pairs[key]) for key in pairs}
    return {**keys, "aws:TagKeys": tuple(pairs)}


def _read_tag(tag: Mapping[str, Any]) -> tuple[str, str]:
    lowered = {str(name).lower(): value for name, value in tag.items()}
    return str(lowered.get("key", "")), str(lowered.get("value", ""))
