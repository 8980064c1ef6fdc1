"""A page of a foreign origin, in a real Chromium, tries to use the local cloud and cannot."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from playwright.sync_api import Browser, Page

from workshop_lib.local_cloud import launcher
from workshop_lib.local_cloud.launcher import RunningCloud

pytestmark = pytest.mark.browser

BUCKET = "hostile-page-tests"
# Each attack returns what the page has learned: an answer's status and text, or the error.
ASK = """async ([url, options]) => {
  try {
    const answer = await fetch(url, options);
    return `${answer.type} ${answer.status} ${await answer.text()}`;
  } catch (error) { return `failed: ${error.name}`; }
}"""
FORM = """([action]) => new Promise((done) => {
  const form = Object.assign(document.createElement('form'), {method: 'POST', action});
  form.enctype = 'text/plain';
  form.append(Object.assign(document.createElement('input'), {name: '{"FunctionName":"evil"}'}));
  const frame = Object.assign(document.createElement('iframe'), {name: 'sink'});
  document.body.append(frame, form);
  form.target = 'sink';
  frame.onload = () => done('sent');
  form.submit();
})"""


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    home = tmp_path_factory.mktemp("hostile-page")
    running = launcher.ensure_running(home)
    yield running
    launcher.stop(home)


@pytest.fixture(scope="module")
def clients(cloud: RunningCloud) -> dict[str, Any]:
    keys = (cloud.access_key_id, cloud.secret_access_key)
    session = boto3.Session(*keys, region_name="us-east-1")
    made = {
        name: session.client(
            name, endpoint_url=cloud.endpoint_url, config=Config(signature_version="v4")
        )
        for name in ("lambda", "iam")
    }
    made["s3"] = session.client(
        "s3", endpoint_url=cloud.endpoint_url, config=Config(signature_version="s3v4")
    )
    made["s3"].create_bucket(Bucket=BUCKET)
    made["s3"].put_object(Bucket=BUCKET, Key="secret.txt", Body=b"the secret")
    return made


@pytest.fixture(scope="module")
def page(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page that a web server of another origin has sent."""
    folder = tmp_path_factory.mktemp("evil")
    (folder / "index.html").write_text("<!doctype html><title>kittens</title><body></body>")
    with serve(folder) as address:
        opened = chromium.new_page()
        opened.goto(address)
        yield opened
        opened.close()


class serve:  # noqa: N801 - used as a context manager
    """Serves a folder on a loopback port of its own."""

    def __init__(self, folder: Path) -> None:
        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *arguments: Any) -> None:
                super().__init__(*arguments, directory=str(folder))

            def log_message(self, *arguments: object) -> None:
                """Write nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> str:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}/index.html"

    def __exit__(self, *error: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def attack(page: Page, url: str, **options: Any) -> str:
    learned: str = page.evaluate(ASK, [url, options])
    return learned


def test_it_creates_no_function(page: Page, cloud: RunningCloud, clients: dict[str, Any]) -> None:
    """Neither a JSON request, nor one without a preflight, nor a form creates a function."""
    url = f"{cloud.endpoint_url}/2015-03-31/functions"
    body = '{"FunctionName": "evil", "Role": "r", "Code": {}}'
    json = {"Content-Type": "application/json"}
    forged = {"Authorization": "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/lambda/"
              "aws4_request, SignedHeaders=host, Signature=00"}  # fmt: skip
    assert "failed: TypeError" == attack(page, url, method="POST", headers=json, body=body)
    assert "failed: TypeError" == attack(page, url, method="POST", headers=forged, body=body)
    simple = {"Content-Type": "text/plain"}
    answer = attack(page, url, method="POST", headers=simple, body=body, mode="no-cors")
    assert "opaque 0 " == answer
    assert "sent" == page.evaluate(FORM, [url])
    assert [] == clients["lambda"].list_functions()["Functions"]
    log = cloud.log_path.read_text()
    assert "POST - - /2015-03-31/functions 403" in log
    assert "POST - - /2015-03-31/functions 2" not in log


def test_it_creates_no_user(page: Page, cloud: RunningCloud, clients: dict[str, Any]) -> None:
    """A form post of the query protocol, which browsers send without asking, does nothing."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    body = "Action=CreateUser&UserName=evil&Version=2010-05-08"
    answer = attack(
        page, f"{cloud.endpoint_url}/", method="POST", headers=form, body=body, mode="no-cors"
    )
    assert "opaque 0 " == answer
    assert ["workshop"] == [user["UserName"] for user in clients["iam"].list_users()["Users"]]


@pytest.mark.usefixtures("clients")
@pytest.mark.parametrize("path", ["/", f"/{BUCKET}", f"/{BUCKET}/secret.txt"])
def test_it_reads_nothing_of_s3(page: Page, cloud: RunningCloud, path: str) -> None:
    """Neither the list of buckets nor a bucket's nor an object reaches the page."""
    assert "failed: TypeError" == attack(page, cloud.endpoint_url + path)
    assert "opaque 0 " == attack(page, cloud.endpoint_url + path, mode="no-cors")


def test_not_even_with_a_signature(
    page: Page, cloud: RunningCloud, clients: dict[str, Any]
) -> None:
    """A presigned address that has leaked gives the page nothing without a rule of the bucket."""
    where = {"Bucket": BUCKET, "Key": "secret.txt"}
    url = clients["s3"].generate_presigned_url("get_object", where)
    assert "failed: TypeError" == attack(page, url)
    rule = {"AllowedOrigins": [page.evaluate("location.origin")], "AllowedMethods": ["GET"]}
    clients["s3"].put_bucket_cors(Bucket=BUCKET, CORSConfiguration={"CORSRules": [rule]})
    assert "cors 200 the secret" == attack(page, url)
    clients["s3"].delete_bucket_cors(Bucket=BUCKET)


def test_not_by_another_name(page: Page, cloud: RunningCloud) -> None:
    """A name of the page's own that leads to loopback is a foreign host (DNS rebinding)."""
    url = f"http://evil.localhost:{cloud.port}/"
    page.goto(url)
    assert "does not answer to the host" in page.content()
    assert "does not answer to the host" in attack(page, url)
    page.go_back()


@pytest.mark.parametrize("path", ["/moto-api/reset", "/_cloud/shutdown"])
def test_it_ends_and_resets_nothing(
    page: Page, cloud: RunningCloud, clients: dict[str, Any], path: str
) -> None:
    """No route resets or ends the cloud for a page."""
    attack(page, cloud.endpoint_url + path, method="POST", mode="no-cors")
    assert BUCKET in [found["Name"] for found in clients["s3"].list_buckets()["Buckets"]]
