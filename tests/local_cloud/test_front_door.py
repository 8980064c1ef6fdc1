"""The door over real HTTP: who comes in, who does not, and what survives the way."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from workshop_lib.local_cloud.launcher import RunningCloud

Client = Callable[..., Any]
AWKWARD_KEYS = [
    "a b.txt", "a+b", "é/ü/中文.jpg", "a%2Fb", "100%", "/lead", "//double//slash", "..", "x/../y",
    "./z", "folder/", "a;b?c#d&e=f", "~t'()*!", "a\\b", "x.s3.eu-west-1.amazonaws.com/y",
    "\U0001f600",
]  # fmt: skip


@pytest.fixture(scope="module")
def bucket(client: Client) -> str:
    name = "front-door-tests"
    client("s3").create_bucket(Bucket=name)
    return name


def sign(cloud: RunningCloud, url: str, service: str = "s3", **options: Any) -> dict[str, str]:
    """Return the headers of a request signed with the owner's key."""
    request = AWSRequest(
        options.get("method", "GET"), url, options.get("headers"), data=options.get("body", b"")
    )
    keys = Credentials(cloud.access_key_id, cloud.secret_access_key)
    signer = S3SigV4Auth if service == "s3" else SigV4Auth
    signer(keys, service, "us-east-1").add_auth(request)
    return dict(request.headers.items())


def refused(call: Callable[..., Any], **parameters: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


class TestWhoComesIn:
    def test_the_owner(self, client: Client) -> None:
        """The home's own key pair belongs to a real IAM user, who may do everything."""
        identity = client("sts").get_caller_identity()
        assert "arn:aws:iam::123456789012:user/workshop" == identity["Arn"]
        assert "123456789012" == identity["Account"]
        assert "workshop" == client("iam").get_user()["User"]["UserName"]

    def test_a_user_with_keys_of_her_own(self, client: Client, bucket: str) -> None:
        """Keys made by CreateAccessKey work, until they are inactive or deleted."""
        iam = client("iam")
        iam.create_user(UserName="door-anna")
        iam.put_user_policy(
            UserName="door-anna", PolicyName="list",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]}),
        )  # fmt: skip
        key = iam.create_access_key(UserName="door-anna")["AccessKey"]
        keys = {
            "aws_access_key_id": key["AccessKeyId"],
            "aws_secret_access_key": key["SecretAccessKey"],
        }
        anna = client("sts", **keys).get_caller_identity()
        assert "arn:aws:iam::123456789012:user/door-anna" == anna["Arn"]
        names = [found["Name"] for found in client("s3", **keys).list_buckets()["Buckets"]]
        assert bucket in names
        iam.update_access_key(
            UserName="door-anna", AccessKeyId=key["AccessKeyId"], Status="Inactive"
        )
        call = client("sts", **keys).get_caller_identity
        assert ("InvalidClientTokenId", 403) == refused(call)
        iam.delete_access_key(UserName="door-anna", AccessKeyId=key["AccessKeyId"])
        assert ("InvalidAccessKeyId", 403) == refused(client("s3", **keys).list_buckets)

    def test_a_role_session(self, client: Client) -> None:
        """A session of a role says whose it is, and needs its token."""
        iam = client("iam")
        trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                 "Principal": {"AWS": "arn:aws:iam::123456789012:user/workshop"},
                 "Action": "sts:AssumeRole"}]}  # fmt: skip
        role = iam.create_role(
            RoleName="door-role", AssumeRolePolicyDocument=json.dumps(trust)
        )["Role"]["Arn"]  # fmt: skip
        session = client("sts").assume_role(RoleArn=role, RoleSessionName="door")["Credentials"]
        keys = {
            "aws_access_key_id": session["AccessKeyId"],
            "aws_secret_access_key": session["SecretAccessKey"],
        }
        caller = client("sts", **keys, aws_session_token=session["SessionToken"])
        arn = "arn:aws:sts::123456789012:assumed-role/door-role/door"
        assert arn == caller.get_caller_identity()["Arn"]
        assert ("InvalidClientTokenId", 403) == refused(client("sts", **keys).get_caller_identity)

    def test_a_presigned_identity(self, client: Client) -> None:
        """A presigned GetCallerIdentity tells who signed it."""
        url = client("sts").generate_presigned_url(
            "get_caller_identity", ExpiresIn=60, HttpMethod="GET"
        )
        answer = httpx.get(url, trust_env=False)
        assert "user/workshop" in answer.text

    @pytest.mark.parametrize(
        ("service", "call", "parameters", "expected"),
        [
            ("s3", "list_buckets", {}, ("SignatureDoesNotMatch", 403)),
            ("iam", "list_users", {}, ("SignatureDoesNotMatch", 403)),
            ("sns", "list_topics", {}, ("SignatureDoesNotMatch", 403)),
            ("dynamodb", "list_tables", {}, ("InvalidSignatureException", 400)),
            ("sqs", "list_queues", {}, ("InvalidSignatureException", 400)),
            ("logs", "describe_log_groups", {}, ("InvalidSignatureException", 400)),
            ("cloudwatch", "list_metrics", {}, ("InvalidSignatureException", 400)),
            ("lambda", "list_functions", {}, ("InvalidSignatureException", 403)),
            ("apigateway", "get_rest_apis", {}, ("InvalidSignatureException", 403)),
        ],
    )
    def test_a_wrong_secret(
        self, local_cloud: RunningCloud, client: Client, service: str, call: str,
        parameters: dict[str, Any], expected: tuple[str, int],
    ) -> None:  # fmt: skip
        """boto3 reads the refusal of a wrong secret in every protocol."""
        wrong = client(
            service, aws_access_key_id=local_cloud.access_key_id, aws_secret_access_key="w" * 40
        )
        assert expected == refused(getattr(wrong, call), **parameters)

    def test_nobody(self, local_cloud: RunningCloud, bucket: str) -> None:
        """Unsigned calls are refused: a list of buckets, a private bucket, an API."""
        for path in ("/", f"/{bucket}", f"/{bucket}/key", "/restapis"):
            answer = httpx.get(local_cloud.endpoint_url + path, trust_env=False)
            assert 403 == answer.status_code, path
        headers = {"X-Amz-Target": "DynamoDB_20120810.ListTables"}
        answer = httpx.post(local_cloud.endpoint_url, headers=headers, trust_env=False)
        assert (400, "MissingAuthenticationTokenException") == (
            answer.status_code,
            answer.json()["__type"],
        )


