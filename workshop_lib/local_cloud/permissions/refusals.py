"""AWS's own sentence for a refusal, and each protocol's code and status for it.

Source: IAM user guide, "Troubleshoot access denied error messages".
"""

from __future__ import annotations

from dataclasses import dataclass

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.permissions.calls import Call
from workshop_lib.local_cloud.permissions.evaluations import PolicyKind, Verdict
from workshop_lib.local_cloud.permissions.principals import Principal, PrincipalKind
from workshop_lib.local_cloud.permissions.requirements import Requirement


@dataclass(frozen=True)
class _Wording:
    """How a service words a refusal; services differ in code, status and spelling."""

    code: str
    status: int
    quotes_resource: bool = False


_WORDINGS = {
    "s3": _Wording("AccessDenied", 403, quotes_resource=True),
    "iam": _Wording("AccessDenied", 403),
    "sts": _Wording("AccessDenied", 403),
    "cloudwatch": _Wording("AccessDenied", 403),
    "sns": _Wording("AuthorizationError", 403),
    "sqs": _Wording("AccessDenied", 403),
    "lambda": _Wording("AccessDeniedException", 403),
    "apigateway": _Wording("AccessDeniedException", 403),
    "dynamodb": _Wording("AccessDeniedException", 400),
    "logs": _Wording("AccessDeniedException", 400),
    "kms": _Wording("AccessDeniedException", 400),
    "resourcegroupstaggingapi": _Wording("AccessDeniedException", 400),
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
    wording = _WORDINGS[service]
    if principal.kind is PrincipalKind.ANONYMOUS:
        return AwsError(wording.code, "Access Denied", wording.status)
    action = _spell_action(requirement.action)
    resource = requirement.resources[0]
    sentence = f"User: {principal.arn} is not authorized to perform: {action}"
    if resource not in _UNNAMED_RESOURCES:
        sentence += (
            f' on resource: "{resource}"'
            if wording.quotes_resource
            else (f" on resource: {resource}")
        )
    return AwsError(wording.code, sentence + _explain(action, verdict), wording.status)


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
    wording = _WORDINGS[call.service]
    if account not in ("", "aws", call.account_id):
        message = f"{arn} is of account {account}; the local cloud has only {call.account_id}."
        raise AwsError(wording.code, message, wording.status)
    if region not in ("", call.region):
        message = f"Functions from '{region}' are not reachable in this region ('{call.region}')"
        if call.service != "lambda":
            message = f"{arn} is of Region {region}, the request of {call.region}."
            raise AwsError(wording.code, message, wording.status)
        raise AwsError("ResourceNotFoundException", message, 404)
