"""The one table of services and operations that the local cloud decides on."""

from __future__ import annotations

from collections.abc import Mapping

from workshop_lib.local_cloud.permissions import (
    requirements_apigateway,
    requirements_dynamodb,
    requirements_iam,
    requirements_lambda,
    requirements_messaging,
    requirements_others,
    requirements_s3,
)
from workshop_lib.local_cloud.permissions.ambiguities import unknown_operation
from workshop_lib.local_cloud.permissions.calls import Call
from workshop_lib.local_cloud.permissions.requirements import Requirement, ResourceFacts, Rules

# By botocore's name of the service.
SERVICE_RULES: Mapping[str, Rules] = {
    "s3": requirements_s3.RULES,
    "iam": requirements_iam.IAM_RULES,
    "sts": requirements_iam.STS_RULES,
    "lambda": requirements_lambda.RULES,
    "apigateway": requirements_apigateway.RULES,
    "sns": requirements_messaging.SNS_RULES,
    "sqs": requirements_messaging.SQS_RULES,
    "dynamodb": requirements_dynamodb.RULES,
    "logs": requirements_others.LOGS_RULES,
    "kms": requirements_others.KMS_RULES,
    "cloudwatch": requirements_others.CLOUDWATCH_RULES,
    "resourcegroupstaggingapi": requirements_others.TAGGING_RULES,
}


def list_requirements(call: Call, facts: ResourceFacts) -> list[Requirement]:
    """List every permission that a call needs; an empty list is open to every signed caller.

    Raises:
        AwsError: the local cloud does not have the operation.
    """
    rule = SERVICE_RULES.get(call.service, {}).get(call.operation)
    if rule is None:
        raise unknown_operation(call.service, f"the operation {call.operation}")
    return rule(call, facts)
