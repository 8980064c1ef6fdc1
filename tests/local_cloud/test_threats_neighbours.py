"""What others may do: a fellow user of the machine, a function's code, a client with few rights."""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from workshop_lib.local_cloud import launcher
from workshop_lib.local_cloud.launcher import RunningCloud

ACCOUNT = "123456789012"
BUCKET = "threats-neighbours"
Client = Callable[..., Any]
posix_only = pytest.mark.skipif(os.name != "posix", reason="POSIX modes and users")

CODE = """
import os, socket, tempfile
def handler(event, context):
    if 'read' in event:
        return open(event['read']).read()
    if 'connect' in event:
        with socket.create_connection(('127.0.0.1', event['connect']), timeout=5) as connection:
            connection.sendall(b'hello')
    return {'pid': os.getpid(), 'tmp': tempfile.gettempdir(),
            'mode': os.stat(tempfile.gettempdir()).st_mode & 0o777}
"""


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home in a folder that everybody may look into, so that only its own modes protect it."""
    # Of /tmp a function has its own, and could not look for the home there.
    place = "/var/tmp" if sys.platform == "linux" else None
    folder = Path(tempfile.mkdtemp(prefix="threats-", dir=place))
    folder.chmod(0o755)
    yield folder / "cloud"
    launcher.stop(folder / "cloud")
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def cloud(home: Path) -> RunningCloud:
    return launcher.ensure_running(home)


@pytest.fixture(scope="module")
def clients(cloud: RunningCloud, clients_of: Callable[..., Client]) -> Client:
    return clients_of(cloud)


def allow(action: Any, resource: Any = "*") -> str:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def make_zip(code: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("handler.py", code)
    return archive.getvalue()


@pytest.fixture(scope="module")
def powerful_role(clients: Client) -> str:
    """A role that may do everything, as which functions run."""
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
             "Principal": {"Service": "lambda.amazonaws.com"}}]}  # fmt: skip
    iam = clients("iam")
    role = iam.create_role(RoleName="powerful", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    iam.put_role_policy(RoleName="powerful", PolicyName="all", PolicyDocument=allow("*"))
    return str(role["Arn"])


@pytest.fixture(scope="module")
def invoke(clients: Client, powerful_role: str) -> Callable[..., Any]:
    """Run the function."""
    functions = clients("lambda")
    functions.create_function(
        FunctionName="neighbour", Runtime="python3.13", Role=powerful_role, Timeout=20,
        Handler="handler.handler", Code={"ZipFile": make_zip(CODE)},
    )  # fmt: skip

    def call(**event: Any) -> Any:
        answer = functions.invoke(FunctionName="neighbour", Payload=json.dumps(event))
        assert "FunctionError" not in answer
        return json.loads(answer["Payload"].read())

    return call


@posix_only
class TestAFellowUser:
    def test_modes(self, home: Path, invoke: Callable[..., Any]) -> None:
        """The home is its owner's alone, and each secret in it is so again; /tmp holds nothing."""
        ran = invoke()
        assert 0o700 == stat.S_IMODE(home.stat().st_mode)
        secret = [home / "credentials.json", home / "cloud.log", home / "running.json"]
        assert [0o600] * 3 == [stat.S_IMODE(file.stat().st_mode) for file in secret]
        folders = list((home / "scratch").iterdir())
        assert [0o700] * len(folders) == [stat.S_IMODE(folder.stat().st_mode) for folder in folders]
        assert 0o700 == ran["mode"]

    @pytest.mark.skipif(
        sys.platform != "linux" or os.geteuid() != 0, reason="only root may act as another user"
    )
    def test_another_user_reads_nothing(
        self, home: Path, cloud: RunningCloud, invoke: Callable[..., Any]
    ) -> None:
        """As another user: neither the key, nor the log, nor an environment, nor a package."""
        pid = invoke()["pid"]
        for command in (
            ["ls", str(home)], ["cat", str(home / "credentials.json")],
            ["cat", str(home / "cloud.log")], ["cat", f"/proc/{cloud.pid}/environ"],
            ["cat", f"/proc/{pid}/environ"], ["ls", f"/proc/{pid}/fd/"],
            ["kill", "-0", str(cloud.pid)], ["sh", "-c", f"echo x > {home}/running.json"],
        ):  # fmt: skip
            done = subprocess.run(
                command, user="nobody", group="nogroup", extra_groups=[],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode != 0, command
            assert "" == done.stdout

    def test_one_door(self, cloud: RunningCloud, invoke: Callable[..., Any]) -> None:
        """The cloud and its workers listen on one loopback port and on no other socket."""
        invoke()
        process = psutil.Process(cloud.pid)
        family = [process, *process.children(recursive=True)]
        assert len(family) > 1
        listening = {
            tuple(found.laddr)
            for member in family
            for found in member.net_connections("inet")
            if found.status == psutil.CONN_LISTEN
        }
        assert {("127.0.0.1", cloud.port)} == listening
        named = [
            found.laddr
            for member in family
            for found in member.net_connections("unix")
            if found.laddr
        ]
        assert [] == named

    def test_the_commands_of_processes_hold_no_secret(
        self, cloud: RunningCloud, invoke: Callable[..., Any]
    ) -> None:
        """What `ps` shows to everyone names neither key nor secret."""
        invoke()
        process = psutil.Process(cloud.pid)
        for member in (process, *process.children(recursive=True)):
            shown = " ".join(member.cmdline())
            assert cloud.secret_access_key not in shown
            assert cloud.access_key_id not in shown


class TestAFunction:
    """The honest lines: a function's code runs as the attendee, as her own programs do."""

    def test_it_reads_what_its_owner_may(
        self, cloud: RunningCloud, home: Path, invoke: Callable[..., Any]
    ) -> None:
        """Its process is the attendee's: it reads her files, the cloud's own key among them."""
        key = json.loads(invoke(read=str(home / "credentials.json")))
        assert cloud.secret_access_key in key.values()

    def test_it_may_call_out(self, invoke: Callable[..., Any]) -> None:
        """It opens connections to wherever the machine can, as on AWS."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(10)
            invoke(connect=listener.getsockname()[1])
            connection, _ = listener.accept()
            with connection:
                assert b"hello" == connection.recv(100)

    def test_its_zip_may_lie(self, clients: Client, powerful_role: str) -> None:
        """A zip whose directory states a small size is not unpacked beyond the bound."""
        archive = bytearray(make_zip("x = 1\n" + "#" * 1000))
        # The uncompressed size in the central directory, 24 bytes after its signature.
        place = archive.rindex(b"PK\x01\x02") + 24
        archive[place : place + 4] = (1).to_bytes(4, "little")
        functions = clients("lambda")
        functions.create_function(
            FunctionName="liar", Runtime="python3.13", Role=powerful_role,
            Handler="handler.handler", Code={"ZipFile": bytes(archive)},
        )  # fmt: skip
        answer = refusal(functions.invoke, FunctionName="liar")
        assert "Could not unzip uploaded file: 'handler.py' cannot be read" in answer


class Developer:
    """A user who may use Lambda, API Gateway and one bucket, and nothing of IAM."""

    def __init__(self, clients: Client) -> None:
        self._clients = clients
        name = f"developer-{secrets.token_hex(4)}"
        iam = clients("iam")
        iam.create_user(UserName=name)
        for number, policy in enumerate((
            allow(["lambda:*", "apigateway:*"]),
            allow("s3:*", [f"arn:aws:s3:::{BUCKET}-own", f"arn:aws:s3:::{BUCKET}-own/*"]),
        )):  # fmt: skip
            iam.put_user_policy(UserName=name, PolicyName=str(number), PolicyDocument=policy)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        self.name = name
        self.keys = Credentials(key["AccessKeyId"], key["SecretAccessKey"])

    def client(self, service: str) -> Any:
        return self._clients(
            service,
            aws_access_key_id=self.keys.access_key,
            aws_secret_access_key=self.keys.secret_key,
        )


@pytest.fixture(scope="module")
def developer(clients: Client, powerful_role: str) -> Developer:
    clients("s3").create_bucket(Bucket=BUCKET)
    clients("s3").create_bucket(Bucket=f"{BUCKET}-own")
    clients("s3").put_object(Bucket=BUCKET, Key="secret.txt", Body=b"secret")
    return Developer(clients)


def refusal(call: Callable[..., Any], **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] in (400, 403)
    return f"{response['Error']['Code']}: {response['Error']['Message']}"


class TestANarrowClient:
    @pytest.mark.parametrize(
        ("operation", "parameters"),
        [
            ("put_user_policy",
             {"UserName": "{me}", "PolicyName": "p", "PolicyDocument": allow("*")}),
            ("attach_user_policy",
             {"UserName": "{me}", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
            ("create_access_key", {"UserName": "workshop"}),
            ("create_access_key", {}),
            ("create_user", {"UserName": "eve"}),
            ("put_role_policy",
             {"RoleName": "powerful", "PolicyName": "p", "PolicyDocument": allow("*")}),
            ("update_assume_role_policy", {"RoleName": "powerful", "PolicyDocument": allow("*")}),
            ("create_role", {"RoleName": "mine", "AssumeRolePolicyDocument": allow("*")}),
            ("delete_user_permissions_boundary", {"UserName": "{me}"}),
        ],
    )  # fmt: skip
    def test_gives_itself_no_rights(
        self, developer: Developer, operation: str, parameters: dict[str, str]
    ) -> None:
        """No way through IAM to rights that were not given."""
        filled = {name: value.replace("{me}", developer.name) for name, value in parameters.items()}
        call = getattr(developer.client("iam"), operation)
        assert "AccessDenied: User: arn:aws:iam::" in refusal(call, **filled)

    def test_passes_no_role(self, developer: Developer, powerful_role: str) -> None:
        """Neither a new function, nor an old one, nor an API's integration takes a role along."""
        functions = developer.client("lambda")
        code = {"ZipFile": make_zip(CODE)}
        answer = refusal(
            functions.create_function, FunctionName="mine", Runtime="python3.13",
            Role=powerful_role, Handler="handler.handler", Code=code,
        )  # fmt: skip
        assert "iam:PassRole" in answer
        gateway = developer.client("apigateway")
        api = gateway.create_rest_api(name="mine")["id"]
        root = gateway.get_resources(restApiId=api)["items"][0]["id"]
        where = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
        gateway.put_method(**where, authorizationType="NONE")
        uri = (
            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
            f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f/invocations"
        )
        answer = refusal(
            gateway.put_integration, **where, type="AWS_PROXY", integrationHttpMethod="POST",
            uri=uri, credentials=powerful_role,
        )  # fmt: skip
        assert "iam:PassRole" in answer
        assert "sts:AssumeRole" in refusal(
            developer.client("sts").assume_role, RoleArn=powerful_role, RoleSessionName="me"
        )

    def test_an_old_function_takes_no_other_role(
        self, developer: Developer, powerful_role: str, invoke: Callable[..., Any], clients: Client
    ) -> None:
        """Changing a function's role is passing one."""
        invoke()
        answer = refusal(
            developer.client("lambda").update_function_configuration,
            FunctionName="neighbour", Role=powerful_role,
        )  # fmt: skip
        assert "iam:PassRole" in answer

    def test_has_the_role_of_a_function_it_may_change(
        self, developer: Developer, clients: Client, powerful_role: str
    ) -> None:
        """Who may change a function's code acts as its role, as on AWS."""
        clients("lambda").create_function(
            FunctionName="changed", Runtime="python3.13", Role=powerful_role,
            Handler="handler.handler", Code={"ZipFile": make_zip(CODE)},
        )  # fmt: skip
        code = (
            "import boto3\ndef handler(event, context):\n"
            f"    found = boto3.client('s3').get_object(Bucket='{BUCKET}', Key='secret.txt')\n"
            "    return found['Body'].read().decode()\n"
        )
        functions = developer.client("lambda")
        functions.update_function_code(FunctionName="changed", ZipFile=make_zip(code))
        assert b'"secret"' == functions.invoke(FunctionName="changed")["Payload"].read()

    def test_reads_no_other_bucket(self, developer: Developer, cloud: RunningCloud) -> None:
        """Not by call, by copy, by a URL it signs, by another's policy, or around its own path."""
        s3 = developer.client("s3")
        where = {"Bucket": BUCKET, "Key": "secret.txt"}
        assert "AccessDenied" in refusal(s3.get_object, **where)
        own = {"Bucket": f"{BUCKET}-own", "Key": "copy"}
        assert "AccessDenied" in refusal(s3.copy_object, **own, CopySource=where)
        assert 403 == httpx.get(s3.generate_presigned_url("get_object", where)).status_code
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
                  "Action": "s3:*", "Resource": f"arn:aws:s3:::{BUCKET}/*"}]}  # fmt: skip
        assert "AccessDenied" in refusal(
            s3.put_bucket_policy, Bucket=BUCKET, Policy=json.dumps(policy)
        )
        around = s3.generate_presigned_url(
            "get_object", {**own, "Key": f"../{BUCKET}/secret.txt"}
        )  # fmt: skip
        assert b"secret" != httpx.get(around).content

    @pytest.mark.parametrize("path", ["/_cloud/shutdown", "/_cloud/status"])
    def test_does_not_end_the_cloud(
        self, developer: Developer, cloud: RunningCloud, path: str
    ) -> None:
        """The launcher's calls are the owner's alone, whoever signs them."""
        method = "POST" if path.endswith("shutdown") else "GET"
        url = cloud.endpoint_url + path
        headers = {"x-workshop-nonce": hashlib.md5(path.encode()).hexdigest()}
        request = AWSRequest(method, url, headers)
        SigV4Auth(developer.keys, "workshop-cloud", "us-east-1").add_auth(request)
        answer = httpx.request(method, url, headers=dict(request.headers.items()), trust_env=False)
        assert 403 == answer.status_code
        assert launcher.status(cloud.log_path.parent) == cloud
