"""Uploads by an HTML form, and chunked bodies: signed policies with conditions, signed chunks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from workshop_lib.local_cloud.launcher import RunningCloud

Client = Callable[..., Any]
BUCKET = "form-upload-tests"


@pytest.fixture(scope="module")
def s3(client: Client) -> Any:
    made = client("s3")
    made.create_bucket(Bucket=BUCKET)
    return made


def post(
    s3: Any, key: str = "in/${filename}", fields: dict[str, str] | None = None,
    conditions: list[Any] | None = None, body: bytes = b"picture", seconds: int = 60,
    changes: dict[str, str] | None = None,
) -> httpx.Response:  # fmt: skip
    """Upload by the form that boto3 presigns, with these changes to its fields."""
    form = s3.generate_presigned_post(BUCKET, key, fields, conditions, ExpiresIn=seconds)
    data = form["fields"] | (changes or {})
    files = {"file": ("cat.jpg", body)}
    return httpx.post(form["url"], data=data, files=files, trust_env=False)


def reason(answer: httpx.Response) -> tuple[int, str | None, str]:
    document = ET.fromstring(answer.content)
    return answer.status_code, document.findtext("Code"), document.findtext("Message") or ""


class TestForms:
    def test_a_good_one(self, s3: Any) -> None:
        """A form that keeps to its policy stores the file under the key with the file's name."""
        fields = {"Content-Type": "image/jpeg", "x-amz-meta-by": "anna"}
        conditions = [
            {"Content-Type": "image/jpeg"}, ["starts-with", "$x-amz-meta-by", "an"],
            ["content-length-range", 1, 100],
        ]  # fmt: skip
        answer = post(s3, fields=fields, conditions=conditions)
        assert 204 == answer.status_code, answer.text
        found = s3.get_object(Bucket=BUCKET, Key="in/cat.jpg")
        assert (b"picture", "image/jpeg") == (found["Body"].read(), found["ContentType"])
        assert {"by": "anna"} == found["Metadata"]

    @pytest.mark.parametrize(
        ("further", "expected"),
        [
            ({"changes": {"key": "other/cat.jpg"}}, "Policy Condition failed"),
            ({"changes": {"acl": "public-read"}}, "Extra input fields: acl"),
            ({"fields": {"x-amz-meta-by": "bert"},
              "conditions": [["starts-with", "$x-amz-meta-by", "an"]]}, "Policy Condition failed"),
            ({"conditions": [{"x-amz-meta-by": "anna"}]}, "Policy Condition failed"),
            ({"seconds": -1}, "Policy expired."),
        ],
    )  # fmt: skip
    def test_one_that_breaks_its_policy(
        self, s3: Any, further: dict[str, Any], expected: str
    ) -> None:
        """Every condition holds, the expiry holds, and no field goes unmentioned."""
        status, code, message = reason(post(s3, **further))
        assert (403, "AccessDenied") == (status, code)
        assert expected in message

    @pytest.mark.parametrize(
        ("body", "code"), [(b"x" * 101, "EntityTooLarge"), (b"", "EntityTooSmall")]
    )
    def test_a_file_of_the_wrong_size(self, s3: Any, body: bytes, code: str) -> None:
        """The file's size is held to the policy's range."""
        answer = post(s3, conditions=[["content-length-range", 1, 100]], body=body)
        assert (400, code) == reason(answer)[:2]

    def test_another_policy_under_the_same_signature(self, s3: Any) -> None:
        """The policy is what is signed."""
        policy = {
            "expiration": (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "conditions": [{"bucket": BUCKET}, ["starts-with", "$key", ""]],
        }
        encoded = base64.b64encode(json.dumps(policy).encode()).decode()
        status, code, _ = reason(post(s3, changes={"policy": encoded}))
        assert (403, "SignatureDoesNotMatch") == (status, code)

    def test_another_bucket(self, s3: Any) -> None:
        """A form for one bucket does not upload into another."""
        s3.create_bucket(Bucket=f"{BUCKET}-other")
        form = s3.generate_presigned_post(BUCKET, "key")
        url = form["url"].replace(BUCKET, f"{BUCKET}-other")
        answer = httpx.post(url, data=form["fields"], files={"file": b"x"}, trust_env=False)
        assert (403, "AccessDenied") == reason(answer)[:2]

    def test_without_a_policy(self, s3: Any, local_cloud: RunningCloud) -> None:
        """A form without a signed policy is a stranger's."""
        url = f"{local_cloud.endpoint_url}/{BUCKET}"
        answer = httpx.post(url, data={"key": "k"}, files={"file": b"x"}, trust_env=False)
        assert (403, "AccessDenied") == reason(answer)[:2]

    @pytest.mark.parametrize(
        "changes", [{"policy": "not base64!"}, {"policy": base64.b64encode(b"{}").decode()}]
    )
    def test_what_is_no_policy(self, s3: Any, changes: dict[str, str]) -> None:
        """A policy that was not signed is refused before anyone reads it."""
        assert 403 == reason(post(s3, changes=changes))[0]

    def test_two_keys(self, s3: Any, local_cloud: RunningCloud) -> None:
        """A form that names its key twice could be read in two ways, and is refused."""
        form = s3.generate_presigned_post(BUCKET, "good")
        boundary = "b"
        parts = [*form["fields"].items(), ("key", "evil")]
        body = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in parts
        )
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
        body += f"x\r\n--{boundary}--\r\n"
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        answer = httpx.post(form["url"], content=body, headers=headers, trust_env=False)
        assert (400, "InvalidArgument") == reason(answer)[:2]


