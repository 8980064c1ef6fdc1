"""One local cloud for the tests of all services, and names that no other test has."""

import io
import uuid
import zipfile

import pytest

from workshop_lib.aws import functions, roles
from workshop_lib.cloud import connect
from workshop_lib.local_cloud import launcher
from workshop_lib.settings import read_settings

TAGS = {"workshop": "awstack-serverless", "attendee": "test", "lesson": "00_test"}


@pytest.fixture(scope="session")
def cloud(tmp_path_factory):
    """A connection to a cloud of its own, ended after the tests."""
    home = tmp_path_factory.mktemp("home")
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
