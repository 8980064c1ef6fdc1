"""The hook that gives every account the AWS managed keys that moto lacks."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

# Each service's key protects what is in it when no other is named.
ALIASES = ("alias/aws/sns", "alias/aws/sqs")


def have_managed_keys() -> None:
    """Have the AWS managed keys of SNS and SQS; an account has them as soon as it asks."""
    from moto.kms import utils

    for alias in ALIASES:
        if alias not in utils.RESERVED_ALIASES:
            utils.RESERVED_ALIASES.append(alias)
            utils.RESERVED_ALIASE_TARGET_KEY_IDS[alias] = str(uuid5(NAMESPACE_URL, alias))
