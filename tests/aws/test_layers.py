"""Layers over real HTTP: published through S3, reused while their content is the same."""

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from workshop_lib.aws import buckets, functions, layers


@dataclass(frozen=True)
class Package:
    path: Path
    sha256: str
    description: str = "colours"
    published_arn: str | None = None


@pytest.fixture
def lambda_(client):
    return client("lambda")


@pytest.fixture
def publish(client, lambda_, name, tags, tmp_path):
    """Publish a layer whose module colours has this text."""
    bucket = buckets.ensure_bucket(
        client("s3"), f"{name}-artifacts", region="us-east-1", tags=tags
    ).name

    def ensure(source):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(zipfile.ZipInfo("python/colours.py"), source)
        path = tmp_path / "layer.zip"
        path.write_bytes(packed.getvalue())
        package = Package(path, hashlib.sha256(packed.getvalue()).hexdigest())
        return layers.ensure_layer(lambda_, client("s3"), name, package=package, bucket=bucket)

    return ensure


def test_the_same_content_is_published_once(publish, changes):
    """The first time a version is published; the same content again is that version."""
    first = publish("SKY = 'blue'")

    assert (1, False, "colours") == (first.version, first.reused, first.description)
    assert [] == changes(lambda: publish("SKY = 'blue'"))
    again = publish("SKY = 'blue'")
    assert (first.arn, True) == (again.arn, again.reused)


def test_new_content_is_a_new_version(publish, lambda_, name):
    """Another content becomes the next version, and is the latest."""
    publish("SKY = 'blue'")

    second = publish("SKY = 'red'")

    assert 2 == second.version
    assert second.arn == layers.describe_layer(lambda_, name).arn


def test_a_function_finds_what_is_in_its_layer(publish, lambda_, name, role, tags, pack):
    """A handler imports a module that only its layer has."""
    layer = publish("SKY = 'blue'")
    functions.ensure_function(
        lambda_,
        name,
        role_arn=role.arn,
        code=pack("import colours\ndef handler(event, context):\n    return colours.SKY\n"),
        environment={},
        layers=[layer.arn],
        tags=tags,
    )

    assert "blue" == functions.invoke_function(lambda_, name, {}).payload


def test_a_version_is_shared_with_another_account(publish, lambda_, name):
    """The other account's number stands in the version's policy; shared again is no error."""
    layer = publish("SKY = 'blue'")

    layers.share_version(lambda_, layer, "210987654321")
    layers.share_version(lambda_, layer, "210987654321")

    policy = lambda_.get_layer_version_policy(LayerName=name, VersionNumber=1)["Policy"]
    granted = {
        (statement["Sid"], statement["Action"], statement["Principal"]["AWS"])
        for statement in json.loads(policy)["Statement"]
    }
    root = "arn:aws:iam::210987654321:root"
    assert {("account-210987654321", "lambda:GetLayerVersion", root)} == granted


def test_all_versions_go_and_none_is_fine(publish, lambda_, name):
    """Deleting removes every version, and again does nothing."""
    publish("SKY = 'blue'")
    publish("SKY = 'red'")

    layers.delete_layer(lambda_, name)
    layers.delete_layer(lambda_, name)

    assert layers.describe_layer(lambda_, name) is None


def test_a_layer_of_the_class_is_used_as_it_stands(publish, lambda_, client, name, tmp_path):
    """A package that names a published version is that version: nothing is sent anywhere."""
    standing = publish("SKY = 'blue'")
    package = Package(tmp_path, "", published_arn=standing.arn)

    used = layers.ensure_layer(
        lambda_, client("s3"), "awstack-anna-pillow", package=package, bucket="none"
    )

    assert (standing.arn, True) == (used.arn, used.reused)
    assert layers.describe_layer(lambda_, "awstack-anna-pillow") is None
