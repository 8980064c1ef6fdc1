"""Which request to S3 a plain HTTP request was: a presigned URL's, or one for what is public."""

from __future__ import annotations

from typing import Any

OPERATIONS = {"GET": "GetObject", "HEAD": "HeadObject", "PUT": "PutObject"}
# S3 alone answers with this header; API Gateway's is x-amz-apigw-id, and the others' x-amzn-….
ANSWER_OF_S3 = "x-amz-request-id"


def name_plain_request(answer: Any, access_key_id: str) -> str | None:
    """Return the S3 operation that an answered request was, or None where it is none to be counted.

    An upload by a URL that somebody else has signed is not: the application's function signed it,
    and its log and the bucket tell whether it arrived, whoever has sent it.

    Args:
        answer: httpx's.
        access_key_id: of whoever sends the request.
    """
    operation = OPERATIONS.get(answer.request.method)
    if ANSWER_OF_S3 not in answer.headers or answer.is_error:
        return None
    signer = answer.request.url.params.get("X-Amz-Credential", "").partition("/")[0]
    if operation == "PutObject" and signer != access_key_id:
        return None
    return operation
