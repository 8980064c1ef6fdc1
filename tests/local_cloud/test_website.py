"""A bucket as a website: its documents, its redirects, its error pages, and only when public."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from workshop_lib.local_cloud.launcher import RunningCloud

Client = Callable[..., Any]
BUCKET = "website-tests"


def open_to_everyone(s3: Any, bucket: str) -> None:
    s3.delete_public_access_block(Bucket=bucket)
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                 "Resource": f"arn:aws:s3:::{bucket}/*"}  # fmt: skip
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))


def make_website(s3: Any, bucket: str, configuration: dict[str, Any]) -> None:
    s3.create_bucket(Bucket=bucket)
    open_to_everyone(s3, bucket)
    s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration=configuration)


@pytest.fixture(scope="module")
def s3(client: Client) -> Any:
    made = client("s3")
    make_website(
        made, BUCKET,
        {"IndexDocument": {"Suffix": "index.html"}, "ErrorDocument": {"Key": "error.html"}},
    )  # fmt: skip
    pages = {"index.html": "home", "error.html": "lost", "docs/index.html": "docs",
             "a b/ü.html": "odd"}  # fmt: skip
    for key, text in pages.items():
        made.put_object(Bucket=BUCKET, Key=key, Body=text.encode(), ContentType="text/html")
    return made


@pytest.fixture(scope="module")
def site(local_cloud: RunningCloud) -> Callable[..., httpx.Response]:
    """Return a function that asks for a path of a website under its own host name."""

    def ask(path: str, bucket: str = BUCKET, method: str = "GET", **headers: str) -> httpx.Response:
        host = f"{bucket}.s3-website.localhost:{local_cloud.port}"
        url = f"{local_cloud.endpoint_url}{path}"
        return httpx.request(
            method, url, headers={"Host": host, **headers}, trust_env=False, follow_redirects=False
        )

    return ask


@pytest.mark.usefixtures("s3")
class TestDocuments:
    @pytest.mark.parametrize(
        ("path", "text"),
        [("/", "home"), ("/index.html", "home"), ("/docs/", "docs"), ("/a%20b/%C3%BC.html", "odd")],
    )
    def test_are_served(self, site: Any, path: str, text: str) -> None:
        """Documents and index documents are served with their type."""
        answer = site(path)
        assert (200, text, "text/html") == (
            answer.status_code,
            answer.text,
            answer.headers["content-type"],
        )

    def test_under_the_plain_host(self, local_cloud: RunningCloud) -> None:
        """The same website is reached by path, with its slash put right."""
        base = f"{local_cloud.endpoint_url}/_website/{BUCKET}"
        assert "home" == httpx.get(f"{base}/", trust_env=False).text
        answer = httpx.get(base, trust_env=False)
        assert (302, f"/_website/{BUCKET}/") == (answer.status_code, answer.headers["location"])
        answer = httpx.get(f"{base}/docs", trust_env=False)
        assert f"/_website/{BUCKET}/docs/" == answer.headers["location"]

    def test_a_folder_without_its_slash(self, site: Any) -> None:
        """A folder that has an index document is redirected to its slash."""
        answer = site("/docs")
        assert (302, "/docs/") == (answer.status_code, answer.headers["location"])

    def test_head_and_etag(self, site: Any) -> None:
        """HEAD has no body; an unchanged document is not sent again."""
        answer = site("/", method="HEAD")
        assert (200, b"") == (answer.status_code, answer.content)
        etag = site("/").headers["etag"]
        answer = site("/", **{"If-None-Match": etag})
        assert (304, b"") == (answer.status_code, answer.content)

    @pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
    def test_are_not_written(self, site: Any, method: str) -> None:
        """A website is read only."""
        answer = site("/index.html", method=method)
        assert (405, True) == (answer.status_code, "MethodNotAllowed" in answer.text)


@pytest.mark.usefixtures("s3")
class TestErrors:
    def test_the_error_document(self, site: Any) -> None:
        """What is missing is answered by the error document, with its own status."""
        answer = site("/missing.html")
        # Nobody may list the bucket, so S3 does not say whether the key exists.
        assert (403, "lost") == (answer.status_code, answer.text)

    def test_without_an_error_document(self, s3: Any, site: Any) -> None:
        """Without one, S3's own page says what happened, and hostile names stay text."""
        bucket = f"{BUCKET}-bare"
        make_website(s3, bucket, {"IndexDocument": {"Suffix": "index.html"}})
        policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
        policy["Statement"].append({"Effect": "Allow", "Principal": "*", "Action": "s3:ListBucket",
                                    "Resource": f"arn:aws:s3:::{bucket}"})  # fmt: skip
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
        answer = site("/%3Cscript%3E.html", bucket)
        assert 404 == answer.status_code
        assert "<h1>404 Not Found</h1>" in answer.text
        assert "<li>Code: NoSuchKey</li>" in answer.text
        assert "<script>" not in answer.text
        assert "NoSuchKey" == answer.headers["x-amz-error-code"]

    def test_an_error_document_that_is_missing(self, s3: Any, site: Any) -> None:
        """A missing error document is told beside the first error."""
        bucket = f"{BUCKET}-lost"
        make_website(s3, bucket, {"IndexDocument": {"Suffix": "index.html"},
                                  "ErrorDocument": {"Key": "gone.html"}})  # fmt: skip
        answer = site("/missing", bucket)
        assert "An Error Occurred While Attempting to Retrieve a Custom Error" in answer.text

    def test_no_website(self, s3: Any, site: Any) -> None:
        """A bucket without a website, and no bucket, say so."""
        s3.create_bucket(Bucket=f"{BUCKET}-none")
        assert "NoSuchWebsiteConfiguration" in site("/", f"{BUCKET}-none").text
        assert (404, True) == (
            (missing := site("/", "nobody-has-this")).status_code,
            "NoSuchBucket" in missing.text,
        )

    def test_only_when_public(self, s3: Any, site: Any) -> None:
        """A website is served only while a policy opens it and no switch closes it."""
        bucket = f"{BUCKET}-closed"
        make_website(s3, bucket, {"IndexDocument": {"Suffix": "index.html"}})
        s3.put_object(Bucket=bucket, Key="index.html", Body=b"home")
        assert 200 == site("/", bucket).status_code
        block = {"RestrictPublicBuckets": True, "BlockPublicAcls": False,
                 "BlockPublicPolicy": False, "IgnorePublicAcls": False}  # fmt: skip
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=block)
        assert 403 == site("/", bucket).status_code
        s3.delete_public_access_block(Bucket=bucket)
        s3.delete_bucket_policy(Bucket=bucket)
        answer = site("/", bucket)
        assert (403, True) == (answer.status_code, "AccessDenied" in answer.text)


class TestRedirects:
    def test_of_an_object(self, s3: Any, site: Any, local_cloud: RunningCloud) -> None:
        """An object may send its reader elsewhere."""
        s3.put_object(Bucket=BUCKET, Key="moved", WebsiteRedirectLocation="/docs/")
        answer = site("/moved")
        assert (301, "/docs/") == (answer.status_code, answer.headers["location"])
        plain = f"{local_cloud.endpoint_url}/_website/{BUCKET}/moved"
        answer = httpx.get(plain, trust_env=False)
        assert f"/_website/{BUCKET}/docs/" == answer.headers["location"]
