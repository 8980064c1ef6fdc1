"""The one table of services and operations that the local cloud decides on."""

from __future__ import annotations

from collections.abc import Mapping

from workshop_lib.local_cloud.permissions import (
    requirements_apigateway,
    requirements_dynamodb,
    requirements_iam,
    requirements_lambda,
    requirements_logs,
    requirements_messaging,
    requirements_s3,
)
from workshop_lib.local_cloud.permissions.ambiguities import unknown_operation
from workshop_lib.local_cloud.permissions.calls import Call
from workshop_lib.local_cloud.permissions.requirements import Requirement, Rules, on_everything
from workshop_lib.local_cloud.permissions.resources import MotoResources

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
    "logs": requirements_logs.RULES,
    "cloudwatch": on_everything("cloudwatch", "GetMetricStatistics"),
    # It only looks: setting tags by way of it would need the right to each resource's own as well.
    "resourcegroupstaggingapi": on_everything("tag", "GetResources"),
}


def list_requirements(call: Call, resources: MotoResources) -> list[Requirement]:
    """List every permission that a call needs; an empty list is open to every signed caller.

    Raises:
        AwsError: the local cloud does not have the operation.
    """
    rule = SERVICE_RULES.get(call.service, {}).get(call.operation)
    if rule is None:
        raise unknown_operation(call.service, f"the operation {call.operation}")
    return rule(call, resources)
