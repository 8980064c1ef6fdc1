"""Functions for the tests, created over HTTP in the one local cloud."""

from __future__ import annotations

import base64
import io
import itertools
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


@dataclass(frozen=True)
class Answer:
    """What Invoke answered: the decoded payload, the error header, the decoded log tail."""

    payload: Any
    error: str | None
    log: str
    raw: Mapping[str, Any]


def make_zip(files: Mapping[str, str | bytes]) -> bytes:
    """Return a zip of these files."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return archive.getvalue()


@pytest.fixture(scope="session")
def role_arn(client: Callable[..., Any]) -> str:
    """A role that Lambda may assume and that may do everything."""
    iam = client("iam")
    role = iam.create_role(RoleName="function-tests", AssumeRolePolicyDocument=json.dumps(TRUST))[
        "Role"
    ]
    iam.put_role_policy(
        RoleName="function-tests", PolicyName="all", PolicyDocument=json.dumps(EVERYTHING)
    )
    return str(role["Arn"])


@pytest.fixture(scope="session")
def zip_files() -> Callable[[Mapping[str, str | bytes]], bytes]:
    """Make zips."""
    return make_zip


@pytest.fixture
def make_function(client: Callable[..., Any], role_arn: str) -> Iterator[Callable[..., str]]:
    """Create functions from source text or files; deleted after the test."""
    functions = client("lambda")
    created: list[str] = []
    numbers = itertools.count(1)

    def make(code: str | Mapping[str, str | bytes], **settings: Any) -> str:
        files = {"handler.py": code} if isinstance(code, str) else code
        name = settings.pop("FunctionName", f"f{next(numbers)}-{abs(hash(str(files))):x}"[:40])
        functions.create_function(
            **{
                "FunctionName": name,
                "Runtime": "python3.13",
                "Role": role_arn,
                "Handler": "handler.handler",
                "Code": {"ZipFile": make_zip(files)},
                **settings,
            }
        )
        if name not in created:
            created.append(name)
        return name

    yield make
    for name in created:
        functions.delete_function(FunctionName=name)


@pytest.fixture
def invoke(client: Callable[..., Any]) -> Callable[..., Answer]:
    """Invoke a function and decode the answer."""
    functions = client("lambda")

    def call(name: str, event: Any = None, **settings: Any) -> Answer:
        response = functions.invoke(
            FunctionName=name, Payload=json.dumps(event or {}), LogType="Tail", **settings
        )
        return Answer(
            json.loads(response["Payload"].read()),
            response.get("FunctionError"),
            base64.b64decode(response.get("LogResult", "")).decode(),
            response,
        )

    return call
