"""Every call is authorised here, by action and resource, before anything answers it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from werkzeug.wrappers import Request

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.configuration import ACCOUNT_ID, DEFAULT_REGION
from workshop_lib.local_cloud.moto_hooks import (
    ALLOWED_RESOURCES,
    CALL,
    OPERATION,
    READS_FORM,
    install_permission_hooks,
    moto_lock,
)
from workshop_lib.local_cloud.permissions import s3_checks
from workshop_lib.local_cloud.permissions.actions import list_requirements
from workshop_lib.local_cloud.permissions.calls import Call, read_call
from workshop_lib.local_cloud.permissions.constraints import check_constraints
from workshop_lib.local_cloud.permissions.contexts import Context
from workshop_lib.local_cloud.permissions.decision_logs import DecisionLog
from workshop_lib.local_cloud.permissions.evaluations import (
    AccessRequest,
    PolicyKind,
    PolicySet,
    Verdict,
    decide,
)
from workshop_lib.local_cloud.permissions.omissions import check_left_out
from workshop_lib.local_cloud.permissions.policies import Policy
from workshop_lib.local_cloud.permissions.principals import (
    Principal,
    PrincipalKind,
    make_principal,
)
from workshop_lib.local_cloud.permissions.public_access import protect_new_bucket
from workshop_lib.local_cloud.permissions.refusals import refuse, refuse_foreign
from workshop_lib.local_cloud.permissions.request_keys import list_clock_keys, make_context
from workshop_lib.local_cloud.permissions.requirements import Requirement
from workshop_lib.local_cloud.permissions.requirements_logs import log_group_arns
from workshop_lib.local_cloud.permissions.resources import MotoResources
from workshop_lib.local_cloud.signing.signatures import SignedRequest


@dataclass(frozen=True)
class Caller:
    """A principal with the policies that it brings along; services and strangers bring none."""

    principal: Principal
    identity_policies: tuple[Policy, ...] = ()
    boundary: tuple[Policy, ...] | None = None


class Authorizer:
    """Decides for the one account of a local cloud.

    Args:
        account_id: the twelve digits of the account.
        region: where the log groups are that :meth:`may_write_logs` is asked about.
        decisions: is told of each decision.
    """

    def __init__(
        self,
        account_id: str = ACCOUNT_ID,
        region: str = DEFAULT_REGION,
        decisions: DecisionLog | None = None,
    ) -> None:
        self._decisions = decisions or DecisionLog()
        self._account_id = account_id
        self._region = region
        self._resources = MotoResources(account_id)
        # Here, so that there is no way to decide without what the decisions rest on.
        install_permission_hooks(account_id, protect_new_bucket)

    # Requests ----------------------------------------------------------------------------------

    def authorize(
        self,
        request: Request,
        signed: SignedRequest | None,
        service: str,
        region: str,
        *,
        secure_transport: bool = True,
    ) -> None:
        """Let a request pass, or refuse it in AWS's own words.

        Args:
            request: with its whole body still readable.
            signed: what its signature proved; None for a stranger, whom only S3 may let in.
            service: the name in the credential scope, such as ``s3`` or ``monitoring``.
            secure_transport: False for a bucket's website, which has no TLS on AWS either.

        Raises:
            AwsError: the caller may not, or the local cloud does not have the operation.
        """
        principal = make_principal(signed.identity if signed else None)
        call = read_call(request, service, region, self._account_id, principal.arn)
        # Whoever answers the request acts on this reading of it.
        request.environ.update({CALL: call, OPERATION: call.operation, READS_FORM: call.reads_form})
        check_left_out(call)
        with moto_lock:
            requirements = list_requirements(call, self._resources)
            self._refuse_out_of_reach(call, principal, requirements)
            caller = self._describe_caller(principal)
            tags = self._resources.list_tags(principal.role_arn or principal.arn)
            context = make_context(call, principal, tags, secure_transport=secure_transport)
            if call.operation == "DeleteObjects" and signed is not None:
                # S3 answers for each key by itself.
                request.environ[ALLOWED_RESOURCES] = {
                    requirement.resources[0]: True
                    for requirement in requirements
                    if self._decide(caller, requirement, context).allowed
                }
                return
            self._require_all(call, caller, context, requirements)
            check_constraints(call)
            if call.service == "s3":
                s3_checks.refuse_before(call, principal, self._resources)
                missing = s3_checks.find_missing_read(call, requirements, self._resources)
                self._require_all(call, caller, context, [missing] if missing else [])

    def _refuse_out_of_reach(
        self, call: Call, principal: Principal, requirements: list[Requirement]
    ) -> None:
        if call.service == "s3":
            s3_checks.require_buckets(call, requirements, self._resources)
        elif principal.kind is PrincipalKind.ANONYMOUS:
            raise AwsError("MissingAuthenticationToken", "Missing Authentication Token", 403)
        if not requirements and principal.kind is PrincipalKind.ANONYMOUS:
            raise AwsError("AccessDenied", "Access Denied", 403)
        for requirement in requirements:
            refuse_foreign(call, requirement)

    def _describe_caller(self, principal: Principal) -> Caller:
        return Caller(
            principal,
            self._resources.list_identity_policies(principal),
            self._resources.find_boundary(principal),
        )

    def _require_all(
        self, call: Call, caller: Caller, context: Context, requirements: list[Requirement]
    ) -> None:
        for requirement in requirements:
            verdict = self._decide(caller, requirement, context)
            if not verdict.allowed:
                raise refuse(call.service, caller.principal, requirement, verdict)

    def _decide(self, caller: Caller, requirement: Requirement, context: Context) -> Verdict:
        """Decide one requirement, its own condition keys and its resource's tags included."""
        resource, principal = requirement.resources[0], caller.principal
        tags = self._resources.list_tags(requirement.tagged) if requirement.tagged else {}
        keys = {**requirement.context, **{f"aws:ResourceTag/{name}": tags[name] for name in tags}}
        # Nobody assumes a role but those whom its trust policy lets.
        is_trust = requirement.action == "sts:AssumeRole"
        find = (
            self._resources.find_trust_policy if is_trust else self._resources.find_resource_policy
        )
        policies = find(resource)
        verdict = decide(
            AccessRequest(
                principal, requirement.action, requirement.resources, context.extend(keys)
            ),
            PolicySet(caller.identity_policies, caller.boundary, policies, is_trust),
        )
        self._decisions.write(principal, requirement.action, requirement.resources, verdict)
        if principal.kind is not PrincipalKind.ANONYMOUS:
            return verdict
        if verdict.allowed and s3_checks.restricts_policy(requirement, self._resources, policies):
            return Verdict(False, PolicyKind.RESOURCE)
        if not verdict.explicit and s3_checks.acl_allows_everyone(requirement, self._resources):
            return Verdict(allowed=True)
        return verdict

    # Services ----------------------------------------------------------------------------------

    def may_service_perform(
        self,
        action: str,
        resource_arn: str,
        service: str,
        source_arn: str | None = None,
        source_account: str | None = None,
    ) -> bool:
        """Say whether a resource's policy lets a service do something to it.

        Args:
            resource_arn: of a function, a topic, a queue or, for ``sts:AssumeRole``, a role; of a
                function with the version that is to run, if one is named.
            service: such as ``s3.amazonaws.com``.
            source_arn: the bucket, topic or API method on whose behalf it calls.
        """
        about = {"aws:SourceArn": source_arn, "aws:SourceAccount": source_account}
        keys = {name: value for name, value in about.items() if value}
        keys["aws:PrincipalIsAWSService"] = "true"
        caller = Caller(Principal(PrincipalKind.SERVICE, arn=service))
        return self._may(caller, Requirement(action, (resource_arn,), keys))

    def _may(self, caller: Caller, requirement: Requirement) -> bool:
        with moto_lock:
            context = Context(list_clock_keys(time.time()))
            return self._decide(caller, requirement, context).allowed

    # Roles -------------------------------------------------------------------------------------

    def may_write_logs(self, role_arn: str, log_group: str) -> bool:
        """Say whether a function's role may write its log, making the group where it is missing."""
        groups = log_group_arns(self._region, self._account_id, log_group)
        if not self._resources.has_log_group(self._region, log_group) and (
            not self.may_role_perform(role_arn, "logs:CreateLogGroup", *groups)
        ):
            return False
        actions = ("logs:CreateLogStream", "logs:PutLogEvents")
        return all(self.may_role_perform(role_arn, each, f"{groups[0]}stream") for each in actions)

    def may_role_perform(self, role_arn: str, action: str, *resource_arns: str) -> bool:
        """Say whether a role may do something, as a service that has assumed it would.

        Args:
            resource_arns: the resource, in each of its spellings.
        """
        with moto_lock:
            role = self._resources.find_role(role_arn)
            if role is None:
                return False
            session = f"arn:aws:sts::{self._account_id}:assumed-role/{role.name}/service"
            kind, role_id = PrincipalKind.ROLE_SESSION, f"{role.id}:service"
            principal = Principal(kind, session, self._account_id, role_id, role.arn)
            return self._may(self._describe_caller(principal), Requirement(action, resource_arns))
