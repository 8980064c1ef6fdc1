"""Policies and requests, drawn at random from a seed: legal ones, near what people write."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

ACCOUNT = "123456789012"
USER = f"arn:aws:iam::{ACCOUNT}:user/ada"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/reader"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/morning"
PERIOD = "2026-11-23T09:30:00Z"

# What may be asked for: action, resource, and the condition keys of the action with their values.
REQUESTS: list[tuple[str, str, dict[str, Any]]] = [
    ("s3:GetObject", "arn:aws:s3:::pictures/ada/cat.jpg", {}),
    ("s3:GetObject", "arn:aws:s3:::pictures/a:b/c d.jpg", {}),
    ("s3:PutObject", "arn:aws:s3:::pictures/uploads/cat.jpg", {"s3:x-amz-acl": "private"}),
    ("s3:DeleteObject", "arn:aws:s3:::pictures/cat.jpg", {}),
    (
        "s3:ListBucket",
        "arn:aws:s3:::pictures",
        {"s3:prefix": "ada/", "s3:delimiter": "/", "s3:max-keys": "100"},
    ),
    ("lambda:InvokeFunction", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:reco-image", {}),
    ("lambda:GetFunction", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:db-list", {}),
    (
        "dynamodb:PutItem",
        f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/results",
        {"dynamodb:LeadingKeys": ["ada"], "dynamodb:Attributes": ["id", "label"]},
    ),
    ("sns:Publish", f"arn:aws:sns:us-east-1:{ACCOUNT}:results", {}),
    (
        "sns:Subscribe",
        f"arn:aws:sns:us-east-1:{ACCOUNT}:results",
        {"sns:Protocol": "lambda", "sns:Endpoint": "arn:aws:lambda:us-east-1:1:function:f"},
    ),
    ("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{ACCOUNT}:failed", {}),
    ("iam:PassRole", ROLE, {"iam:PassedToService": "lambda.amazonaws.com"}),
    (
        "logs:PutLogEvents",
        f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/lambda/f:log-stream:s",
        {},
    ),
    ("apigateway:GET", "arn:aws:apigateway:us-east-1::/restapis/a1b2/resources", {}),
]
RESOURCE_POLICY_SERVICES = ("s3", "lambda", "sns", "sqs", "dynamodb")

COMMON_KEYS: dict[str, Any] = {
    "aws:RequestedRegion": "us-east-1",
    "aws:SecureTransport": "true",
    "aws:SourceIp": "10.1.2.3",
    "aws:CurrentTime": PERIOD,
    "aws:EpochTime": "1795426200",
    "aws:UserAgent": "Boto3/1.44",
    "aws:PrincipalAccount": ACCOUNT,
}
USER_KEYS = {"aws:username": "ada", "aws:PrincipalArn": USER, "aws:userid": "AIDAEXAMPLE"}
SESSION_KEYS = {
    "aws:PrincipalArn": ROLE,
    "aws:userid": "AROAEXAMPLE:morning",
    "aws:PrincipalTag/team": "vision",
}
TYPED_KEYS = {
    "s3:max-keys": "Numeric",
    "aws:CurrentTime": "Date",
    "aws:EpochTime": "Epoch",
    "aws:SecureTransport": "Bool",
    "aws:SourceIp": "Ip",
    "aws:PrincipalArn": "Arn",
}
OPERATORS = {
    "String": [
        "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase",
        "StringLike", "StringNotLike",
    ],
    "Numeric": [
        "NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
        "NumericGreaterThan", "NumericGreaterThanEquals",
    ],
    "Date": [
        "DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan",
        "DateGreaterThanEquals",
    ],
    "Epoch": ["DateEquals", "DateNotEquals", "DateLessThan", "DateGreaterThanEquals"],
    "Bool": ["Bool"],
    "Ip": ["IpAddress", "NotIpAddress"],
    "Arn": ["ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"],
}  # fmt: skip
VALUES = {
    "Numeric": ["10", "100", "100.0", "1000"],
    "Date": ["2026-11-23T09:30:00Z", "2026-11-23T00:00:00Z", "2027-01-01T00:00:00Z", "2026-01-01"],
    "Epoch": ["1795426200", "1795426201", "1700000000"],
    "Bool": ["true", "false"],
    "Ip": ["10.0.0.0/8", "10.1.2.3", "10.1.2.3/32", "192.168.0.0/16", "2001:db8::/32"],
    "Arn": [
        USER,
        ROLE,
        f"arn:aws:iam::{ACCOUNT}:*",
        "arn:aws:iam::*:role/*",
        "arn:aws:iam::*:user/ad?",
    ],
}


@dataclass
class Case:
    """One request with all its policies, as the other evaluator takes them."""

    principal: str | None
    action: str
    resource: str
    context: dict[str, Any]
    identity: list[dict[str, Any]] = field(default_factory=list)
    boundary: dict[str, Any] | None = None
    resource_policy: dict[str, Any] | None = None

    def to_simulation(self) -> dict[str, Any]:
        """Write the case as the other evaluator reads it."""
        simulation: dict[str, Any] = {
            "request": {
                "principal": self.principal,
                "action": self.action,
                "resource": {"resource": self.resource, "accountId": ACCOUNT},
                "contextVariables": self.context,
            },
            "identityPolicies": [
                {"name": f"policy{number}", "policy": policy}
                for number, policy in enumerate(self.identity)
            ],
            "serviceControlPolicies": [],
            "resourceControlPolicies": [],
        }
        if self.boundary is not None:
            simulation["permissionBoundaryPolicies"] = [
                {"name": "boundary", "policy": self.boundary}
            ]
        if self.resource_policy is not None:
            simulation["resourcePolicy"] = self.resource_policy
        return simulation


def draw_cases(seed: int, number: int) -> list[Case]:
    """Draw this many cases; the same seed gives the same cases."""
    # Not for secrets: the seed is what makes a failure repeatable.
    dice = random.Random(seed)
    return [_draw_case(dice) for _ in range(number)]


def _draw_case(dice: random.Random) -> Case:
    action, resource, keys = dice.choice(REQUESTS)
    principal = dice.choice([USER, USER, SESSION, SESSION, None])
    service = action.split(":")[0]
    if principal is None and service != "s3":
        principal = USER
    context = dict(COMMON_KEYS) | keys
    if principal is not None:
        context |= USER_KEYS if principal == USER else SESSION_KEYS
    context = {key: value for key, value in context.items() if dice.random() < 0.85}
    case = Case(principal, action, resource, context)
    if principal is not None:
        case.identity = [_draw_policy(dice, case) for _ in range(dice.choice([0, 1, 1, 2]))]
        if dice.random() < 0.25:
            case.boundary = _draw_policy(dice, case)
    if service in RESOURCE_POLICY_SERVICES and (principal is None or dice.random() < 0.4):
        case.resource_policy = _draw_policy(dice, case, with_principal=True)
    return case


def _draw_policy(
    dice: random.Random, case: Case, *, with_principal: bool = False
) -> dict[str, Any]:
    statements = [
        _draw_statement(dice, case, with_principal) for _ in range(dice.choice([1, 1, 2, 3]))
    ]
    version = "2012-10-17" if dice.random() < 0.95 else "2008-10-17"
    return {"Version": version, "Statement": statements}


def _draw_statement(dice: random.Random, case: Case, with_principal: bool) -> dict[str, Any]:
    effect = "Allow" if dice.random() < 0.75 else "Deny"
    statement: dict[str, Any] = {"Effect": effect}
    if with_principal:
        statement |= _draw_principal(dice, effect)
    action_element = "Action" if dice.random() < 0.9 else "NotAction"
    statement[action_element] = _draw_some(dice, lambda: _draw_action(dice, case.action))
    resource_element = "Resource" if dice.random() < 0.9 else "NotResource"
    statement[resource_element] = _draw_some(dice, lambda: _draw_resource(dice, case.resource))
    if dice.random() < 0.5:
        statement["Condition"] = _draw_conditions(dice, case)
    return statement


def _draw_some(dice: random.Random, draw: Any) -> Any:
    return draw() if dice.random() < 0.6 else [draw() for _ in range(dice.choice([1, 2]))]


def _draw_principal(dice: random.Random, effect: str) -> dict[str, Any]:
    value = dice.choice([
        "*", {"AWS": "*"}, {"AWS": USER}, {"AWS": ROLE}, {"AWS": SESSION}, {"AWS": ACCOUNT},
        {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, {"AWS": [USER, ROLE]},
        {"Service": "sns.amazonaws.com"}, {"AWS": f"arn:aws:iam::{ACCOUNT}:user/eve"},
    ])  # fmt: skip
    not_everyone = value not in ("*", {"AWS": "*"})
    negated = effect == "Deny" and not_everyone and dice.random() < 0.1
    return {"NotPrincipal" if negated else "Principal": value}


def _draw_action(dice: random.Random, action: str) -> str:
    service, name = action.split(":")
    return dice.choice([
        action, action, "*", f"{service}:*", f"{service}:{name[:3]}*", action.lower(),
        f"{service}:{_punch(dice, name)}", "s3:GetObject", "s3:*Object", "lambda:*",
    ])  # fmt: skip


def _draw_resource(dice: random.Random, resource: str) -> str:
    head, tail = resource.rsplit(":", 1)
    return dice.choice([
        resource, "*", f"{head}:*", f"{head}:{tail[:4]}*", f"{head}:{_punch(dice, tail)}",
        f"{head}:{_punch(dice, tail)}", resource.replace("us-east-1", "*"),
        resource.replace("us-east-1", "us-*"), resource.replace(ACCOUNT, "*"),
        resource.replace("ada", "${aws:username}"), resource.upper(),
        resource.replace("cat", "${aws:PrincipalTag/team}"), _punch_arn(dice, resource),
        resource.replace("ada", "${aws:PrincipalTag/team, 'ada'}"),
    ])  # fmt: skip


def _punch(dice: random.Random, text: str) -> str:
    """Put a wildcard over a part of a text."""
    start = dice.randrange(len(text))
    end = min(len(text), start + dice.choice([0, 1, 1, 3]))
    return text[:start] + dice.choice(["*", "?", "*", "??"]) + text[end:]


def _punch_arn(dice: random.Random, resource: str) -> str:
    """Put a wildcard inside one of an ARN's segments, the service's left alone."""
    segments = resource.split(":", 5)
    at = dice.choice([index for index in (3, 4, 5) if len(segments[index]) > 1])
    segments[at] = _punch(dice, segments[at])
    return ":".join(segments)


def _draw_conditions(dice: random.Random, case: Case) -> dict[str, Any]:
    block: dict[str, Any] = {}
    for _ in range(dice.choice([1, 1, 2])):
        key = dice.choice([*case.context, "aws:username", "aws:PrincipalTag/team", "aws:Referer"])
        if key.lower() == "aws:sourceip" and dice.random() < 0.5:
            key = key.lower()
        operator, values = _draw_condition(dice, case, key)
        block.setdefault(operator, {})[key] = values
    return block


def _draw_condition(dice: random.Random, case: Case, key: str) -> tuple[str, Any]:
    known = {name.lower(): name for name in TYPED_KEYS}
    kind = TYPED_KEYS.get(known.get(key.lower(), ""), "String")
    if dice.random() < 0.1:
        return "Null", dice.choice(["true", "false"])
    operator = dice.choice(OPERATORS[kind])
    if key in ("dynamodb:LeadingKeys", "dynamodb:Attributes"):
        operator = f"{dice.choice(['ForAllValues', 'ForAnyValue'])}:{operator}"
    if dice.random() < 0.2:
        operator += "IfExists"
    if kind != "String":
        return operator, _draw_some(dice, lambda: dice.choice(VALUES[kind]))
    value = case.context.get(key, "nothing")
    text = dice.choice(value) if isinstance(value, list) else value
    return operator, _draw_some(dice, lambda: _draw_text(dice, text))


def _draw_text(dice: random.Random, text: str) -> str:
    return dice.choice([
        text, text, text.upper(), "other", f"{text[:2]}*", _punch(dice, text), "*",
        "${aws:username}", "${aws:username}/", "${aws:PrincipalTag/team}",
        "${aws:PrincipalTag/team, 'ada'}",
    ])  # fmt: skip
