"""The door's hooks into moto: each fails here first when a new moto changes under it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from workshop_lib.local_cloud.launcher import RunningCloud

Client = Callable[..., Any]


def run_with_hooks(script: str) -> Any:
    """Run Python in a process of its own, where hooks may be put in, and return what it prints."""
    prelude = """
        import json
        from workshop_lib.local_cloud import moto_hooks
        moto_hooks.install_core_hooks()
        events, deliveries = [], []
        moto_hooks.install_hooks(
            lambda *event: events.append(event),
            lambda *delivery, **further: deliveries.append((delivery, further)),
        )
    """
    code = textwrap.dedent(prelude) + textwrap.dedent(script)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert 0 == done.returncode, done.stderr
    return json.loads(done.stdout)


def test_close_global_cors(local_cloud: RunningCloud, client: Client) -> None:
    """moto's apps allow no origin to read their answers."""
    for service, call in (("dynamodb", "list_tables"), ("sts", "get_caller_identity")):
        headers = getattr(client(service), call)()["ResponseMetadata"]["HTTPHeaders"]
        assert not [name for name in headers if name.startswith("access-control")]


def test_pin_region(local_cloud: RunningCloud) -> None:
    """moto takes neither the Region of the User-Agent nor one in the address."""
    url = f"{local_cloud.endpoint_url}/?x=.eu-north-1.amazonaws.com"
    request = AWSRequest("POST", url, {
        "User-Agent": "Boto3/1.0 region/eu-central-1",
        "X-Amz-Target": "Logs_20140328.CreateLogGroup",
        "Content-Type": "application/x-amz-json-1.1",
    }, data=b'{"logGroupName": "pinned"}')  # fmt: skip
    keys = Credentials(local_cloud.access_key_id, local_cloud.secret_access_key)
    SigV4Auth(keys, "logs", "eu-west-1").add_auth(request)
    answer = httpx.post(
        url, content=request.data, headers=dict(request.headers.items()), trust_env=False
    )
    assert 200 == answer.status_code, answer.text
    describe = AWSRequest("POST", local_cloud.endpoint_url, {
        "X-Amz-Target": "Logs_20140328.DescribeLogGroups",
        "Content-Type": "application/x-amz-json-1.1",
    }, data=b"{}")  # fmt: skip
    SigV4Auth(keys, "logs", "eu-west-1").add_auth(describe)
    found = httpx.post(
        local_cloud.endpoint_url, content=b"{}", headers=dict(describe.headers.items()),
        trust_env=False,
    ).json()  # fmt: skip
    assert ["arn:aws:logs:eu-west-1:123456789012:log-group:pinned:*"] == [
        group["arn"] for group in found["logGroups"]
    ]


def test_use_secure_randomness() -> None:
    """Two processes that seed moto's generator alike draw different secrets."""
    script = """
        from moto.moto_api._internal import mock_random
        mock_random.seed(1)
        from moto.iam.models import iam_backends
        from moto.sts.models import sts_backends
        iam = iam_backends["123456789012"]["aws"]
        iam.create_user("us-east-1", "anna")
        key = iam.create_access_key("anna")
        session = sts_backends["123456789012"]["aws"].assume_role(
            region_name="us-east-1", role_session_name="s", policy=None, duration=900,
            role_arn="arn:aws:iam::123456789012:role/r", external_id=None)
        print(json.dumps([key.access_key_id, key.secret_access_key, session.secret_access_key,
                          session.session_token]))
    """
    for first, second in zip(run_with_hooks(script), run_with_hooks(script), strict=True):
        assert first != second


