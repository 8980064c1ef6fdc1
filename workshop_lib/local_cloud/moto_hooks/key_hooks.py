"""The hooks into KMS: the AWS managed keys that moto lacks, and symmetric keys alone."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.moto_hooks.wrapping import around

# Each service's key protects what is in it when no other is named.
ALIASES = ("alias/aws/sns", "alias/aws/sqs")


def have_managed_keys() -> None:
    """Have the AWS managed keys of SNS and SQS; an account has them as soon as it asks."""
    from moto.kms import utils

    for alias in ALIASES:
        if alias not in utils.RESERVED_ALIASES:
            utils.RESERVED_ALIASES.append(alias)
            utils.RESERVED_ALIASE_TARGET_KEY_IDS[alias] = str(uuid5(NAMESPACE_URL, alias))


def make_symmetric_keys_only() -> None:
    """Refuse keys that sign: no call here uses them, and OpenSSL draws them past the journal."""
    from moto.kms import models
    from moto.kms.responses import KmsResponse

    @around(KmsResponse, "create_key")
    def create_key(plain: Any, self: Any) -> Any:
        spec = self._get_param("KeySpec") or self._get_param("CustomerMasterKeySpec")
        usage = self._get_param("KeyUsage")
        if spec not in (None, "SYMMETRIC_DEFAULT") or usage not in (None, "ENCRYPT_DECRYPT"):
            raise AwsError(
                "UnsupportedOperationException",
                f"The local cloud does not have keys of kms for {spec or usage}: no lesson needs "
                "them. AWS may have them.",
                400,
            )
        return plain(self)

    # moto gives each symmetric key one that signs, too; making it takes a tenth of a second.
    models.generate_private_key = lambda key_spec: None
