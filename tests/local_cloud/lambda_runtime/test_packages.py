"""Code and layers: where they are found, and what is not unpacked."""

from __future__ import annotations

import io
import json
import os
import stat
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Make = Callable[..., str]
Invoke = Callable[..., Any]
Client = Callable[..., Any]
Zip = Callable[..., bytes]

USES_LAYER = "import thing\ndef handler(event, context):\n    return thing.WHERE\n"


def publish(client: Client, name: str, archive: bytes) -> str:
    """Publish a layer and return its version's ARN."""
    response = client("lambda").publish_layer_version(LayerName=name, Content={"ZipFile": archive})
    return str(response["LayerVersionArn"])


def test_a_layers_python_folder_can_be_imported(
    make_function: Make, invoke: Invoke, client: Client, zip_files: Zip
) -> None:
    """A module under python/ is found."""
    layer = publish(client, "plain", zip_files({"python/thing.py": "WHERE = 'python'\n"}))

    assert "python" == invoke(make_function(USES_LAYER, Layers=[layer])).payload


def test_the_search_order_is_awss(
    make_function: Make, invoke: Invoke, client: Client, zip_files: Zip
) -> None:
    """The code, then lib/python3.13/site-packages of the layers, then their python/, and last
    the runtime's own boto3.
    """
    site = "python/lib/python3.13/site-packages"
    both = {f"{site}/thing.py": "WHERE = 'site'\n", "python/thing.py": "WHERE = 'python'\n"}
    layer = publish(client, "both", zip_files(both))
    own = publish(client, "own", zip_files({"python/boto3/__init__.py": "MINE = 1\n"}))
    code = {"handler.py": USES_LAYER, "thing.py": "WHERE = 'code'\n"}
    boto3 = "import boto3\ndef handler(event, context):\n    return boto3.MINE\n"

    assert "site" == invoke(make_function(USES_LAYER, Layers=[layer])).payload
    assert "code" == invoke(make_function(code, Layers=[layer])).payload
    assert 1 == invoke(make_function(boto3, Layers=[own])).payload


def test_layers_are_merged_and_the_last_wins(
    make_function: Make, invoke: Invoke, client: Client, zip_files: Zip
) -> None:
    """Layers are unpacked over each other in their order, also within one package."""
    first = publish(
        client,
        "first",
        zip_files({"python/thing/__init__.py": "WHERE = 1\n", "python/thing/a.py": "A = 1\n"}),
    )
    second = publish(client, "second", zip_files({"python/thing/__init__.py": "WHERE = 2\n"}))
    code = "import thing, thing.a\ndef handler(e, c):\n    return [thing.WHERE, thing.a.A]\n"

    assert [2, 1] == invoke(make_function(code, Layers=[first, second])).payload
    assert [1, 1] == invoke(make_function(code, Layers=[second, first])).payload


def test_code_from_s3_is_run(
    make_function: Make, invoke: Invoke, client: Client, zip_files: Zip
) -> None:
    """A function may be created from an object; an object that is not there is named."""
    s3 = client("s3")
    s3.create_bucket(Bucket="function-code")
    archive = zip_files({"handler.py": "def handler(event, context):\n    return 's3'\n"})
    s3.put_object(Bucket="function-code", Key="f.zip", Body=archive)
    name = make_function("", Code={"S3Bucket": "function-code", "S3Key": "f.zip"})

    assert "s3" == invoke(name).payload


def zip_one(name: str, mode: int = 0o644, content: bytes = b"x") -> bytes:
    """Return a zip with one entry of any name and mode."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = mode << 16
        opened.writestr(entry, content)
    return archive.getvalue()


@pytest.mark.parametrize(
    ("archive", "message"),
    [
        (b"not a zip", "Could not unzip uploaded file"),
        (zip_one("../../escaped.py"), "its path leaves the package"),
        (zip_one("/etc/escaped.py"), "its path leaves the package"),
        (zip_one("C:\\escaped.py"), "its path leaves the package"),
        (zip_one("link", stat.S_IFLNK | 0o777, b"/etc/passwd"), "symbolic link"),
    ],
)
def test_hostile_and_broken_packages_are_refused(
    client: Client, role_arn: str, archive: bytes, message: str
) -> None:
    """What is no zip, or would leave its folder, is refused at create and as a layer."""
    functions = client("lambda")

    with pytest.raises(ClientError, match=message):
        functions.create_function(
            FunctionName="hostile", Runtime="python3.13", Role=role_arn,
            Handler="handler.handler", Code={"ZipFile": archive},
        )  # fmt: skip
    with pytest.raises(ClientError, match=message):
        functions.publish_layer_version(LayerName="hostile", Content={"ZipFile": archive})


def make_bomb(megabytes: int) -> bytes:
    """Return a small zip that holds many megabytes."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as opened:
        opened.writestr("handler.py", b"\0" * (megabytes * 2**20))
    return archive.getvalue()


