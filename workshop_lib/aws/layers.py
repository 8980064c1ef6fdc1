"""AWS Lambda layers: what several functions share, published version by version."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

RUNTIME = "python3.13"


class LayerPackage(Protocol):
    """A packed layer: a zip on disk and its SHA-256 in hexadecimal digits."""

    @property
    def path(self) -> Path:
        """The zip."""

    @property
    def sha256(self) -> str:
        """The zip's digest in hexadecimal digits."""

    @property
    def description(self) -> str:
        """What is in it, for people."""

    @property
    def published_arn(self) -> str | None:
        """The version that somebody published for all, if so."""


@dataclass(frozen=True)
class Layer:
    """One published version of a layer.

    ``arn`` is the version's ARN, which functions name; ``reused`` says that it stood before;
    ``code_size`` in bytes.
    """

    name: str
    arn: str
    version: int
    code_sha256: str
    code_size: int
    description: str
    reused: bool


def ensure_layer(lambda_: Any, s3: Any, name: str, *, package: LayerPackage, bucket: str) -> Layer:
    """Publish the package as a new version of the layer, unless the latest has the same content.

    Args:
        lambda_: the client.
        s3: the client that carries the package.
        name: the layer's name.
        package: what to publish.
        bucket: where the zip passes through; a direct upload ends at 50 MB.
    """
    if package.published_arn:
        layer_arn, _, version = package.published_arn.rpartition(":")
        answer = lambda_.get_layer_version(LayerName=layer_arn, VersionNumber=int(version))
        return _read_version(layer_arn.rpartition(":")[2], answer, reused=True)
    digest = base64.b64encode(bytes.fromhex(package.sha256)).decode("ascii")
    latest = describe_layer(lambda_, name)
    if latest is not None and latest.code_sha256 == digest:
        return latest
    key = f"layers/{name}/{package.sha256}.zip"
    s3.upload_file(str(package.path), bucket, key)
    answer = lambda_.publish_layer_version(
        LayerName=name,
        Description=package.description[:256],
        Content={"S3Bucket": bucket, "S3Key": key},
        CompatibleRuntimes=[RUNTIME],
    )
    return _read_version(name, answer, reused=False)


def describe_layer(lambda_: Any, name: str) -> Layer | None:
    """Return the latest version of a layer, or None when it has none."""
    versions = list(_list_versions(lambda_, name))
    if not versions:
        return None
    latest = max(versions)
    answer = lambda_.get_layer_version(LayerName=name, VersionNumber=latest)
    return _read_version(name, answer, reused=True)


def share_version(lambda_: Any, layer: Layer, account_id: str) -> None:
    """Let another account use one version of a layer; again does no harm."""
    statement_id = f"account-{account_id}"
    try:
        lambda_.add_layer_version_permission(
            LayerName=layer.name,
            VersionNumber=layer.version,
            StatementId=statement_id,
            Action="lambda:GetLayerVersion",
            Principal=account_id,
        )
    except lambda_.exceptions.ResourceConflictException:
        return


def count_versions(lambda_: Any, name: str) -> int:
    """Return how many versions of a layer stand; 0 when there is no such layer."""
    return len(list(_list_versions(lambda_, name)))


def list_layers(lambda_: Any) -> list[str]:
    """Return the names of all layers of the account in this Region."""
    pages = lambda_.get_paginator("list_layers").paginate()
    return [layer["LayerName"] for page in pages for layer in page["Layers"]]


def delete_layer(lambda_: Any, name: str) -> None:
    """Delete every version of a layer; nothing happens when it has none."""
    for version in list(_list_versions(lambda_, name)):
        lambda_.delete_layer_version(LayerName=name, VersionNumber=version)


def _list_versions(lambda_: Any, name: str) -> Iterator[int]:
    try:
        for page in lambda_.get_paginator("list_layer_versions").paginate(LayerName=name):
            for version in page["LayerVersions"]:
                yield version["Version"]
    except lambda_.exceptions.ResourceNotFoundException:
        return


def _read_version(name: str, answer: dict[str, Any], *, reused: bool) -> Layer:
    content = answer["Content"]
    return Layer(
        name,
        answer["LayerVersionArn"],
        answer["Version"],
        content["CodeSha256"],
        content["CodeSize"],
        answer.get("Description", ""),
        reused,
    )
