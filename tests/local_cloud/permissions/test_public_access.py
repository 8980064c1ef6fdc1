"""Which bucket policies are public, as S3 means it."""

from __future__ import annotations

from typing import Any

import pytest
from people import allow, deny

from workshop_lib.local_cloud.permissions.policies import read_policy
from workshop_lib.local_cloud.permissions.public_access import is_public_policy

EVERYTHING = "arn:aws:s3:::pictures/*"


def _read(**elements: Any) -> dict[str, Any]:
    return allow("s3:GetObject", EVERYTHING, **elements)


def _read_if(operator: str, key: str, value: Any) -> dict[str, Any]:
    return _read(Principal="*", Condition={operator: {key: value}})


PUBLIC = [
    _read(Principal="*"),
    _read(Principal={"AWS": "*"}),
    _read(Principal={"AWS": ["123456789012", "*"]}),
    _read(NotPrincipal={"AWS": "123456789012"}),
    _read_if("StringLike", "aws:PrincipalArn", "*"),
    _read_if("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/reader"),
    _read_if("StringLike", "aws:SourceAccount", "1234*"),
    _read_if("StringEquals", "aws:SourceVpc", "${aws:PrincipalTag/vpc}"),
    _read_if("StringEqualsIfExists", "aws:SourceVpc", "vpc-1"),
    _read_if("ForAllValues:StringEquals", "aws:SourceVpc", "vpc-1"),
    _read_if("StringNotEquals", "aws:SourceVpc", "vpc-1"),
    _read_if("StringEquals", "aws:Referer", "https://example.com"),
    _read_if("IpAddress", "aws:SourceIp", "0.0.0.0/0"),
    _read_if("IpAddress", "aws:SourceIp", ["10.0.0.0/8", "0.0.0.0/1"]),
    _read_if("NotIpAddress", "aws:SourceIp", "10.0.0.0/8"),
    _read_if("Bool", "aws:SecureTransport", "true"),
    {
        "Version": "2012-10-17",
        "Statement": [
            deny("s3:*", Principal="*")["Statement"][0],
            _read(Principal="*")["Statement"][0],
        ],
    },
]
NOT_PUBLIC = [
    _read(Principal={"AWS": "123456789012"}),
    _read(Principal={"AWS": "arn:aws:iam::123456789012:role/reader"}),
    _read(Principal={"Service": "cloudfront.amazonaws.com"}),
    deny("s3:*", EVERYTHING, Principal="*"),
    _read_if("StringEquals", "aws:PrincipalArn", "arn:aws:iam::123456789012:role/reader"),
    _read_if("ArnLike", "aws:PrincipalArn", "arn:aws:iam::123456789012:role/*"),
    _read_if("ArnLike", "aws:SourceArn", "arn:aws:s3:::pictures"),
    _read_if("StringEquals", "aws:SourceAccount", ["123456789012"]),
    _read_if("StringLike", "aws:userid", "AROAEXAMPLE:*"),
    _read_if("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
]


@pytest.mark.parametrize("policy", PUBLIC)
def test_public(policy: dict[str, Any]) -> None:
    """A policy that ties no allowing statement to known callers is public."""
    assert is_public_policy(read_policy(policy))


@pytest.mark.parametrize("policy", NOT_PUBLIC)
def test_not_public(policy: dict[str, Any]) -> None:
    """A policy that names its callers, or fixes them by a condition, is not."""
    assert not is_public_policy(read_policy(policy))
