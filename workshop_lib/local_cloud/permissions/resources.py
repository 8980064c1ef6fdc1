"""What moto knows of the resources that a decision is about.

Every method is called under `moto_lock`; nothing here changes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import lambda_backends
from moto.dynamodb.models import dynamodb_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.logs.models import logs_backends
from moto.s3.models import s3_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

PARTITION = "aws"


class MotoResources:
    """Reads resources of one account from moto."""

    def __init__(self, account_id: str) -> None:
        self._account_id = account_id

    # Identities ------------------------------------------------------------------------------

    def find_role(self, name_or_arn: str) -> Any | None:
        """Return moto's role."""
        roles = iam_backends[self._account_id][PARTITION].roles.values()
        return next((role for role in roles if name_or_arn in (role.name, role.arn)), None)

    def find_user(self, name_or_arn: str) -> Any | None:
        """Return moto's user."""
        users = iam_backends[self._account_id][PARTITION].users.values()
        return next((user for user in users if name_or_arn in (user.name, user.arn)), None)

    def find_role_arn(self, name: str) -> str | None:
        """Return a role's ARN with its path."""
        role = self.find_role(name)
        return role.arn if role else None

    def find_user_arn(self, name: str) -> str | None:
        """Return a user's ARN with its path."""
        user = self.find_user(name)
        return user.arn if user else None

    def find_group_arn(self, name: str) -> str | None:
        """Return a group's ARN with its path."""
        group = iam_backends[self._account_id][PARTITION].groups.get(name)
        return group.arn if group else None

    def find_boundary_arn(self, principal_arn: str) -> str | None:
        """Return the permissions boundary of a user or role."""
        found = self.find_role(principal_arn) or self.find_user(principal_arn)
        arn = getattr(found, "permissions_boundary_arn", None)
        return str(arn) if arn else None

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

    def find_hash_key(self, region: str, table: str) -> str | None:
        """Return the partition key's name of a table, or of ``TABLE/index/INDEX``."""
        name, _, index = table.partition("/index/")
        found = dynamodb_backends[self._account_id][region].tables.get(name)
        if found is None or not index:
            return found.hash_key_attr if found else None
        for candidate in (*found.global_indexes, *found.indexes):
            if candidate.name == index:
                keys = candidate.schema
                return next(
                    (key["AttributeName"] for key in keys if key["KeyType"] == "HASH"), None
                )
        return None

    def find_key(self, region: str, key_id: str) -> Any | None:
        """Return moto's KMS key, given its id, its ARN or an alias."""
        backend = kms_backends[self._account_id][region]
        alias = backend.get_alias_name(key_id)
        if alias.startswith("alias/"):
            # moto makes the key behind an alias of AWS's own, such as alias/aws/sns, when asked.
            key_id = backend.get_key_id_from_alias(alias) or ""
        return backend.keys.get(backend.get_key_id(key_id))

    def find_key_arn(self, region: str, key_id: str) -> str | None:
        """Return the ARN of a KMS key."""
        key = self.find_key(region, key_id)
        return key.arn if key else None

    def find_function(self, arn: str, *, exactly: bool = False) -> Any | None:
        """Return moto's function, given its ARN; ``exactly`` the version or alias that it names."""
        parts = arn.split(":")
        if len(parts) < 7 or parts[4] != self._account_id:
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

    def find_topic(self, arn: str) -> Any | None:
        """Return moto's topic."""
        return sns_backends[self._account_id][_region_of(arn)].topics.get(arn)

    def find_queue(self, arn: str) -> Any | None:
        """Return moto's queue."""
        queues = sqs_backends[self._account_id][_region_of(arn)].queues
        return queues.get(arn.rpartition(":")[2])

    # Tags ------------------------------------------------------------------------------------

    def list_tags(self, arn: str) -> dict[str, str]:
        """Return a resource's tags; empty where it does not exist or bears none."""
        service = arn.split(":")[2] if arn.count(":") >= 5 else ""
        reader = self._tag_readers().get(service)
        return dict(reader(arn)) if reader else {}

    def _tag_readers(self) -> Mapping[str, Callable[[str], Mapping[str, str]]]:
        return {
            "iam": self._list_identity_tags,
            "lambda": self._list_function_tags,
            "sns": lambda arn: getattr(self.find_topic(arn), "_tags", {}),
            "sqs": lambda arn: getattr(self.find_queue(arn), "tags", {}) or {},
            "dynamodb": self._list_table_tags,
            "logs": self._list_log_group_tags,
            "kms": self._list_key_tags,
            "apigateway": self._list_api_tags,
        }

    def _list_identity_tags(self, arn: str) -> Mapping[str, str]:
        role = self.find_role(arn)
        if role is not None:
            return {tag["Key"]: tag["Value"] for tag in role.tags}
        backend = iam_backends[self._account_id][PARTITION]
        found: Mapping[str, str] = backend.tagger.get_tag_dict_for_resource(arn)
        return found

    def _list_api_tags(self, arn: str) -> Mapping[str, str]:
        # Here, because it takes longer to import than all the rest together.
        from moto.apigateway.models import apigateway_backends

        apis = apigateway_backends[self._account_id][_region_of(arn)].apis
        return getattr(apis.get(arn.rpartition("/")[2]), "tags", None) or {}

    def _list_function_tags(self, arn: str) -> Mapping[str, str]:
        function = self.find_function(arn)
        return getattr(function, "tags", None) or {}

    def _list_table_tags(self, arn: str) -> Mapping[str, str]:
        tables = dynamodb_backends[self._account_id][_region_of(arn)].tables
        table = tables.get(arn.rpartition("/")[2])
        return {tag["Key"]: tag["Value"] for tag in getattr(table, "tags", None) or ()}

    def _list_log_group_tags(self, arn: str) -> Mapping[str, str]:
        backend = logs_backends[self._account_id][_region_of(arn)]
        found: Mapping[str, str] = backend.tagger.get_tag_dict_for_resource(arn)
        return found

    def _list_key_tags(self, arn: str) -> Mapping[str, str]:
        backend = kms_backends[self._account_id][_region_of(arn)]
        key_id = arn.rpartition("/")[2]
        found: Mapping[str, str] = backend.tagger.get_tag_dict_for_resource(key_id)
        return found

    def list_object_tags(self, bucket: str, key: str) -> dict[str, str]:
        """Return an object's tags."""
        found = self.find_object(bucket, key)
        if found is None:
            return {}
        backend = s3_backends[self._account_id][PARTITION]
        return dict(backend.tagger.get_tag_dict_for_resource(found.arn))


def _region_of(arn: str) -> str:
    return arn.split(":")[3]
