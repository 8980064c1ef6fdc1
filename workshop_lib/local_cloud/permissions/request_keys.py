"""The condition keys that a request brings: AWS's global ones and Amazon S3's.

Source: IAM user guide, "AWS global condition context keys"; Service authorization reference,
"Condition keys for Amazon S3". Those that are left out are in `omissions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from workshop_lib.local_cloud.permissions.calls import Call
from workshop_lib.local_cloud.permissions.contexts import Context, ContextValue
from workshop_lib.local_cloud.permissions.principals import Principal, PrincipalKind
from workshop_lib.local_cloud.permissions.requirements_s3 import ACL_HEADERS

_S3_HEADERS = (
    *ACL_HEADERS, "x-amz-content-sha256", "x-amz-copy-source", "x-amz-server-side-encryption",
    "x-amz-storage-class", "x-amz-object-ownership", "x-amz-bucket-namespace",
)  # fmt: skip
_S3_ARGUMENTS = ("prefix", "delimiter", "max-keys")
S3_KEYS = frozenset((*_S3_HEADERS, *_S3_ARGUMENTS, "resourceaccount", "versionid"))


def make_context(
    call: Call,
    principal: Principal,
    principal_tags: Mapping[str, str],
    *,
    secure_transport: bool = True,
) -> Context:
    """Collect the keys that hold for every action of a call.

    Args:
        secure_transport: whether the same request would use TLS on AWS. The loopback address
            stands for AWS's HTTPS endpoints, so it is true but for a bucket's website.
    """
    return Context({
        **list_clock_keys(call.received),
        "aws:RequestedRegion": call.region,
        "aws:ResourceAccount": call.account_id,
        "aws:SecureTransport": str(secure_transport).lower(),
        "aws:SourceIp": call.remote_address,
        "aws:ViaAWSService": "false",
        **{f"aws:{name.replace('-', '')}": call.headers[name]
           for name in ("user-agent", "referer") if name in call.headers},
        **_list_principal(principal),
        **{f"aws:PrincipalTag/{name}": value for name, value in principal_tags.items()},
        **(_list_s3(call) if call.service == "s3" else {}),
    })  # fmt: skip


def list_clock_keys(received: float) -> dict[str, ContextValue]:
    """Make the keys of a moment, in seconds since 1970."""
    moment = datetime.fromtimestamp(received, UTC)
    return {
        "aws:CurrentTime": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "aws:EpochTime": str(int(received)),
    }


def _list_principal(principal: Principal) -> dict[str, ContextValue]:
    if principal.kind is PrincipalKind.ANONYMOUS:
        return {"aws:PrincipalType": "Anonymous", "aws:userid": "anonymous"}
    keys: dict[str, ContextValue] = {
        "aws:PrincipalAccount": principal.account_id,
        "aws:PrincipalArn": principal.role_arn or principal.arn,
        "aws:PrincipalIsAWSService": "false",
        "aws:PrincipalType": principal.kind.value,
        "aws:userid": principal.principal_id,
    }
    if principal.kind is PrincipalKind.USER:
        keys["aws:username"] = principal.arn.rpartition("/")[2]
    if principal.kind is PrincipalKind.ROLE_SESSION:
        keys["aws:MultiFactorAuthPresent"] = "false"
    return keys


def _list_s3(call: Call) -> dict[str, ContextValue]:
    found = {
        **{name: call.find_header(name) for name in _S3_HEADERS},
        **{name: call.arguments.get(name) for name in _S3_ARGUMENTS},
        "ResourceAccount": call.account_id,
        "VersionId": call.get("VersionId"),
    }
    if call.get("ACL"):
        found["x-amz-acl"] = str(call.get("ACL"))
    return {f"s3:{name}": str(value) for name, value in found.items() if value is not None}
