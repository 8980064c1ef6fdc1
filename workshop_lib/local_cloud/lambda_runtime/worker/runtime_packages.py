"""boto3 and what it needs: all that AWS's Python runtime brings along."""

from __future__ import annotations

from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

RUNTIME_PACKAGES = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
# Clients import much of botocore only when the first one of their protocol is made.
PRELOADED_CLIENTS = ("s3", "dynamodb", "sns")


class RuntimePackages:
    """A finder, last in line, that offers boto3's packages and nothing else of their folders."""

    def __init__(self, site_directories: list[str]) -> None:
        self.site_directories = site_directories

    def find_spec(
        self, name: str, path: Any = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find one of the runtime's top-level packages."""
        if path is None and name in RUNTIME_PACKAGES:
            return PathFinder.find_spec(name, self.site_directories, target)
        return None


def preload() -> None:
    """Import boto3 and what its clients need, so that a fork has them."""
    import boto3

    session = boto3.Session("unused", "unused", region_name="us-east-1")
    for service in PRELOADED_CLIENTS:
        session.client(service)
    session.resource("dynamodb")
    share_data(session._session.get_component("data_loader"))


def share_data(prepared: Any) -> None:
    """Let every session have what one has read: a first client spends most of its time reading.

    Args:
        prepared: the loader of a session; it keeps what it has read of botocore's data.
    """
    import botocore.session

    plain = botocore.session.create_loader

    def create_loader(search_path_string: str | None = None) -> Any:
        return plain(search_path_string) if search_path_string else prepared

    botocore.session.create_loader = create_loader
