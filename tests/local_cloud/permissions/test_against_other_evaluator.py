"""Our verdicts against those of an independent evaluator of IAM policies."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Sequence
from typing import Any

import pytest
from generated_cases import ACCOUNT, ROLE, SESSION, USER, Case, draw_cases

from workshop_lib.local_cloud.permissions.contexts import Context
from workshop_lib.local_cloud.permissions.evaluations import AccessRequest, PolicySet, decide
from workshop_lib.local_cloud.permissions.policies import Policy, read_policy
from workshop_lib.local_cloud.permissions.principals import (
    ANONYMOUS,
    Principal,
    PrincipalKind,
)

PRINCIPALS = {
    None: ANONYMOUS,
    USER: Principal(PrincipalKind.USER, USER, ACCOUNT, "AIDAEXAMPLE"),
    SESSION: Principal(PrincipalKind.ROLE_SESSION, SESSION, ACCOUNT, "AROAEXAMPLE:morning", ROLE),
}
NAMES_OF_US = {
    USER: {USER, ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"},
    SESSION: {SESSION, ROLE, ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"},
    None: set(),
}
ALLOWED, EXPLICIT, IMPLICIT = "Allowed", "ExplicitlyDenied", "ImplicitlyDenied"


def judge(case: Case) -> str:
    """Return our verdict in the other evaluator's words."""
    verdict = decide(
        AccessRequest(
            PRINCIPALS[case.principal], case.action, (case.resource,), Context(case.context)
        ),
        PolicySet(
            tuple(read_policy(policy) for policy in case.identity),
            _read_optional(case.boundary),
            _read_optional(case.resource_policy) or (),
        ),
    )
    if verdict.allowed:
        return ALLOWED
    return EXPLICIT if verdict.explicit else IMPLICIT


def _read_optional(document: dict[str, Any] | None) -> tuple[Policy, ...] | None:
    return None if document is None else (read_policy(document),)


# Where AWS's documentation and the other evaluator part, ours follows the documentation. Each
# difference is undone here, so that whatever still differs is a mistake of one of the two.


def judge_as_they_do(case: Case) -> str:
    """Return our verdict on a case rewritten to what the other evaluator takes it for."""
    rewritten = copy.deepcopy(case)
    documents = [*rewritten.identity, rewritten.boundary]
    for document in (*documents, rewritten.resource_policy):
        if document is not None:
            _use_variables_in_every_version(document)
            _match_no_wildcard_in_resource_types(document, case.resource)
    if rewritten.resource_policy is not None:
        _except_whoever_is_named_at_all(rewritten)
        _take_everyone_for_everyone(rewritten)
    return judge(rewritten)


def _use_variables_in_every_version(document: dict[str, Any]) -> None:
    """They expand variables in version 2008-10-17 too, where AWS has none."""
    document["Version"] = "2012-10-17"


def _match_no_wildcard_in_resource_types(document: dict[str, Any], resource: str) -> None:
    """To them a wildcard in an ARN's resource type (``ro?e/reader``) matches nothing.

    The IAM guide does not allow such ARNs, and does not say what becomes of a policy with one.
    """
    if resource.split(":")[2] in ("s3", "sns", "sqs"):
        return
    for statement in document["Statement"]:
        for element in ("Resource", "NotResource"):
            if element in statement:
                statement[element] = [
                    "arn:aws:none:::none" if _has_wildcard_in_type(value) else value
                    for value in _as_list(statement[element])
                ]


def _has_wildcard_in_type(pattern: str) -> bool:
    parts = pattern.split(":", 5)
    if len(parts) < 6 or not set(":/") & set(parts[5]):
        return False
    return bool(set("*?") & set(re.split("[:/]", parts[5])[0]))


def _except_whoever_is_named_at_all(case: Case) -> None:
    """To them NotPrincipal is Principal turned round; AWS asks for the account beside the user."""
    assert case.resource_policy is not None
    kept = []
    for statement in case.resource_policy["Statement"]:
        named = statement.pop("NotPrincipal", None)
        if named is not None:
            values = {value for kind in named for value in _as_list(named[kind])}
            if values & NAMES_OF_US[case.principal] and case.boundary is None:
                continue
            statement["Principal"] = "*"
        kept.append(statement)
    case.resource_policy["Statement"] = kept


def _take_everyone_for_everyone(case: Case) -> None:
    """To them everyone is everyone; AWS takes aws:PrincipalArn for naming the role."""
    assert case.resource_policy is not None
    written = json.dumps(case.resource_policy).replace("aws:PrincipalArn", "aws:Renamed")
    case.resource_policy = json.loads(written)
    if "aws:PrincipalArn" in case.context:
        case.context["aws:Renamed"] = case.context["aws:PrincipalArn"]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def find_unexplained(cases: Sequence[Case], verdicts: Sequence[dict[str, Any]]) -> list[Any]:
    """Return the cases on which the two differ for no known reason."""
    return [
        (case.to_simulation(), judge(case), verdict)
        for case, verdict in zip(cases, verdicts, strict=True)
        if judge_as_they_do(case) != verdict.get("result")
    ]