def test_redirect_s3_events() -> None:
    """Put, copy, multipart, post and delete each come to the hook, with moto's own arguments."""
    script = """
        from moto.s3.models import s3_backends
        s3 = s3_backends["123456789012"]["aws"]
        bucket = "bucket"
        s3.create_bucket(bucket, "us-east-1")
        key = s3.put_object(bucket, "put", b"1")
        s3.put_object(bucket, "post", b"1", request_method="POST")
        s3.copy_object(key, bucket, "copy")
        upload = s3.create_multipart_upload(
            bucket, "parts", {}, "STANDARD", {}, None, None, None)
        part = s3.upload_part(bucket, upload.id, 1, b"x")
        s3.complete_multipart_upload(bucket, upload.id, [(1, part.etag.strip('"'))])
        s3.delete_object(bucket, "put")
        print(json.dumps([[account, name.value, bucket.name, key.name]
                          for account, name, bucket, key in events]))
    """
    found = run_with_hooks(script)
    names = {key: name for _, name, _, key in found if "Created" in name}
    assert {
        "put": "s3:ObjectCreated:Put",
        "post": "s3:ObjectCreated:Post",
        "copy": "s3:ObjectCreated:Copy",
        "parts": "s3:ObjectCreated:CompleteMultipartUpload",
    } == names
    assert ["123456789012", "s3:ObjectRemoved:Delete", "bucket", "put"] in found


def test_redirect_sns_deliveries() -> None:
    """Each subscription's message comes to the hook, whatever its protocol."""
    script = """
        from moto.sns.models import sns_backends
        sns = sns_backends["123456789012"]["us-east-1"]
        topic = sns.create_topic("t")
        for protocol in ("lambda", "sqs", "http", "email"):
            endpoint = f"arn:aws:lambda:us-east-1:123456789012:function:{protocol}"
            sns.subscribe(topic.arn, endpoint, protocol)
        sns.publish("hello", arn=topic.arn, subject="greeting")
        print(json.dumps([
            [subscription.protocol, message, bool(message_id), further["subject"]]
            for (subscription, message, message_id), further in deliveries
        ]))
    """
    assert [
        [protocol, "hello", True, "greeting"] for protocol in ("lambda", "sqs", "http", "email")
    ] == run_with_hooks(script)


def test_nothing_leaves_the_machine(client: Client) -> None:
    """A message for an http subscriber is posted nowhere, not even on this machine."""
    sns = client("sns")
    topic = sns.create_topic(Name="door-http")["TopicArn"]
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(1.5)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=address)
        sns.publish(TopicArn=topic, Message="secret")
        with pytest.raises(TimeoutError):
            listener.accept()


def test_a_service_has_one_app_that_is_called_directly() -> None:
    """The front door calls a service's own app; moto lists its package folder for none of it."""
    script = """
        from moto.moto_server import werkzeug_app
        def refuse(*arguments): raise AssertionError("moto's dispatcher was asked")
        werkzeug_app.DomainDispatcherApplication.get_application = refuse
        werkzeug_app.backends.list_of_moto_modules = refuse
        from werkzeug.test import EnvironBuilder
        from werkzeug import Request
        builder = EnvironBuilder(method="POST", data={"Action": "ListUsers"})
        request = Request(builder.get_environ() | {moto_hooks.REGION: "us-east-1"})
        request.get_data(cache=True)
        answer = moto_hooks.call_moto("iam", request)
        same = moto_hooks.load_service("iam") is moto_hooks.load_service("iam")
        print(json.dumps([answer.status_code, "ListUsersResult" in answer.get_data(True), same]))
    """
    assert [200, True, True] == run_with_hooks(script)


def test_services_are_imported_one_after_the_other() -> None:
    """However many threads ask for however many services, one imports at a time, and each once."""
    script = """
        from concurrent.futures import ThreadPoolExecutor
        from threading import Lock
        from moto.moto_server import werkzeug_app
        plain, importing, made, overlaps = werkzeug_app.create_backend_app, Lock(), [], []
        def create_backend_app(service):
            if not importing.acquire(blocking=False):
                overlaps.append(service)
                return plain(service)
            try:
                made.append(service)
                return plain(service)
            finally:
                importing.release()
        werkzeug_app.create_backend_app = create_backend_app
        names = ["sns", "sqs", "kms", "logs"]
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(moto_hooks.load_service, names * 2))
        print(json.dumps([sorted(made), overlaps]))
    """
    assert [["kms", "logs", "sns", "sqs"], []] == run_with_hooks(script)


