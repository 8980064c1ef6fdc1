"""One local cloud for all of these tests, started by its own launcher in a home of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.config import Config

from workshop_lib.local_cloud import launcher
from workshop_lib.local_cloud.launcher import RunningCloud


@pytest.fixture(scope="session")
def local_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    """A cloud that answers; stopped at the end."""
    home = tmp_path_factory.mktemp("local-cloud")
    yield launcher.ensure_running(home)
    launcher.stop(home)


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
