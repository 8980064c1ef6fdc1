"""Users and roles that the tests act as, with just the rights that a test gives them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

ACCOUNT = "123456789012"
Clients = Callable[..., Any]


def allow(action: Any, resource: Any = "*", **elements: Any) -> dict[str, Any]:
    """Return a policy of one allowing statement."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **elements}
    return {"Version": "2012-10-17", "Statement": [statement]}


def deny(action: Any, resource: Any = "*", **elements: Any) -> dict[str, Any]:
    """Return a policy of one denying statement."""
    return allow(action, resource, Effect="Deny", **elements)


def trust(principal: Any, **elements: Any) -> dict[str, Any]:
    """Return a trust policy of one statement."""
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "sts:AssumeRole",
        **elements,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def unique(name: str) -> str:
    """Return a name that no other test has."""
    return f"{name}-{secrets.token_hex(4)}"


class Person:
    """An IAM user with keys: ``person.client("s3")`` acts as that user."""

    def __init__(
        self, client: Clients, *policies: dict[str, Any], name: str = "ada", **further: Any
    ):
        self._client = client
        self._iam = client("iam")
        self.name = unique(name)
        self.arn = self._iam.create_user(UserName=self.name, **further)["User"]["Arn"]
        for policy in policies:
            self.give(policy)
        key = self._iam.create_access_key(UserName=self.name)["AccessKey"]
        self.keys = {
            "aws_access_key_id": key["AccessKeyId"],
            "aws_secret_access_key": key["SecretAccessKey"],
        }

    def give(self, policy: dict[str, Any], name: str = "") -> None:
        """Attach an inline policy."""
        self._iam.put_user_policy(
            UserName=self.name,
            PolicyName=name or unique("policy"),
            PolicyDocument=json.dumps(policy),
        )

    def client(self, service: str, region: str = "us-east-1") -> Any:
        """Return a client with this user's keys."""
        return self._client(service, region, **self.keys)


def make_role(
    client: Clients, trusted: dict[str, Any], *policies: dict[str, Any], **further: Any
) -> str:
    """Make a role and return its ARN."""
    iam = client("iam")
    name = unique("role")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trusted), **further)[
        "Role"
    ]
    for policy in policies:
        iam.put_role_policy(
            RoleName=name, PolicyName=unique("policy"), PolicyDocument=json.dumps(policy)
        )
    return str(role["Arn"])


def assume(client: Clients, role_arn: str, sts: Any = None, **further: Any) -> Clients:
    """Assume a role and return a factory of clients that act as the session."""
    further = {"RoleSessionName": "morning", **further}
    keys = (sts or client("sts")).assume_role(RoleArn=role_arn, **further)["Credentials"]

    def act(service: str, region: str = "us-east-1") -> Any:
        return client(
            service,
            region,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )

    return act


def refusal(call: Callable[..., Any], **parameters: Any) -> tuple[str, int, str]:
    """Make a call that must be refused; return code, status and message."""
    try:
        answer = call(**parameters)
    except ClientError as error:
        described = error.response["Error"]
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return str(described["Code"]), int(status), str(described.get("Message", ""))
    raise AssertionError(f"not refused: {answer}")
