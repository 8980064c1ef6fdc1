"""Which requests of plain HTTP are counted as S3's."""

import httpx
import pytest

from workshop_lib.plain_requests import name_plain_request

S3 = {"x-amz-request-id": "1"}
GATEWAY = {"x-amzn-RequestId": "1", "x-amz-apigw-id": "2"}


@pytest.mark.parametrize(
    ("method", "query", "status", "headers", "expected"),
    [
        ("GET", "?X-Amz-Credential=MINE%2F20261126", 200, S3, "GetObject"),
        ("GET", "?X-Amz-Credential=THEIRS%2F20261126", 200, S3, "GetObject"),
        ("GET", "", 200, S3, "GetObject"),
        ("HEAD", "", 200, S3, "HeadObject"),
        ("PUT", "?X-Amz-Credential=MINE%2F20261126", 200, S3, "PutObject"),
        ("PUT", "?X-Amz-Credential=THEIRS%2F20261126", 200, S3, None),
        ("PUT", "?X-Amz-Credential=MINE%2F20261126", 403, S3, None),
        ("OPTIONS", "", 200, S3, None),
        ("GET", "/results", 200, GATEWAY, None),
    ],
)
def test_what_s3_answered_is_counted_once(method, query, status, headers, expected):
    """Reads are; an upload is where its signature is one's own: the log tells of the others."""
    request = httpx.Request(method, f"http://127.0.0.1/bucket/key{query}")
    answer = httpx.Response(status, headers=headers, request=request)

    assert expected == name_plain_request(answer, "MINE")
