"""The condition keys that a request brings: AWS's global ones and Amazon S3's.

Source: IAM user guide, "AWS global condition context keys"; Service authorization reference,
"Condition keys for Amazon S3".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from workshop_lib.local_cloud.permissions.calls import POST_OBJECT, Call
from workshop_lib.local_cloud.permissions.contexts import Context, ContextValue
from workshop_lib.local_cloud.permissions.principals import Principal, PrincipalKind

_S3_HEADERS = (
    "x-amz-acl", "x-amz-grant-read", "x-amz-grant-write", "x-amz-grant-read-acp",
    "x-amz-grant-write-acp", "x-amz-grant-full-control", "x-amz-content-sha256",
    "x-amz-copy-source", "x-amz-metadata-directive", "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id", "x-amz-storage-class",
    "x-amz-object-ownership", "x-amz-website-redirect-location", "x-amz-bucket-namespace",
)  # fmt: skip
_LISTING_ARGUMENTS = {"prefix": "s3:prefix", "delimiter": "s3:delimiter", "max-keys": "s3:max-keys"}
_SIGNATURE_VERSION = "AWS4-HMAC-SHA256"


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
    keys: dict[str, ContextValue] = {
        **_list_environment(call, secure_transport),
        **_list_principal(principal),
        **{f"aws:PrincipalTag/{name}": value for name, value in principal_tags.items()},
    }
    if call.service == "s3":
        keys |= _list_s3(call)
    return Context(keys)


def _list_environment(call: Call, secure_transport: bool) -> dict[str, ContextValue]:
    moment = datetime.fromtimestamp(call.received, UTC)
    keys: dict[str, ContextValue] = {
        "aws:CurrentTime": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "aws:EpochTime": str(int(call.received)),
        "aws:RequestedRegion": call.region,
        "aws:ResourceAccount": call.account_id,
        "aws:SecureTransport": str(secure_transport).lower(),
        "aws:SourceIp": call.remote_address,
        "aws:ViaAWSService": "false",
    }
    for header, key in (("user-agent", "aws:UserAgent"), ("referer", "aws:Referer")):
        if header in call.headers:
            keys[key] = call.headers[header]
    return keys


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
    keys: dict[str, ContextValue] = {"s3:ResourceAccount": call.account_id}
    for name in _S3_HEADERS:
        value = call.find_header(name)
        if value is not None:
            keys[f"s3:{name}"] = value
    if call.get("ACL"):
        keys["s3:x-amz-acl"] = str(call.get("ACL"))
    for argument, key in _LISTING_ARGUMENTS.items():
        if argument in call.arguments:
            keys[key] = call.arguments[argument]
    if call.get("VersionId"):
        keys["s3:VersionId"] = str(call.get("VersionId"))
    return {**keys, **_list_s3_tags(call), **_list_s3_signature(call)}


def _list_s3_tags(call: Call) -> dict[str, ContextValue]:
    written = call.find_header("x-amz-tagging") or ""
    tags = dict(parse_qsl(written, keep_blank_values=True))
    for tag in (call.get("Tagging") or {}).get("TagSet", ()) if not written else ():
        tags[str(tag.get("Key"))] = str(tag.get("Value"))
    if not tags:
        return {}
    keys: dict[str, ContextValue] = {f"s3:RequestObjectTag/{key}": tags[key] for key in tags}
    return {**keys, "s3:RequestObjectTagKeys": tuple(tags)}


def _list_s3_signature(call: Call) -> dict[str, ContextValue]:
    """Tell how a request was signed, and a presigned one's age in milliseconds."""
    lowered = {name.lower(): value for name, value in call.arguments.items()}
    if "x-amz-signature" in lowered:
        signed_at = datetime.strptime(lowered["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        age = int((call.received - signed_at.timestamp()) * 1000)
        return {
            "s3:authType": "REST-QUERY-STRING",
            "s3:signatureAge": str(max(age, 0)),
            "s3:signatureversion": _SIGNATURE_VERSION,
        }
    if call.operation == POST_OBJECT:
        return {"s3:authType": "POST", "s3:signatureversion": _SIGNATURE_VERSION}
    if "authorization" in call.headers:
        return {"s3:authType": "REST-HEADER", "s3:signatureversion": _SIGNATURE_VERSION}
    return {}
