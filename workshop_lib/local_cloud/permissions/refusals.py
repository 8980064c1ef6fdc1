"""AWS's own sentence for a refusal, and each protocol's code and status for it.

Source: IAM user guide, "Troubleshoot access denied error messages".
"""

from __future__ import annotations

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.permissions.calls import Call
from workshop_lib.local_cloud.permissions.evaluations import PolicyKind, Verdict
from workshop_lib.local_cloud.permissions.principals import Principal, PrincipalKind
from workshop_lib.local_cloud.permissions.requirements import Requirement

# Code and status, in which services differ.
_ANSWERS = {
    **dict.fromkeys(("s3", "iam", "sts", "cloudwatch", "sqs"), ("AccessDenied", 403)),
    **dict.fromkeys(("lambda", "apigateway"), ("AccessDeniedException", 403)),
    **dict.fromkeys(
        ("dynamodb", "logs", "resourcegroupstaggingapi"), ("AccessDeniedException", 400)
    ),
    "sns": ("AuthorizationError", 403),
}
# These actions know no resource, and AWS names none.
_UNNAMED_RESOURCES = ("*", "arn:aws:s3:::*")


def refuse(
    service: str, principal: Principal, requirement: Requirement, verdict: Verdict
) -> AwsError:
    """Word the refusal of one permission: who, what, on which resource, why.

    Args:
        service: the service that was called; a refused ``iam:PassRole`` is Lambda's answer.
    """
    code, status = _ANSWERS[service]
    if principal.kind is PrincipalKind.ANONYMOUS:
        return AwsError(code, "Access Denied", status)
    action, resource = _spell_action(requirement.action), requirement.resources[0]
    sentence = f"User: {principal.arn} is not authorized to perform: {action}"
    if resource not in _UNNAMED_RESOURCES:
        shown = f'"{resource}"' if service == "s3" else resource
        sentence += f" on resource: {shown}"
    return AwsError(code, sentence + _explain(action, verdict), status)


def _explain(action: str, verdict: Verdict) -> str:
    if verdict.kind is None:
        return ""
    article = "an" if verdict.kind is PolicyKind.IDENTITY else "a"
    if verdict.explicit:
        return f" with an explicit deny in {article} {verdict.kind.value}"
    # STS does not tell a stranger what a role's trust policy lacks.
    if action == "sts:AssumeRole" and verdict.kind is PolicyKind.RESOURCE:
        return ""
    return f" because no {verdict.kind.value} allows the {action} action"


def _spell_action(action: str) -> str:
    """Spell an action as its service does: SNS in capitals, SQS in lower case."""
    service, _, name = action.partition(":")
    if service == "sns":
        return f"SNS:{name}"
    return action.lower() if service == "sqs" else action


def refuse_foreign(call: Call, requirement: Requirement) -> None:
    """Refuse an ARN of another account or Region, where moto would act on this one's namesake.

    Raises:
        AwsError: the sentence says which account or Region the ARN is of.
    """
    arn = requirement.resources[0]
    if arn.count(":") < 5:
        return
    region, account = arn.split(":")[3:5]
    code, status = _ANSWERS[call.service]
    if account not in ("", "aws", call.account_id):
        message = f"{arn} is of account {account}; the local cloud has only {call.account_id}."
        raise AwsError(code, message, status)
    if region not in ("", call.region) and call.service == "lambda":
        message = f"Functions from '{region}' are not reachable in this region ('{call.region}')"
        raise AwsError("ResourceNotFoundException", message, 404)
    if region not in ("", call.region):
        message = f"{arn} is of Region {region}, the request of {call.region}."
        raise AwsError(code, message, status)
