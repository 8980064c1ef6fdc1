"""One local cloud for the tests of all services, and names that no other test has."""

import io
import json
import threading
import uuid
import zipfile
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from workshop_lib.aws import functions, roles
from workshop_lib.cloud import connect
from workshop_lib.local_cloud import launcher
from workshop_lib.settings import read_settings

TAGS = {"workshop": "awstack-serverless", "attendee": "test", "lesson": "00_test"}


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """The home of the attendee whose cloud the tests use."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def cloud(home):
    """A connection to a cloud of its own, ended after the tests."""
    yield connect(read_settings({"WORKSHOP_HOME": str(home), "WORKSHOP_ATTENDEE": "test"}))
    launcher.stop(home / "cloud")


@pytest.fixture
def client(cloud):
    """A factory of clients, whose calls are recorded."""
    return cloud.client


@pytest.fixture
def name():
    """A name that nothing else bears."""
    return f"awstack-test-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def tags():
    """The tags of whatever a test makes."""
    return dict(TAGS)


@pytest.fixture
def changes(cloud):
    """A function that runs another and returns the operations that changed something."""

    def list_changes(make):
        before = cloud.recorder.total
        make()
        looks = ("Get", "List", "Describe", "Head", "Filter")
        return [
            call.operation
            for call in cloud.recorder.since(before)
            if not call.operation.startswith(looks)
        ]

    return list_changes


@pytest.fixture
def pack():
    """A function that zips a handler's source, always to the same bytes."""

    def make_zip(source):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(zipfile.ZipInfo("handler.py"), source)
        return packed.getvalue()

    return make_zip


@pytest.fixture
def role(client, name, tags):
    """A role that functions can take on, and that may write any log of the test's functions."""
    return roles.ensure_role(
        client("iam"),
        f"{name}-role",
        path="/workshop/",
        trust=roles.service_trust("lambda.amazonaws.com"),
        policy=roles.policy_document(
            roles.allow("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", on="*"),
            roles.allow("sqs:SendMessage", on="*"),
        ),
        tags=tags,
    )


@pytest.fixture
def echo(client, name, tags, role, pack):
    """A function that answers with its event."""
    return functions.ensure_function(
        client("lambda"),
        name,
        role_arn=role.arn,
        code=pack("def handler(event, context):\n    return event\n"),
        environment={},
        tags=tags,
    )


class Script(ThreadingHTTPServer):
    """Speaks AWS's words: each request gets the next of its answers, the last one again and again.

    An answer is a status, a body (text, or what becomes JSON) and headers.
    """

    def __init__(self):
        super().__init__(("127.0.0.1", 0), ScriptHandler)
        self.answers = deque()
        self.requests = []


class ScriptHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        target = self.headers.get("X-Amz-Target", "")
        self.server.requests.append(target.rpartition(".")[2] or f"{self.command} {self.path}")
        answers = self.server.answers
        status, body, headers = answers.popleft() if len(answers) > 1 else answers[0]
        content = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = answer  # noqa: N815

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    """What only AWS answers, now and then, by real HTTP."""
    with Script() as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield listening
        listening.shutdown()
