"""Parameters and condition keys that no lesson needs are refused, not passed over in silence.

Operations that are left out stand in no table of rules, see `actions`.
"""

from __future__ import annotations

from collections.abc import Mapping

from workshop_lib.local_cloud.aws_errors import left_out
from workshop_lib.local_cloud.permissions.calls import Call
from workshop_lib.local_cloud.permissions.policies import PolicyDocumentError, read_policy
from workshop_lib.local_cloud.permissions.request_keys import S3_KEYS

# By service, or by one operation of it.
_PARAMETERS: Mapping[str, frozenset[str]] = {
    "dynamodb": frozenset({
        # The language before expressions.
        "Expected", "AttributeUpdates", "KeyConditions", "QueryFilter", "ScanFilter",
        "ConditionalOperator", "AttributesToGet",
        # Capacity that is not on demand, and what else a table may have.
        "ProvisionedThroughput", "OnDemandThroughput", "WarmThroughput", "TableClass",
        "LocalSecondaryIndexes", "StreamSpecification", "SSESpecification", "ResourcePolicy",
        "ReplicaUpdates", "ReturnItemCollectionMetrics",
    }),
    "dynamodb.UpdateTable": frozenset({"BillingMode"}),
    "dynamodb.TransactWriteItems": frozenset({"ReturnConsumedCapacity"}),
    "logs": frozenset({"kmsKeyId", "logGroupClass", "logGroupNamePattern"}),
    "sns": frozenset({"PhoneNumber", "MessageGroupId", "MessageDeduplicationId"}),
    "sqs": frozenset({"MessageGroupId", "MessageDeduplicationId"}),
    "sts.AssumeRole": frozenset({
        "Policy", "PolicyArns", "Tags", "TransitiveTagKeys", "SerialNumber", "TokenCode",
        "SourceIdentity", "ProvidedContexts",
    }),
}  # fmt: skip
# The condition keys that calls of these services bring beside AWS's global ones, in lower case.
_CONDITION_KEYS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("apigateway", "lambda", "logs", "sns", "sqs"), frozenset()),
    "dynamodb": frozenset({"leadingkeys"}),
    # The last is of service-linked roles, which no call here makes.
    "iam": frozenset({"passedtoservice", "permissionsboundary", "awsservicename"}),
    "s3": S3_KEYS,
    "sts": frozenset({"externalid", "rolesessionname"}),
}  # fmt: skip


def check_left_out(call: Call) -> None:
    """Refuse a call with a parameter, or with a policy with a condition key, that is left out.

    Raises:
        AwsError: NotImplemented, in a sentence that names it.
    """
    for scope in (call.service, f"{call.service}.{call.operation}"):
        found = sorted(_PARAMETERS.get(scope, frozenset()) & call.parameters.keys())
        if found:
            raise left_out(f"the parameter {found[0]} of {call.operation}")
    for key in _list_condition_keys(call):
        service, _, name = key.lower().partition(":")
        if name not in _CONDITION_KEYS.get(service, {name}):
            raise left_out(f"the condition key {key}")


def _list_condition_keys(call: Call) -> list[str]:
    """List the keys of the policies that a call stores; what is no policy is refused elsewhere."""
    attributes = call.get("Attributes")
    given = [call.get(name) for name in ("Policy", "PolicyDocument", "AssumeRolePolicyDocument")]
    given += [attributes.get("Policy") if isinstance(attributes, Mapping) else None]
    given += [call.get("AttributeValue") if call.get("AttributeName") == "Policy" else None]
    keys: list[str] = []
    for document in filter(None, given):
        try:
            statements = read_policy(document).statements
        except (PolicyDocumentError, RecursionError, UnicodeDecodeError):
            continue
        keys += [one.key for statement in statements for one in statement.conditions]
    return keys
