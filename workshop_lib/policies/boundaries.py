"""What the functions may do: each by its own policy, all of them under one boundary."""

from __future__ import annotations

from workshop_lib.aws.roles import PolicyDocument, Statement, allow, policy_document
from workshop_lib.lessons.contracts import FUNCTION_CONTRACTS
from workshop_lib.naming import Names

EVERY_ATTENDEE = "*"
DETECT_LABELS = "rekognition:DetectLabels"


def function_policies(names: Names) -> dict[str, PolicyDocument]:
    """Return the policy of each function's role, by the function's name."""
    return {name: contract.policy(names) for name, contract in FUNCTION_CONTRACTS.items()}


def boundary_policy(
    account_id: str, region: str, *, attendee: str = EVERY_ATTENDEE, with_rekognition: bool = False
) -> PolicyDocument:
    """Return the permissions boundary that no role of an attendee's may exceed.

    It is the sum of what the contracts grant. A boundary grants nothing by itself; it keeps an
    attendee, who may write policies for her roles, from giving a role more than a lesson needs.

    Args:
        account_id: the twelve digits of the account.
        region: where the workshop takes place.
        attendee: whose roles; all attendees' unless said.
        with_rekognition: also allow what lesson 3's aside asks of Amazon Rekognition.
    """
    names = Names(attendee, account_id, region)
    granted: dict[str, set[str]] = {}
    for policy in function_policies(names).values():
        for statement in policy["Statement"]:
            for action in _listed(statement["Action"]):
                granted.setdefault(action, set()).update(_listed(statement["Resource"]))
    statements = _merge(granted)
    if with_rekognition:
        statements.append(allow(DETECT_LABELS, on="*"))
    return policy_document(*statements)


def _merge(granted: dict[str, set[str]]) -> list[Statement]:
    """Make one statement of all actions that share their resources."""
    actions: dict[tuple[str, ...], list[str]] = {}
    for action, resources in sorted(granted.items()):
        actions.setdefault(tuple(sorted(resources)), []).append(action)
    return [
        allow(*shared, on=resources[0] if len(resources) == 1 else resources)
        for resources, shared in actions.items()
    ]


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
