"""The chain of invocations in a trace header: counted, carried on, stopped."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.lambda_runtime.lineages import extend_lineage, parse_trace

ARN = "arn:aws:lambda:us-east-1:123456789012:function:f"


def test_a_chain_keeps_its_root_and_counts_each_function() -> None:
    """The root stays, also as botocore quotes it; two functions are counted apart."""
    first = extend_lineage(None, ARN)
    second = extend_lineage(quote(first, safe="-=;:+&[]{}\"',"), f"{ARN}2")
    third = extend_lineage(second, ARN)

    assert parse_trace(first)["Root"] == parse_trace(third)["Root"]
    counts = sorted(part.split(":")[1] for part in parse_trace(third)["Lineage"].split("|"))
    assert ["1", "2"] == counts


def test_the_seventeenth_pass_is_refused() -> None:
    """Sixteen passes through one function are let through."""
    header: str | None = None
    for _ in range(16):
        header = extend_lineage(header, ARN)

    with pytest.raises(AwsError, match="RecursiveInvocationException"):
        extend_lineage(header, ARN)


@pytest.mark.parametrize(
    "header", ["", ";;;", "Root", "Lineage=||:", "Lineage=zz:9999999999999", "Root=%ff;Lineage=a:b"]
)
def test_a_header_that_is_none_begins_a_chain(header: str) -> None:
    """What a caller writes there can never fail an invocation."""
    assert parse_trace(extend_lineage(header, ARN))["Lineage"].endswith(":1")
