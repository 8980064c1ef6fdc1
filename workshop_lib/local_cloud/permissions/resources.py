"""What moto knows of the resources that a decision is about, and of the policies that speak in it.

Every method is called under `moto_lock`; nothing here changes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import lambda_backends
from moto.dynamodb.models import dynamodb_backends
from moto.iam.models import iam_backends
from moto.logs.models import logs_backends
from moto.s3.models import s3_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from workshop_lib.local_cloud.permissions.policies import Policy, load_policy
from workshop_lib.local_cloud.permissions.principals import Principal, PrincipalKind

PARTITION = "aws"


class MotoResources:
    """Reads resources of one account from moto."""

    def __init__(self, account_id: str) -> None:
        self._account_id = account_id

    @property
    def _iam(self) -> Any:
        return iam_backends[self._account_id][PARTITION]

    # Identities ------------------------------------------------------------------------------

    def find_role(self, name_or_arn: str) -> Any | None:
        """Return moto's role."""
        return _find(self._iam.roles, name_or_arn)

    def find_user(self, name_or_arn: str) -> Any | None:
        """Return moto's user."""
        return _find(self._iam.users, name_or_arn)

    def find_holder(self, principal: Principal) -> Any | None:
        """Return moto's user or role that holds a principal's policies."""
        if principal.kind is PrincipalKind.USER:
            return self.find_user(principal.arn)
        return self.find_role(principal.role_arn) if principal.role_arn else None

    def list_identity_policies(self, principal: Principal) -> tuple[Policy, ...]:
        """List a user's or role's policies, inline and attached."""
        holder = self.find_holder(principal)
        if holder is None:
            return ()
        inline = (load_policy(text, holder.arn) for text in holder.policies.values())
        return (*inline, *self.load_managed(holder.managed_policies))

    def find_boundary(self, principal: Principal) -> tuple[Policy, ...] | None:
        """Return the caller's permissions boundary; None where there is none.

        A boundary whose policy was deleted allows nothing, as on AWS.
        """
        arn = getattr(self.find_holder(principal), "permissions_boundary_arn", None)
        return self.load_managed([arn]) if arn else None

    def load_managed(self, arns: Iterable[str]) -> tuple[Policy, ...]:
        """Read managed policies in the version that is in force."""
        return tuple(
            load_policy(version.document, arn)
            for arn in arns
            for version in getattr(self._iam.managed_policies.get(arn), "versions", ())
            if version.is_default
        )

    def find_trust_policy(self, role_arn: str) -> tuple[Policy, ...]:
        """Return a role's trust policy; nothing for a role that does not exist."""
        role = self.find_role(role_arn)
        if role is None or role.arn != role_arn:
            return ()
        return (load_policy(role.assume_role_policy_document, role_arn),)

    # Other resources -------------------------------------------------------------------------

    def find_bucket(self, name: str) -> Any | None:
        """Return moto's bucket."""
        return s3_backends[self._account_id][PARTITION].buckets.get(name)

    def find_object(self, bucket: str, key: str, version_id: str | None = None) -> Any | None:
        """Return moto's object, one version of it if asked; None for a delete marker."""
        found = self.find_bucket(bucket)
        if found is None:
            return None
        if version_id is None:
            current = found.keys.get(key)
            return None if type(current).__name__ == "FakeDeleteMarker" else current
        versions = found.keys.getlist(key, default=[])
        return next((each for each in versions if str(each.version_id) == version_id), None)

    def find_hash_key(self, table_arn: str, index: str | None = None) -> str | None:
        """Return the partition key's name of a table, or of one of its indexes."""
        table = self._find_table(table_arn)
        if table is None or index is None:
            return getattr(table, "hash_key_attr", None)
        schemas = (each.schema for each in table.global_indexes if each.name == index)
        keys = (key for schema in schemas for key in schema if key["KeyType"] == "HASH")
        return next((key["AttributeName"] for key in keys), None)

    def _find_table(self, arn: str) -> Any | None:
        tables = dynamodb_backends[self._account_id][_region_of(arn)].tables
        return tables.get(arn.rpartition("/")[2])

    def find_function(self, arn: str, *, exactly: bool = False) -> Any | None:
        """Return moto's function, given its ARN; ``exactly`` the version that it names."""
        parts = arn.split(":")
        if len(parts) < 7 or parts[4:6] != [self._account_id, "function"]:
            return None
        functions = lambda_backends[self._account_id][parts[3]]._lambdas
        if parts[6] not in functions._functions:
            return None
        qualifier = parts[7] if exactly and len(parts) > 7 else None
        try:
            return functions.get_function_by_name_with_qualifier(parts[6], qualifier)
        except UnknownFunctionException:
            return None

    def has_log_group(self, region: str, name: str) -> bool:
        """Tell whether a log group exists."""
        return name in logs_backends[self._account_id][region].groups

    def _find_topic(self, arn: str) -> Any | None:
        return sns_backends[self._account_id][_region_of(arn)].topics.get(arn)

    def _find_queue(self, arn: str) -> Any | None:
        queues = sqs_backends[self._account_id][_region_of(arn)].queues
        return queues.get(arn.rpartition(":")[2])

    def find_resource_policy(self, arn: str) -> tuple[Policy, ...]:
        """Return the policy that a bucket, function, topic or queue carries."""
        service = _service_of(arn)
        document = None
        if service == "lambda":
            document = self._find_function_policy(arn)
        elif service == "s3":
            bucket = self.find_bucket(arn.split(":::", 1)[1].partition("/")[0])
            document = getattr(bucket, "policy", None)
        elif service == "sns":
            document = getattr(self._find_topic(arn), "policy", None)
        elif service == "sqs":
            document = getattr(self._find_queue(arn), "policy", None)
        return (load_policy(document, arn),) if document else ()

    def _find_function_policy(self, arn: str) -> Any:
        statements: list[dict[str, Any]] = []
        for exactly in (False, True):
            policy = getattr(self.find_function(arn, exactly=exactly), "policy", None)
            statements += policy.statements if policy else []
        return {"Version": "2012-10-17", "Statement": statements} if statements else None

    # Tags ------------------------------------------------------------------------------------

    def list_tags(self, arn: str) -> dict[str, str]:
        """Return a resource's tags; empty where it does not exist or bears none."""
        readers: dict[str, Callable[[str], Any]] = {
            "iam": self._list_identity_tags,
            "lambda": lambda arn: getattr(self.find_function(arn), "tags", None),
            "sns": lambda arn: getattr(self._find_topic(arn), "_tags", None),
            "sqs": lambda arn: getattr(self._find_queue(arn), "tags", None),
            "dynamodb": lambda arn: _pair(getattr(self._find_table(arn), "tags", None)),
            "logs": lambda arn: _read_tags(logs_backends[self._account_id][_region_of(arn)], arn),
            "apigateway": self._list_api_tags,
        }
        reader = readers.get(_service_of(arn))
        return dict((reader and reader(arn)) or {})

    def _list_identity_tags(self, arn: str) -> Any:
        role = self.find_role(arn)
        return _pair(role.tags) if role else _read_tags(self._iam, arn)

    def _list_api_tags(self, arn: str) -> Any:
        # Here, because it takes longer to import than all the rest together.
        from moto.apigateway.models import apigateway_backends

        apis = apigateway_backends[self._account_id][_region_of(arn)].apis
        return getattr(apis.get(arn.rpartition("/")[2]), "tags", None)


def _read_tags(backend: Any, arn: str) -> Any:
    return backend.tagger.get_tag_dict_for_resource(arn)


def _find(held: Mapping[str, Any], name_or_arn: str) -> Any | None:
    return next((one for one in held.values() if name_or_arn in (one.name, one.arn)), None)


def _pair(tags: Iterable[Mapping[str, str]] | None) -> Mapping[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags or ()}


def _service_of(arn: str) -> str:
    return arn.split(":")[2] if arn.count(":") >= 5 else ""


def _region_of(arn: str) -> str:
    return arn.split(":")[3]