class TestWhatIsNotHere:
    @pytest.mark.parametrize(
        "path",
        [
            "/moto-api/", "/moto-api/data.json", "/moto-api/state-manager/get-transition",
            "/latest/meta-data/iam/security-credentials/", "/latest/api/token",
            "/favicon.ico", "/_cloud/status", "/_cloud/shutdown",
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
    def test_no_route_without_a_signature(
        self, local_cloud: RunningCloud, path: str, method: str
    ) -> None:
        """Neither moto's own routes nor instance metadata nor the launcher's are open."""
        answer = httpx.request(method, local_cloud.endpoint_url + path, trust_env=False)
        assert answer.status_code in (403, 404, 405, 501)
        assert b"moto" not in answer.content.replace(b"moto-api", b"")

    def test_moto_reset_needs_more_than_a_signature(
        self, local_cloud: RunningCloud, client: Client, bucket: str
    ) -> None:
        """A signed call of moto's reset is a call of S3, and resets nothing."""
        url = f"{local_cloud.endpoint_url}/moto-api/reset"
        httpx.post(url, headers=sign(local_cloud, url, method="POST"), trust_env=False)
        assert bucket in [found["Name"] for found in client("s3").list_buckets()["Buckets"]]

    @pytest.mark.parametrize(
        ("service", "call", "words"),
        [
            ("rekognition", "list_collections", "exists only on AWS"),
            ("ec2", "describe_vpcs", "does not have the service 'ec2'"),
            ("stepfunctions", "list_state_machines", "does not have the service 'states'"),
        ],
    )
    def test_other_services(self, client: Client, service: str, call: str, words: str) -> None:
        """A service that no lesson uses is refused with a sentence that says so."""
        with pytest.raises(ClientError, match=words):
            getattr(client(service), call)()

    def test_canned_credentials(self, client: Client) -> None:
        """moto's example session tokens are not given out."""
        refusal = refused(client("sts").get_session_token)
        assert ("InvalidAction", 400) == refusal

    def test_the_owner_key_controls_only_by_the_launcher(self, local_cloud: RunningCloud) -> None:
        """A request signed for another service does not end the cloud."""
        url = f"{local_cloud.endpoint_url}/_cloud/shutdown"
        headers = sign(local_cloud, url, "iam", method="POST")
        answer = httpx.post(url, headers=headers, trust_env=False)
        assert 403 == answer.status_code


class TestHosts:
    @pytest.mark.parametrize(
        "host",
        [
            "evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "0.0.0.0:{port}",
            "localhost.evil.example:{port}", "s3-website.localhost:{port}", "",
            "a.s3-website.localhost.evil.example:{port}", "[::1]:{port}", "user@127.0.0.1:{port}",
        ],
    )  # fmt: skip
    def test_foreign_names(self, local_cloud: RunningCloud, host: str) -> None:
        """A Host this cloud does not answer to is refused, even with a valid signature."""
        name = host.format(port=local_cloud.port)
        url = f"{local_cloud.endpoint_url}/"
        headers = sign(local_cloud, url, headers={"Host": name})
        assert [name] == [value for key, value in headers.items() if key.lower() == "host"]
        status, body = send(local_cloud, "GET", "/", headers)
        assert (403, True) == (status, b"does not answer to the host" in body)

    def test_localhost(self, local_cloud: RunningCloud) -> None:
        """localhost is a name of this cloud as well."""
        url = f"http://localhost:{local_cloud.port}/"
        status, _ = send(local_cloud, "GET", "/", sign(local_cloud, url) | host_of(url))
        assert 200 == status

    def test_a_bucket_of_its_own_name(
        self, local_cloud: RunningCloud, client: Client, bucket: str
    ) -> None:
        """Virtual-hosted addresses reach the bucket's objects."""
        client("s3").put_object(Bucket=bucket, Key="virtual/host", Body=b"here")
        url = f"http://{bucket}.s3.localhost:{local_cloud.port}/virtual/host"
        status, body = send(
            local_cloud, "GET", "/virtual/host", sign(local_cloud, url) | host_of(url)
        )
        assert (200, b"here") == (status, body)

    def test_a_whole_address_as_target(self, local_cloud: RunningCloud) -> None:
        """A proxy's request target is refused: its host would be another than the header's."""
        target = f"{local_cloud.endpoint_url}/"
        status, _ = send(local_cloud, "GET", target, host_of(target))
        assert 400 == status


class TestWhatSurvives:
    @pytest.mark.parametrize("key", AWKWARD_KEYS)
    def test_keys(self, client: Client, bucket: str, key: str) -> None:
        """Every key is stored, listed, read, presigned and deleted byte for byte."""
        s3 = client("s3")
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=key)["Contents"]
        assert key in [found["Key"] for found in listed]
        assert key.encode() == s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        where = {"Bucket": bucket, "Key": key}
        url = s3.generate_presigned_url("get_object", where, ExpiresIn=60)
        status, body = fetch(url)
        assert (200, key.encode()) == (status, body)
        s3.delete_object(Bucket=bucket, Key=key)
        assert ("404", 404) == refused(s3.head_object, **where)

    @pytest.mark.parametrize(
        ("path", "code"),
        [("/{bucket}/%ff", "InvalidURI"), ("/{bucket}/" + "k" * 1025, "KeyTooLongError"),
         ("/no%2Fbucket/key", "InvalidBucketName"), ("/-b/key", "InvalidBucketName"),
         ("//key", "InvalidBucketName")],
    )  # fmt: skip
    def test_what_is_no_key(
        self, local_cloud: RunningCloud, bucket: str, path: str, code: str
    ) -> None:
        """What is no UTF-8, too long, or no bucket's name is refused, not guessed at."""
        target = path.format(bucket=bucket)
        url = local_cloud.endpoint_url + target
        status, body = send(local_cloud, "GET", target, sign(local_cloud, url))
        assert (400, code) == (status, ET.fromstring(body).findtext("Code"))

    def test_metadata_with_underscores(self, client: Client, bucket: str) -> None:
        """Metadata keeps its names: lower case, underscores and hyphens apart."""
        metadata = {"my_key": "1", "other-key": "2"}
        s3 = client("s3")
        s3.put_object(Bucket=bucket, Key="metadata", Metadata=metadata)
        assert metadata == s3.head_object(Bucket=bucket, Key="metadata")["Metadata"]

    def test_the_signed_region(self, client: Client) -> None:
        """The Region is the one that was signed, whatever the User-Agent and the key say."""
        sns = client("sns", region="eu-west-1")
        arn = sns.create_topic(Name="door-region")["TopicArn"]
        assert "arn:aws:sns:eu-west-1:123456789012:door-region" == arn
        assert [] == client("sns", region="eu-central-1").list_topics()["Topics"]

    # Of the CRCs, the check values that the catalogue of parametrised CRC algorithms publishes.
    @pytest.mark.parametrize(
        ("checksum", "digest"),
        [
            ("crc32", "cbf43926"),
            ("crc32c", "e3069283"),
            ("crc64nvme", "ae8b14860a799888"),
            ("sha1", "f7c3bc1d808e04732adf679965ccc34ca7ae3441"),
            ("sha256", "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"),
        ],
    )
    def test_streamed_bodies(
        self, local_cloud: RunningCloud, bucket: str, checksum: str, digest: str, client: Client
    ) -> None:
        """A body sent in chunks with a trailing checksum arrives as it was, or not at all."""
        body = b"123456789"
        url = f"{local_cloud.endpoint_url}/{bucket}/streamed"
        trailer = f"x-amz-checksum-{checksum}"
        encoded = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n"
        encoded += f"{trailer}:{base64.b64encode(bytes.fromhex(digest)).decode()}\r\n\r\n".encode()
        headers = {
            "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
            "x-amz-decoded-content-length": str(len(body)),
            "x-amz-trailer": trailer,
            "content-encoding": "aws-chunked",
        }
        signed = sign_as_is(local_cloud, url, headers)
        status, answer = send(local_cloud, "PUT", f"/{bucket}/streamed", signed, encoded)
        assert 200 == status, answer
        found = client("s3").get_object(Bucket=bucket, Key="streamed")
        assert body == found["Body"].read()
        assert "aws-chunked" not in found.get("ContentEncoding", "")
        broken = encoded.replace(body, b"123456780")
        status, answer = send(local_cloud, "PUT", f"/{bucket}/streamed", signed, broken)
        assert (400, b"BadDigest" in answer) == (status, True)

    def test_expect_continue(self, local_cloud: RunningCloud, bucket: str) -> None:
        """A client that waits for 100 Continue before it sends the body is told to go on."""
        url = f"{local_cloud.endpoint_url}/{bucket}/expected"
        headers = sign(local_cloud, url, method="PUT", body=b"body") | host_of(url)
        lines = [f"PUT /{bucket}/expected HTTP/1.1", "Expect: 100-continue", "Content-Length: 4"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        with socket.create_connection(("127.0.0.1", local_cloud.port), timeout=10) as connection:
            connection.sendall("\r\n".join([*lines, "", ""]).encode())
            assert b"100 Continue" in connection.recv(1000)
            connection.sendall(b"body")
            assert b"200 OK" in connection.recv(1000)

    @pytest.mark.parametrize(
        ("digest", "code"),
        [("XUFAKrxLKna5cZ2REBfFkg==", "BadDigest"), ("not a digest", "InvalidDigest")],
    )
    def test_a_digest_that_does_not_match(
        self, local_cloud: RunningCloud, bucket: str, digest: str, code: str
    ) -> None:
        """A Content-MD5 of another body is refused, and one that is none."""
        url = f"{local_cloud.endpoint_url}/{bucket}/digest"
        md5 = {"content-md5": digest}
        headers = sign(local_cloud, url, method="PUT", body=b"other", headers=md5)
        status, body = send(local_cloud, "PUT", f"/{bucket}/digest", headers, b"other")
        assert (400, code) == (status, ET.fromstring(body).findtext("Code"))


class TestBounds:
    def test_large_headers(self, local_cloud: RunningCloud) -> None:
        """A header beyond its bound ends the request."""
        status, _ = send(local_cloud, "GET", "/", {"X-Filler": "x" * 100_000})
        assert 431 == status

    def test_a_body_that_says_it_is_too_large(self, local_cloud: RunningCloud) -> None:
        """A body beyond its bound is refused before it is sent."""
        request = f"PUT /b/k HTTP/1.1\r\nHost: 127.0.0.1:{local_cloud.port}\r\n"
        request += "Content-Length: 9999999999\r\n\r\n"
        with socket.create_connection(("127.0.0.1", local_cloud.port), timeout=10) as connection:
            connection.sendall(request.encode())
            assert b"413" in connection.recv(1000)

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Authorization": "AWS4-HMAC-SHA256 Credential=AKIAAAAAAAAAAAAAAAAA/20260101/us-east-1/"
             "s3/aws4_request, SignedHeaders=host, Signature=00", "X-Amz-Date": "20260101T000000Z"},
        ],
    )  # fmt: skip
    def test_a_large_body_of_a_stranger(
        self, local_cloud: RunningCloud, bucket: str, headers: dict[str, str]
    ) -> None:
        """Who names no key of this cloud sends no more than 12 MB."""
        body = b"x" * (13 * 1024 * 1024)
        status, answer = send(local_cloud, "PUT", f"/{bucket}/large", headers, body)
        assert status in (400, 403)
        assert ET.fromstring(answer).findtext("Code") in ("EntityTooLarge", "RequestTimeTooSkewed")

    def test_loopback_only(self, local_cloud: RunningCloud) -> None:
        """Nothing listens on the machine's other addresses."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(("192.0.2.1", 9))
            except OSError:
                pytest.skip("this machine has no address but loopback")
            address = probe.getsockname()[0]
        with socket.socket() as connection:
            connection.settimeout(2)
            assert 0 != connection.connect_ex((address, local_cloud.port))


class TestLog:
    def test_no_secret_is_written(
        self, local_cloud: RunningCloud, client: Client, bucket: str
    ) -> None:
        """The operator's log has a line per request and neither secret nor signature."""
        where = {"Bucket": bucket, "Key": "logged"}
        url = client("s3").generate_presigned_url("put_object", where, ExpiresIn=60)
        httpx.put(url, content=b"x", trust_env=False)
        client("sts").get_caller_identity()
        text = local_cloud.log_path.read_text()
        assert f"PUT s3 - /{bucket}/logged 200" in text
        assert "POST sts GetCallerIdentity / 200" in text
        assert local_cloud.secret_access_key not in text
        assert "X-Amz-Signature" not in text
        assert "Signature=" not in text


def sign_as_is(cloud: RunningCloud, url: str, headers: dict[str, str]) -> dict[str, str]:
    """Sign a PUT whose content hash is the word in its own header."""
    request = AWSRequest("PUT", url, headers)
    SigV4Auth(
        Credentials(cloud.access_key_id, cloud.secret_access_key), "s3", "us-east-1"
    ).add_auth(request)
    return dict(request.headers.items())


def host_of(url: str) -> dict[str, str]:
    return {"Host": url.split("/")[2]}


def send(
    cloud: RunningCloud, method: str, target: str, headers: dict[str, str], body: bytes = b""
) -> tuple[int, bytes]:
    """Send a request whose target no client library has touched."""
    connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=30)
    connection.putrequest(method, target, skip_host="Host" in headers)
    for name, value in (headers | {"Content-Length": str(len(body))}).items():
        connection.putheader(name, value)
    connection.endheaders(body)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response.status, content


def fetch(url: str) -> tuple[int, bytes]:
    """Read a URL exactly as it is written."""
    host, _, rest = url.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request("GET", f"/{rest}")
    response = connection.getresponse()
    return response.status, response.read()