def test_agrees_on_generated_policies(run_others: Any) -> None:
    """Hundreds of generated policies and requests get the verdict of the other evaluator."""
    cases = draw_cases(seed=2026, number=800)
    verdicts = run_others([case.to_simulation() for case in cases])
    assert [] == [verdict for verdict in verdicts if "error" in verdict or verdict["ignored"]]
    assert [] == find_unexplained(cases, verdicts)[:3]
    assert {ALLOWED, EXPLICIT, IMPLICIT} == {verdict["result"] for verdict in verdicts}


@pytest.mark.long
@pytest.mark.parametrize("seed", range(5))
def test_agrees_on_many_generated_policies(run_others: Any, seed: int) -> None:
    """Thousands of generated policies and requests get the verdict of the other evaluator."""
    cases = draw_cases(seed=seed, number=6000)
    verdicts = run_others([case.to_simulation() for case in cases])
    assert [] == find_unexplained(cases, verdicts)[:3]


def _allow(resource: str = "*", **elements: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "*", "Resource": resource, **elements}
    return {"Version": "2012-10-17", "Statement": [statement]}


FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:reco-image"
OBJECT = "arn:aws:s3:::pictures/cat.jpg"
NO_OBJECTS = _allow("arn:aws:s3:::none/*")


def _case(resource: str, action: str, *identity: dict[str, Any], **further: Any) -> Case:
    principal = further.pop("principal", USER)
    context = further.pop("context", {"aws:username": "ada"})
    return Case(principal, action, resource, context, list(identity), **further)


EXPLAINED = {
    # "If the * wildcard is the last character of a resource ARN segment, it can expand to match
    # beyond the colon boundaries": IAM guide, "Using wildcards in resource ARNs".
    "a star at a segment's end": (
        _case(FUNCTION, "lambda:InvokeFunction", _allow("arn:aws:lambda:*:function:reco-image")),
        ALLOWED,
        IMPLICIT,
    ),
    # "${*} - use where you need an * (asterisk) character": IAM guide, "Variables and tags".
    "a literal star in a comparison": (
        _case(
            OBJECT, "s3:GetObject",
            _allow(Condition={"StringEquals": {"aws:UserAgent": "a${*}"}}),
            context={"aws:UserAgent": "a*"},
        ),
        ALLOWED,
        IMPLICIT,
    ),
    # "Policy variables were introduced in version 2012-10-17": the same page.
    "variables in the old version": (
        _case(
            "arn:aws:s3:::pictures/ada", "s3:GetObject",
            {**_allow("arn:aws:s3:::pictures/${aws:username}"), "Version": "2008-10-17"},
        ),
        IMPLICIT,
        ALLOWED,
    ),
    # "You can specify date values using the W3C implementations of the ISO 8601 date formats or in
    # epoch (UNIX) time": IAM guide, "Date condition operators".
    "a date in the other notation": (
        _case(
            OBJECT, "s3:GetObject",
            _allow(Condition={"DateEquals": {"aws:CurrentTime": "1795426200"}}),
            context={"aws:CurrentTime": "2026-11-23T09:30:00Z"},
        ),
        ALLOWED,
        IMPLICIT,
    ),
    # "You can specify the role ARN in the Principal element or the aws:PrincipalArn condition key.
    # In both cases, the permissions boundary or session policy limits …": the same page.
    "everyone narrowed to a role": (
        _case(
            OBJECT, "s3:GetObject", principal=SESSION, boundary=NO_OBJECTS,
            context={"aws:PrincipalArn": ROLE},
            resource_policy=_allow(
                Principal="*", Condition={"ArnEquals": {"aws:PrincipalArn": ROLE}}
            ),
        ),
        IMPLICIT,
        ALLOWED,
    ),
    # "When you use NotPrincipal with Deny, you must also specify the account ARN of the not-denied
    # principal": IAM guide, "NotPrincipal".
    "an exception without the account": (
        _case(
            OBJECT, "s3:GetObject", _allow(),
            resource_policy=_allow(Effect="Deny", NotPrincipal={"AWS": USER}),
        ),
        EXPLICIT,
        ALLOWED,
    ),
    "a wildcard in the resource type": (
        _case(ROLE, "iam:PassRole", _allow(f"arn:aws:iam::{ACCOUNT}:ro?e/reader")),
        ALLOWED,
        IMPLICIT,
    ),
}  # fmt: skip


@pytest.mark.parametrize("why", EXPLAINED)
def test_differs_only_where_the_documentation_says_so(run_others: Any, why: str) -> None:
    """Each known difference is one, and ours is the documented side of it."""
    case, ours, theirs = EXPLAINED[why]
    assert ours == judge(case)
    assert [theirs] == [verdict["result"] for verdict in run_others([case.to_simulation()])]