def test_metadata_names_and_keys_reach_moto_as_they_are(client: Client) -> None:
    """moto reads RAW_URI and its own list of underscored names, where the door puts them."""
    s3 = client("s3")
    s3.create_bucket(Bucket="hooks-raw")
    s3.put_object(Bucket="hooks-raw", Key="a%2Fb//c", Metadata={"a_b": "1"})
    assert ["a%2Fb//c"] == [
        found["Key"] for found in s3.list_objects_v2(Bucket="hooks-raw")["Contents"]
    ]
    assert {"a_b": "1"} == s3.head_object(Bucket="hooks-raw", Key="a%2Fb//c")["Metadata"]


def test_keep_docker_out() -> None:
    """moto runs no function by itself, whoever of its own asks it to."""
    script = """
        from moto.awslambda.models import LambdaFunction
        function = LambdaFunction.__new__(LambdaFunction)
        answers = []
        for name in ("invoke", "_invoke_lambda"):
            try:
                answers.append(getattr(function, name)("{}", {}, {}))
            except NotImplementedError as error:
                answers.append(str(error))
        print(json.dumps(answers))
    """
    assert all("runs functions itself" in answer for answer in run_with_hooks(script))


def test_use_moments() -> None:
    """In the same moment moto makes the same ids, secrets and times; in another one, others."""
    made = run_with_hooks("""
        from moto.iam.models import iam_backends
        from moto.s3.models import s3_backends
        from moto.sqs.models import sqs_backends
        from moto.sts.models import sts_backends
        from workshop_lib.local_cloud.moto_hooks import load_service
        from workshop_lib.local_cloud.moto_hooks.moments import Moment, enter_moment
        for service in ("s3", "sts", "apigateway"):
            load_service(service)
        from moto.apigateway.models import apigateway_backends
        account, number = "123456789012", iter(range(100))

        def make(seed):
            name = f"made-{next(number)}"
            with enter_moment(Moment(1_700_000_000_123_456_789, seed)):
                iam = iam_backends[account]["aws"]
                user = iam.create_user("us-east-1", name)
                key = iam.create_access_key(name)
                session = sts_backends[account]["aws"].assume_role(
                    "us-east-1", "session", "arn:aws:iam::123456789012:role/r", None, 900, None)
                s3 = s3_backends[account]["aws"]
                bucket = s3.create_bucket(name, "us-east-1")
                upload = s3.create_multipart_upload(
                    name, "key", {}, "STANDARD", {}, None, None, None)
                api = apigateway_backends[account]["us-east-1"].create_rest_api(name, "")
                queue = sqs_backends[account]["us-east-1"].create_queue(name, {})
                return [user.id, str(user.create_date), key.secret_access_key,
                        session.session_token, session.secret_access_key,
                        str(bucket.creation_date), upload.id, api.id, api.create_date,
                        queue.created_timestamp]

        print(json.dumps([make(b"one"), make(b"one"), make(b"two")]))
    """)
    first, same, other = made
    assert first == same
    times = [1, 5, 8, 9]
    assert [first[place] for place in times] == [other[place] for place in times]
    assert not {first[place] for place in (0, 2, 3, 4, 6, 7)} & set(other)
    assert 1_700_000_000 == first[8]


def test_the_environment_stays_as_it_is(client: Client) -> None:
    """AWS's managed policies are there, and what is started from here inherits nothing of it."""
    basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    assert basic == client("iam").get_policy(PolicyArn=basic)["Policy"]["Arn"]
    assert [0, 0] == run_with_hooks("""
        import os
        from workshop_lib.local_cloud.moto_hooks import install_permission_hooks
        from moto.iam.models import iam_backends
        before = dict(os.environ)
        install_permission_hooks("123456789012", lambda bucket: None)
        changed = set(os.environ.items()) ^ set(before.items())
        missing = 0 if iam_backends["123456789012"]["aws"].aws_managed_policies else 1
        print(json.dumps([len(changed), missing]))
    """)


