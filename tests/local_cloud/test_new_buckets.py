"""What a new bucket is like before anybody has configured it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def test_a_new_bucket_encrypts_what_it_keeps(client: Callable[..., Any]) -> None:
    """A bucket encrypts at rest by default, and says so of itself and of each object."""
    s3 = client("s3")
    s3.create_bucket(Bucket="encrypted-by-default")

    answer = s3.get_bucket_encryption(Bucket="encrypted-by-default")
    s3.put_object(Bucket="encrypted-by-default", Key="hello.txt", Body=b"Hello")
    found = s3.head_object(Bucket="encrypted-by-default", Key="hello.txt")

    (rule,) = answer["ServerSideEncryptionConfiguration"]["Rules"]
    assert {"SSEAlgorithm": "AES256"} == rule["ApplyServerSideEncryptionByDefault"]
    assert "AES256" == found["ServerSideEncryption"]
