"""One local cloud for all of these tests, and functions in it, made over HTTP."""

from __future__ import annotations

import io
import itertools
import json
import os
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.config import Config

from workshop_lib.local_cloud import launcher
from workshop_lib.local_cloud.launcher import RunningCloud

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


@pytest.fixture(scope="session")
def folder_in_reach() -> Iterator[Path]:
    """A folder that a function sees as a test does; of /tmp every function has its own."""
    place = "/var/tmp" if sys.platform == "linux" else None
    with tempfile.TemporaryDirectory(dir=place) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def local_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    """A cloud that answers; stopped at the end."""
    home = tmp_path_factory.mktemp("local-cloud")
    running = launcher.ensure_running(home)
    yield running
    launcher.stop(home)
    # Whatever these tests have made can be kept.
    assert "The snapshot failed" not in running.log_path.read_text()


@pytest.fixture(scope="session")
def client(local_cloud: RunningCloud) -> Callable[..., Any]:
    """Return a factory of boto3 clients: ``client("s3")``, by default with the owner's keys."""
    return make_client_factory(local_cloud)


@pytest.fixture(scope="session")
def clients_of() -> Callable[[RunningCloud], Callable[..., Any]]:
    """Return what makes such a factory for another cloud."""
    return make_client_factory


def make_client_factory(cloud: RunningCloud) -> Callable[..., Any]:
    """Return a factory of clients that see no profile, no ~/.aws, no proxy and make no retry."""
    session = botocore.session.Session(
        session_vars={
            "profile": (None, None, None, None),
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
        }
    )
    boto3_session = boto3.Session(botocore_session=session)

    def make_client(service: str, region: str = "us-east-1", **credentials: str) -> Any:
        keys = {
            "aws_access_key_id": cloud.access_key_id,
            "aws_secret_access_key": cloud.secret_access_key,
        }
        settings: dict[str, Any] = {"retries": {"total_max_attempts": 1}, "proxies": {}}
        if service == "s3":
            settings |= {"signature_version": "s3v4"}
        return boto3_session.client(
            service,
            region_name=region,
            endpoint_url=cloud.endpoint_url,
            config=Config(**settings),
            **(credentials or keys),
        )

    return make_client


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