class TestSignedChunks:
    """Each chunk's signature continues the chain that the request's own begins."""

    def send(
        self, cloud: RunningCloud, chunks: list[bytes], tamper: Callable[[bytes], bytes]
    ) -> httpx.Response:
        body = b"".join(chunks)
        url = f"{cloud.endpoint_url}/{BUCKET}/chunked"
        request = AWSRequest("PUT", url, {
            "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            "x-amz-decoded-content-length": str(len(body)),
            "content-encoding": "aws-chunked",
        })  # fmt: skip
        keys = Credentials(cloud.access_key_id, cloud.secret_access_key)
        SigV4Auth(keys, "s3", "us-east-1").add_auth(request)
        encoded = sign_chunks(request, cloud.secret_access_key, [*chunks, b""])
        return httpx.put(
            url, content=tamper(encoded), headers=dict(request.headers.items()), trust_env=False
        )

    def test_good_ones(self, s3: Any, local_cloud: RunningCloud) -> None:
        """A chain of signed chunks arrives decoded."""
        chunks = [b"a" * 70_000, b"b" * 70_000, b"c"]
        assert 200 == self.send(local_cloud, chunks, lambda body: body).status_code
        assert b"".join(chunks) == s3.get_object(Bucket=BUCKET, Key="chunked")["Body"].read()

    @pytest.mark.parametrize(
        ("tamper", "code"),
        [
            (lambda body: body.replace(b"bbb", b"bbc", 1), "SignatureDoesNotMatch"),
            (lambda body: body.replace(b"signature=", b"signature=0", 1), "SignatureDoesNotMatch"),
            (lambda body: body[:-90], "IncompleteBody"),
            (lambda body: b"zz;" + body, "IncompleteBody"),
            (lambda body: b"", "IncompleteBody"),
        ],
    )
    def test_changed_ones(
        self, s3: Any, local_cloud: RunningCloud, tamper: Callable[[bytes], bytes], code: str
    ) -> None:
        """A changed, forged, missing or malformed chunk is refused."""
        answer = self.send(local_cloud, [b"a" * 5000, b"b" * 5000], tamper)
        assert code == reason(answer)[1]


def sign_chunks(request: AWSRequest, secret: str, chunks: list[bytes]) -> bytes:
    """Encode chunks as AWS's documentation says; independent of what is tested."""
    authorization = request.headers["Authorization"]
    previous = authorization.rsplit("Signature=", 1)[1]
    scope = authorization.split("Credential=")[1].split(",")[0].split("/", 1)[1]
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    encoded = b""
    for chunk in chunks:
        text = "\n".join((
            "AWS4-HMAC-SHA256-PAYLOAD", request.headers["X-Amz-Date"], scope, previous,
            hashlib.sha256(b"").hexdigest(), hashlib.sha256(chunk).hexdigest(),
        ))  # fmt: skip
        previous = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        encoded += f"{len(chunk):x};chunk-signature={previous}\r\n".encode() + chunk + b"\r\n"
    return encoded
