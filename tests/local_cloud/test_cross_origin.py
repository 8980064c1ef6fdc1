"""What a page of another origin may do, as S3 answers it and as every other service refuses it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from workshop_lib.local_cloud.launcher import RunningCloud

Client = Callable[..., Any]
SITE = "http://site.s3-website.localhost:1234"
BUCKET = "cross-origin-tests"


@pytest.fixture(scope="module")
def s3(client: Client) -> Any:
    made = client("s3")
    made.create_bucket(Bucket=BUCKET)
    made.create_bucket(Bucket=f"{BUCKET}-without")
    made.put_object(Bucket=BUCKET, Key="cat.jpg", Body=b"cat")
    made.put_object(Bucket=f"{BUCKET}-without", Key="cat.jpg", Body=b"cat")
    rules = [
        {"AllowedOrigins": [SITE], "AllowedMethods": ["GET", "PUT"],
         "AllowedHeaders": ["content-type", "x-amz-*"], "ExposeHeaders": ["ETag"],
         "MaxAgeSeconds": 60},
        {"AllowedOrigins": ["http://*.example"], "AllowedMethods": ["GET"]},
    ]  # fmt: skip
    made.put_bucket_cors(Bucket=BUCKET, CORSConfiguration={"CORSRules": rules})
    return made


def preflight(
    cloud: RunningCloud, origin: str | None = SITE, method: str | None = "PUT",
    headers: str | None = None, bucket: str = BUCKET,
) -> httpx.Response:  # fmt: skip
    sent = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": headers,
    }
    return httpx.options(
        f"{cloud.endpoint_url}/{bucket}/cat.jpg",
        headers={name: value for name, value in sent.items() if value is not None},
        trust_env=False,
    )


@pytest.mark.usefixtures("s3")
class TestPreflight:
    def test_allowed(self, local_cloud: RunningCloud) -> None:
        """An allowed request is answered with the rule that allows it."""
        answer = preflight(local_cloud, headers="Content-Type, x-amz-meta-by")
        assert 200 == answer.status_code
        names = ("allow-origin", "allow-methods", "allow-headers", "expose-headers", "max-age")
        found = {name: answer.headers[f"access-control-{name}"] for name in names}
        assert {
            "allow-origin": SITE,
            "allow-methods": "GET, PUT",
            "allow-headers": "content-type, x-amz-meta-by",
            "expose-headers": "ETag",
            "max-age": "60",
        } == found
        assert "Origin" in answer.headers["vary"]

    def test_a_pattern(self, local_cloud: RunningCloud) -> None:
        """A star in an origin stands for any part of it, and dots stand for themselves."""
        assert 200 == preflight(local_cloud, "http://a.example", "GET").status_code
        assert 403 == preflight(local_cloud, "http://aXexample", "GET").status_code

    @pytest.mark.parametrize(
        ("origin", "method", "headers"),
        [
            ("http://evil.test", "PUT", None),
            (f"{SITE}.evil.test", "PUT", None),
            (SITE, "DELETE", None),
            (SITE, "PUT", "authorization"),
            ("null", "GET", None),
        ],
    )
    def test_refused(
        self, local_cloud: RunningCloud, origin: str, method: str, headers: str | None
    ) -> None:
        """Another origin, method or header is refused in S3's own words."""
        answer = preflight(local_cloud, origin, method, headers)
        document = ET.fromstring(answer.content)
        assert (403, "AccessForbidden", method) == (
            answer.status_code,
            document.findtext("Code"),
            document.findtext("Method"),
        )
        assert "This CORS request is not allowed" in (document.findtext("Message") or "")
        assert "access-control-allow-origin" not in answer.headers

    @pytest.mark.parametrize(
        ("bucket", "words"),
        [
            (f"{BUCKET}-without", "CORS is not enabled for this bucket"),
            (f"{BUCKET}-none", "Bucket not found"),
        ],
    )
    def test_no_rules(self, local_cloud: RunningCloud, bucket: str, words: str) -> None:
        """A bucket without rules, and no bucket, say so."""
        answer = preflight(local_cloud, bucket=bucket)
        assert (403, True) == (answer.status_code, words in answer.text)

    @pytest.mark.parametrize(("origin", "method"), [(None, "PUT"), (SITE, None), (SITE, "TRACE")])
    def test_incomplete(
        self, local_cloud: RunningCloud, origin: str | None, method: str | None
    ) -> None:
        """A preflight without an origin or a method is none."""
        assert 400 == preflight(local_cloud, origin, method).status_code


