"""Hostile pages in a real Chromium: by tags alone, and from a website of the cloud's own."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest
from botocore.config import Config
from playwright.sync_api import Browser, Page

from workshop_lib.local_cloud import launcher
from workshop_lib.local_cloud.launcher import RunningCloud

pytestmark = pytest.mark.browser

BUCKET = "threats-page"
# What a page can do without a line of the other side's leave: every tag that fetches.
TAGS = """
<!doctype html><title>kittens</title>
<img src="{cloud}/?Action=CreateUser&UserName=evil&Version=2010-05-08">
<img src="{cloud}/threats-page/secret.txt">
<script src="{cloud}/threats-page/secret.json"></script>
<script src="{cloud}/restapis"></script>
<link rel="stylesheet" href="{cloud}/2015-03-31/functions/">
<iframe src="{cloud}/_cloud/status"></iframe>
<iframe src="{cloud}/moto-api/reset"></iframe>
<video src="{cloud}/threats-page?list-type=2"></video>
<object data="{cloud}/threats-page/secret.txt"></object>
"""
SNEAK = """async ([cloud]) => {
  const learned = [];
  const note = (what, answer) => learned.push([what, String(answer)]);
  note('beacon', navigator.sendBeacon(
    `${cloud}/2015-03-31/functions`, new Blob(['{"FunctionName": "evil"}'], {type: 'text/plain'})));
  note('socket', await new Promise((done) => {
    const socket = new WebSocket(cloud.replace('http', 'ws') + '/');
    socket.onopen = () => done('open'); socket.onerror = () => done('refused');
  }));
  note('events', await new Promise((done) => {
    const source = new EventSource(cloud + '/threats-page/secret.txt');
    source.onopen = () => done('open'); source.onerror = () => { source.close(); done('refused'); };
  }));
  for (const method of ['PUT', 'DELETE', 'PATCH']) {
    note(method, await fetch(cloud + '/threats-page/secret.txt', {method}).then(
      (answer) => answer.status, (error) => error.name));
  }
  return learned;
}"""
# What a page asks whose origin is the cloud's own address.
INSIDE = """async () => {
  const ask = async (path, options) => {
    const answer = await fetch(path, options);
    return [path, answer.status, await answer.text()];
  };
  const fields = new URLSearchParams({Action: 'ListUsers', Version: '2010-05-08'});
  const form = {method: 'POST', body: fields};
  const target = {'X-Amz-Target': 'DynamoDB_20120810.ListTables'};
  return [
    await ask('/'), await ask('/threats-page?list-type=2'), await ask('/threats-page/secret.txt'),
    await ask('/restapis'), await ask('/2015-03-31/functions/'), await ask('/_cloud/status'),
    await ask('/_cloud/shutdown', {method: 'POST'}), await ask('/', form),
    await ask('/', {method: 'POST', headers: target, body: '{}'}),
    await ask('/2015-03-31/functions/f/invocations', {method: 'POST', body: '{}'}),
    await ask('/threats-page/secret.txt', {method: 'DELETE'}),
    await ask('/threats-page/evil.txt', {method: 'PUT', body: 'evil'}),
  ];
}"""


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    home = tmp_path_factory.mktemp("threats-page")
    yield launcher.ensure_running(home)
    launcher.stop(home)


@pytest.fixture(scope="module")
def s3(cloud: RunningCloud) -> Any:
    client = boto3.client(
        "s3", endpoint_url=cloud.endpoint_url, region_name="us-east-1",
        aws_access_key_id=cloud.access_key_id, aws_secret_access_key=cloud.secret_access_key,
        config=Config(signature_version="s3v4"),
    )  # fmt: skip
    client.create_bucket(Bucket=BUCKET)
    client.put_object(Bucket=BUCKET, Key="secret.txt", Body=b"the secret", ContentType="text/plain")
    client.put_object(Bucket=BUCKET, Key="secret.json", Body=b"window.secret = 1")
    return client


@pytest.fixture(scope="module")
def far_address(cloud: RunningCloud) -> Iterator[str]:
    """A page of another origin that is nothing but tags."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Write nothing."""

        def do_GET(self) -> None:
            body = TAGS.replace("{cloud}", cloud.endpoint_url).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.usefixtures("s3")
def test_tags_learn_nothing(page: Page, cloud: RunningCloud, far_address: str) -> None:
    """Images, scripts, styles, frames and media of another origin load nothing of the cloud."""
    page.goto(far_address, wait_until="networkidle")
    log = cloud.log_path.read_text()
    for path in ("/", "/threats-page/secret.txt", "/restapis", "/_cloud/status"):
        answers = set(re.findall(rf"GET - - {re.escape(path)} (\d+)", log))
        assert {"403"} == answers, path
    assert "GET - - /moto-api/reset 404" in log
    assert page.evaluate("[...document.images].every((image) => !image.naturalWidth)")
    assert "undefined" == page.evaluate("typeof window.secret")


def test_nor_do_beacons_sockets_and_preflights(
    page: Page, cloud: RunningCloud, s3: Any, far_address: str
) -> None:
    """A beacon changes nothing, no socket opens, and no preflight lets a change through."""
    page.goto(far_address)
    learned = dict(page.evaluate(SNEAK, [cloud.endpoint_url]))
    assert "refused" == learned["socket"] == learned["events"]
    assert {"TypeError"} == {learned[method] for method in ("PUT", "DELETE", "PATCH")}
    held = s3.get_object(Bucket=BUCKET, Key="secret.txt")["Body"].read()
    assert b"the secret" == held
    log = cloud.log_path.read_text()
    assert "/2015-03-31/functions 403" in log
    assert "/2015-03-31/functions 20" not in log


def test_a_website_of_the_cloud_itself_learns_nothing(
    page: Page, cloud: RunningCloud, s3: Any
) -> None:
    """A hostile page in a public bucket, whose origin is the cloud's own address, has no key."""
    site = "threats-page-website"
    s3.create_bucket(Bucket=site)
    s3.delete_public_access_block(Bucket=site)
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                 "Resource": f"arn:aws:s3:::{site}/*"}  # fmt: skip
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    s3.put_bucket_policy(Bucket=site, Policy=json.dumps(policy))
    s3.put_bucket_website(
        Bucket=site, WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}}
    )
    s3.put_object(
        Bucket=site, Key="index.html", Body=b"<title>evil</title>", ContentType="text/html"
    )
    page.goto(f"{cloud.endpoint_url}/_website/{site}/")
    assert "evil" == page.title()
    for path, status, text in page.evaluate(INSIDE):
        assert status in (400, 403), (path, status, text)
        assert "the secret" not in text
        assert "<Bucket>" not in text
    assert b"the secret" == s3.get_object(Bucket=BUCKET, Key="secret.txt")["Body"].read()
    assert launcher.status(cloud.log_path.parent) == cloud
