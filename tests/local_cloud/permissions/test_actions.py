"""The table of operations: what AWS has, what we need of a caller, and nothing by another name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from moto.core.utils import get_service_model

from workshop_lib.local_cloud.permissions.actions import SERVICE_RULES, list_requirements
from workshop_lib.local_cloud.permissions.calls import POST_OBJECT, Call
from workshop_lib.local_cloud.permissions.resources import MotoResources

ACCOUNT = "123456789012"
# Parameters with which every operation's rule can be asked.
PARAMETERS: Mapping[str, Any] = {
    "Bucket": "pictures", "CopySource": "pictures/cat.jpg",
    "Delete": {"Objects": [{"Key": "cat.jpg"}]},
    "FunctionName": "f", "Role": f"arn:aws:iam::{ACCOUNT}:role/r", "LayerName": "l",
    "VersionNumber": 1, "Arn": "arn:aws:lambda:us-east-1:1:layer:l:1",
    "Resource": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f",
    "RoleName": "r", "UserName": "u", "PolicyName": "p",
    "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/p", "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/r",
    "RoleSessionName": "s", "TopicArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:t",
    "SubscriptionArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:t:1", "Protocol": "lambda",
    "Name": "t", "QueueName": "q", "QueueUrl": "http://127.0.0.1:1/1/q", "TableName": "t",
    "Item": {"id": {"S": "1"}},
    "ResourceArn": f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/t",
    "logGroupName": "g", "logStreamName": "s",
}  # fmt: skip
SPECIAL_PARAMETERS: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("dynamodb", "TransactWriteItems"): {
        "TransactItems": [{"ConditionCheck": {"TableName": "t", "Key": {"id": {"S": "1"}}}}]
    },
}
OPEN_OPERATIONS = {("sts", "GetCallerIdentity")}
OPERATIONS = [(service, name) for service in SERVICE_RULES for name in SERVICE_RULES[service]]


def ask(service: str, operation: str, method: str = "GET") -> list[Any]:
    """List what one operation requires."""
    key = "cat.jpg" if service == "s3" else {"id": {"S": "1"}}
    parameters = {**PARAMETERS, "Key": key, **SPECIAL_PARAMETERS.get((service, operation), {})}
    call = Call(
        service, operation, parameters, "us-east-1", ACCOUNT, method, "/restapis", caller_arn="me"
    )
    return list_requirements(call, MotoResources(ACCOUNT))


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_every_operation_needs_something(service: str, operation: str) -> None:
    """Every operation is botocore's, and needs an action of its caller."""
    assert operation == POST_OBJECT or operation in get_service_model(service).operation_names
    assert ((service, operation) in OPEN_OPERATIONS) == (ask(service, operation) == [])


def test_every_action_is_one_of_awss(list_actions: Any) -> None:
    """Every action that we ask for is in AWS's own reference, spelt as there."""
    needed = {
        requirement.action
        for service, operation in OPERATIONS
        for requirement in ask(service, operation)
    }
    services = sorted({action.split(":")[0] for action in needed})
    known = list_actions(services)
    unknown = [
        action
        for action in sorted(needed)
        if action.split(":")[1] not in known[action.split(":")[0]]
    ]
    assert [] == unknown


def test_actions_without_resources_are_asked_on_everything(list_actions: Any) -> None:
    """An action is asked on ``*`` just where AWS's reference gives it no resource."""
    listed = {"s3:ListAllMyBuckets", "iam:ListRoles", "iam:ListUsers", "iam:ListPolicies",
              "sns:ListTopics", "sns:ListSubscriptions",
              "logs:DescribeLogGroups"}  # fmt: skip
    asked = {
        requirement.action: requirement.resources[0] == "*"
        for service, operation in OPERATIONS
        for requirement in ask(service, operation)
        if requirement.action not in listed
    }
    known = list_actions(sorted({action.split(":")[0] for action in asked}))
    # CloudWatch's datasets are a resource that no call here can name.
    kinds = {
        action: set(known[action.split(":")[0]][action.split(":")[1]]) - {"dataset"}
        for action in asked
    }
    different = {
        action: kinds[action]
        for action, on_everything in asked.items()
        if on_everything == bool(kinds[action])
    }
    assert {} == different