class TestRequests:
    def read(self, s3: Any, origin: str, bucket: str = BUCKET, key: str = "cat.jpg") -> Any:
        where = {"Bucket": bucket, "Key": key}
        url = s3.generate_presigned_url("get_object", where)
        return httpx.get(url, headers={"Origin": origin}, trust_env=False)

    def test_by_the_rules(self, s3: Any) -> None:
        """A presigned read by an allowed page carries the headers that let the page read it."""
        answer = self.read(s3, SITE)
        assert (200, b"cat", SITE, "ETag") == (
            answer.status_code,
            answer.content,
            answer.headers["access-control-allow-origin"],
            answer.headers["access-control-expose-headers"],
        )

    def test_an_error_may_be_read_too(self, s3: Any) -> None:
        """The page may read why it was refused."""
        answer = self.read(s3, SITE, key="missing")
        assert (404, SITE) == (answer.status_code, answer.headers["access-control-allow-origin"])

    @pytest.mark.parametrize("bucket", [BUCKET, f"{BUCKET}-without"])
    def test_without_a_rule(self, s3: Any, bucket: str) -> None:
        """Without a rule S3 answers, and the browser keeps the answer from the page."""
        answer = self.read(s3, "http://evil.test", bucket)
        assert 200 == answer.status_code
        assert "access-control-allow-origin" not in answer.headers

    def test_every_origin(self, s3: Any, client: Client) -> None:
        """A rule for every origin answers with a star, and without credentials."""
        bucket = f"{BUCKET}-star"
        s3.create_bucket(Bucket=bucket)
        rule = {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]}
        s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
        answer = self.read(s3, "http://any.test", bucket)
        assert "*" == answer.headers["access-control-allow-origin"]
        assert "access-control-allow-credentials" not in answer.headers


class TestOtherServices:
    @pytest.mark.parametrize("service", ["iam", "sts", "lambda", "dynamodb", "apigateway"])
    def test_no_page_calls_them(self, client: Client, service: str) -> None:
        """A call that carries an Origin is refused, even with a valid signature."""
        calls = {"iam": "list_users", "sts": "get_caller_identity", "lambda": "list_functions",
                 "dynamodb": "list_tables", "apigateway": "get_rest_apis"}  # fmt: skip
        made = client(service)

        def add_origin(request: Any, **_: Any) -> None:
            request.headers["Origin"] = "http://evil.test"

        made.meta.events.register("before-send", add_origin)
        with pytest.raises(made.exceptions.ClientError, match="not from web pages"):
            getattr(made, calls[service])()

    @pytest.mark.parametrize("path", ["/", f"/{BUCKET}", "/2015-03-31/functions", "/restapis"])
    def test_no_preflight_passes(self, local_cloud: RunningCloud, path: str) -> None:
        """A preflight to an API, or to a list of objects or buckets, passes nowhere."""
        headers = {"Origin": "http://evil.test", "Access-Control-Request-Method": "GET"}
        answer = httpx.options(local_cloud.endpoint_url + path, headers=headers, trust_env=False)
        assert answer.status_code >= 400
        assert "access-control-allow-origin" not in answer.headers

    def test_a_list_of_objects(self, s3: Any) -> None:
        """A presigned list is refused to a page that no rule of the bucket names."""
        url = s3.generate_presigned_url("list_objects_v2", {"Bucket": BUCKET})
        answer = httpx.get(url, headers={"Origin": "http://evil.test"}, trust_env=False)
        assert 403 == answer.status_code
        answer = httpx.get(url, headers={"Origin": SITE}, trust_env=False)
        assert (200, SITE) == (answer.status_code, answer.headers["access-control-allow-origin"])