def test_managed_policies_are_read_when_they_are_looked_at() -> None:
    """A decision, a new role and a snapshot need none of them; attaching one reads all, once."""
    assert [0, 0, True, True] == run_with_hooks("""
        from workshop_lib.local_cloud.moto_hooks import install_permission_hooks
        from workshop_lib.local_cloud.permissions.resources import MotoResources
        from workshop_lib.local_cloud.durability.service_states import pickle_service
        from moto.iam.models import iam_backends
        account = "123456789012"
        install_permission_hooks(account, lambda bucket: None)
        backend = iam_backends[account]["aws"]
        anyone = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}
        trust = json.dumps({"Statement": anyone})
        role = backend.create_role("r", trust, "/", None, "", [], "3600")
        MotoResources(account).load_managed(role.managed_policies)
        iam_backends["210987654321"]["aws-cn"]
        pickle_service("iam", None)
        read = [len(backend.__dict__["managed_policies"])]
        read.append(len(iam_backends["210987654321"]["aws-cn"].managed_policies))
        backend.attach_role_policy("arn:aws:iam::aws:policy/ReadOnlyAccess", "r")
        read.append(len(backend.__dict__["managed_policies"]) > 1000)
        read.append(vars(type(backend)).get("managed_policies") is None)
        print(json.dumps(read))
    """)


def test_leave_out_openapi_and_remember_method_names() -> None:
    """API Gateway is imported without what checks OpenAPI; a class's methods are looked up once."""
    found = run_with_hooks("""
        import sys
        from moto.core import responses
        from workshop_lib.local_cloud.moto_hooks import load_service
        load_service("apigateway")
        from moto.apigateway import models
        names = responses.method_names_from_class
        again = names(responses.BaseResponse) is names(responses.BaseResponse)
        print(json.dumps([models.validate.__module__, "jsonschema" in sys.modules, again]))
    """)
    assert ["workshop_lib.local_cloud.moto_hooks.import_hooks", False, True] == found


def test_leave_out_documentation() -> None:
    """The models of services hold no text for readers, and everything that has its name."""
    found = run_with_hooks("""
        from botocore.loaders import create_loader
        shown = []
        for service in ("lambda", "s3", "iam"):
            model = create_loader().load_service_model(service, "service-2")
            shown.append(json.dumps(model).count('"documentation": "'))
            shown.append(len(model["operations"]) > 40)
        from workshop_lib.local_cloud.moto_hooks.import_hooks import _make_undocumented
        member = {"shape": "String"}
        print(json.dumps([shown, _make_undocumented([("documentation", member), ("a", 1)])]))
    """)
    assert [[0, True] * 3, {"documentation": {"shape": "String"}, "a": 1}] == found


def test_keep_large_values() -> None:
    """What the hook takes is an object's value, read as it was put; the rest is moto's."""
    found = run_with_hooks("""
        import io
        from moto.s3.models import FakeKey
        from workshop_lib.local_cloud.moto_hooks import keep_large_values
        taken = []
        def take(value):
            if len(value) < 5:
                return None
            taken.append(len(value))
            return io.BytesIO(value)
        keep_large_values(take)
        keys = [FakeKey("k", body, "123456789012", "us-east-1") for body in (b"small", b"tiny")]
        print(json.dumps([taken, [key.value.decode() for key in keys],
                          [key.etag for key in keys], [key.size for key in keys]]))
    """)
    etags = ['"eb5c1399a871211c7e7ed732d15e3a8b"', '"d60cadf1a41c651e1f0ade50136bad43"']
    assert [[5], ["small", "tiny"], etags, [5, 4]] == found