def test_packages_over_250_megabytes_unzipped_are_refused(client: Client, role_arn: str) -> None:
    """The size is that of what would be unpacked, and the message AWS's."""
    with pytest.raises(ClientError) as caught:
        client("lambda").publish_layer_version(
            LayerName="large", Content={"ZipFile": make_bomb(251)}
        )

    assert "InvalidParameterValueException" == caught.value.response["Error"]["Code"]
    assert "Unzipped size must be smaller than 262144000 bytes" in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "code", "message"),
    [
        ({"Environment": {"Variables": {"LONG": "x" * 4096}}}, "InvalidParameterValueException",
         "exceeded the 4KB limit"),
        ({"Environment": {"Variables": {"AWS_REGION": "x"}}}, "InvalidParameterValueException",
         "Reserved keys used in this request: AWS_REGION"),
        ({"Timeout": 901}, "ValidationException", "less than or equal to 900"),
        ({"MemorySize": 10241}, "ValidationException", "less than or equal to 10240"),
        ({"Role": "arn:aws:iam::123456789012:role/nobody"}, "InvalidParameterValueException",
         "The role defined for the function cannot be assumed by Lambda."),
    ],
)  # fmt: skip
def test_settings_out_of_bounds_are_refused(
    make_function: Make, client: Client, settings: dict[str, Any], code: str, message: str
) -> None:
    """At create and at update, with AWS's code and words."""
    name = make_function("def handler(event, context):\n    return 1\n")

    with pytest.raises(ClientError) as created:
        make_function("", FunctionName="refused", **settings)
    with pytest.raises(ClientError) as updated:
        client("lambda").update_function_configuration(FunctionName=name, **settings)

    for caught in (created, updated):
        assert code == caught.value.response["Error"]["Code"]
        assert message in caught.value.response["Error"]["Message"]


@pytest.mark.parametrize(
    "name",
    [
        "open:secret", "123456789012:function:open:secret", "123456789012:function:a b", "a/b",
        "x" * 65, "a b",
    ],
)  # fmt: skip
def test_a_name_that_no_function_has_is_refused(make_function: Make, name: str) -> None:
    """No function is made under a name that would be read as another's."""
    with pytest.raises(ClientError) as caught:
        make_function("def handler(event, context):\n    return 1\n", FunctionName=name)

    error = caught.value.response["Error"]
    assert "ValidationException" == error["Code"]
    assert f"Value '{name}' at 'functionName' failed to satisfy constraint" in error["Message"]


@pytest.mark.parametrize(
    ("arn", "code"),
    [
        ("arn:aws:lambda:eu-west-1:123456789012:function:f", "ResourceNotFoundException"),
        ("arn:aws:lambda:us-east-1:999999999999:function:f", "AccessDeniedException"),
        ("999999999999:function:f", "AccessDeniedException"),
    ],
)
def test_no_function_is_made_elsewhere(make_function: Make, arn: str, code: str) -> None:
    """An ARN of another Region or account names no function that can be made here."""
    with pytest.raises(ClientError) as caught:
        make_function("def handler(event, context):\n    return 1\n", FunctionName=arn)

    assert code == caught.value.response["Error"]["Code"]


@pytest.mark.parametrize(
    "spelling", ["{account}:function:", "arn:aws:lambda:{region}:{account}:function:"]
)
def test_a_new_function_may_be_named_by_its_arn(
    client: Client, make_function: Make, spelling: str
) -> None:
    """AWS takes the last part of a partial or full ARN for the name; a second one is refused."""
    name = f"by-arn-{os.urandom(4).hex()}"
    prefix = spelling.format(region="us-east-1", account="123456789012")
    make_function("def handler(event, context):\n    return 1\n", FunctionName=f"{prefix}{name}")

    for spelt in (name, f"{prefix}{name}"):
        found = client("lambda").get_function(FunctionName=spelt)["Configuration"]
        assert name == found["FunctionName"]
    assert f"arn:aws:lambda:us-east-1:123456789012:function:{name}" == found["FunctionArn"]
    with pytest.raises(ClientError, match="Function already exist"):
        make_function("", FunctionName=f"{prefix}{name}")


def test_a_role_that_does_not_trust_lambda_is_refused(client: Client, make_function: Make) -> None:
    """A role made for somebody else cannot be a function's."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }],
    }  # fmt: skip
    role = client("iam").create_role(
        RoleName="not-for-lambda", AssumeRolePolicyDocument=json.dumps(trust)
    )["Role"]

    with pytest.raises(ClientError, match="cannot be assumed by Lambda"):
        make_function("", Role=role["Arn"])
