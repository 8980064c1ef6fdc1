"""The connection: where calls go, what they carry, and what is kept of them."""

from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from workshop_lib.cloud import Cloud, connect
from workshop_lib.errors import WorkshopError
from workshop_lib.local_cloud import launcher
from workshop_lib.settings import read_settings

POISON = {
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "ALL_PROXY": "http://127.0.0.1:9",
    "NO_PROXY": "",
    "AWS_PROFILE": "no-such-profile",
    "AWS_ACCESS_KEY_ID": "AKIAREALREALREALREAL",
    "AWS_SECRET_ACCESS_KEY": "a-real-secret",
    "AWS_SESSION_TOKEN": "a-real-token",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
    "AWS_REGION": "ap-south-1",
}


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """Settings of an empty home whose cloud ends with the module."""
    home = tmp_path_factory.mktemp("home")
    yield read_settings({"WORKSHOP_HOME": str(home), "WORKSHOP_ATTENDEE": "test"})
    launcher.stop(home / "cloud")


@pytest.fixture
def cloud(settings):
    """A connection to a local cloud of its own."""
    return connect(settings)


def test_the_local_cloud_gets_no_real_credential_and_no_proxy(settings, monkeypatch, tmp_path):
    """Proxies, profiles, ~/.aws and credentials of the environment are passed over locally."""
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("[default]\nregion = eu-west-3\nbroken")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, value in POISON.items():
        monkeypatch.setenv(name, value)

    cloud = connect(settings)
    credentials = cloud.session.get_credentials()

    assert "123456789012" == cloud.account_id
    assert "us-east-1" == cloud.client("s3").meta.region_name
    assert credentials.access_key not in POISON.values()
    assert credentials.token is None
    assert 404 == cloud.http.get(f"{cloud.endpoint_url}/no-such-bucket/key").status_code


def test_calls_are_kept_with_what_they_asked_and_got(cloud):
    """Each call is recorded: service, operation, parameters, status, time, request id."""
    before = cloud.recorder.total

    cloud.client("s3").list_buckets()
    with pytest.raises(ClientError):
        cloud.client("s3").head_bucket(Bucket="no-such-bucket-at-all")

    listed, refused = cloud.recorder.since(before)
    assert ("s3", "ListBuckets", {}, 200, None) == (
        listed.service, listed.operation, listed.parameters, listed.status, listed.error_code,
    )  # fmt: skip
    assert ("HeadBucket", {"Bucket": "no-such-bucket-at-all"}, 404) == (
        refused.operation, refused.parameters, refused.status,
    )  # fmt: skip
    assert listed.milliseconds > 0
    assert listed.request_id


def test_a_call_without_an_answer_is_kept_too(cloud):
    """When nothing answers, the call is recorded with status 0 and the error's name."""
    lonely = Cloud("local", "us-east-1", cloud.session, "http://127.0.0.1:9")
    client = lonely.client("s3")
    client.meta.config.retries = {"total_max_attempts": 1}

    with pytest.raises(Exception, match=r"127\.0\.0\.1:9"):
        client.list_buckets()

    (call,) = lonely.recorder.since(0)
    assert ("s3", "ListBuckets", 0, "EndpointConnectionError") == (
        call.service, call.operation, call.status, call.error_code,
    )  # fmt: skip


def test_addresses_differ_between_the_targets():
    """A stage, a website and a public object have AWS's addresses on AWS and loopback ones here."""
    local = Cloud("local", "us-east-1", None, "http://127.0.0.1:4711")
    ireland = Cloud("aws", "eu-west-1", None)
    paris = Cloud("aws", "eu-west-3", None)

    assert "http://127.0.0.1:4711/_execute-api/abc/dev" == local.api_url("abc", "dev")
    assert "http://abc.execute-api.localhost:4711/dev" == local.browser_api_url("abc", "dev")
    assert "http://127.0.0.1:4711/_website/site/" == local.website_url("site")
    assert "http://site.s3-website.localhost:4711/" == local.browser_website_url("site")
    assert "https://abc.execute-api.eu-west-1.amazonaws.com/dev" == ireland.api_url("abc", "dev")
    assert "http://site.s3-website-eu-west-1.amazonaws.com" == ireland.website_origin("site")
    assert "http://site.s3-website.eu-west-3.amazonaws.com" == paris.website_origin("site")
    assert "https://site.s3.eu-west-3.amazonaws.com" == paris.objects_url("site")


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-east-1", "photos.s3.us-east-1.amazonaws.com"),
        ("eu-west-3", "photos.s3.eu-west-3.amazonaws.com"),
    ],
)
def test_presigned_urls_on_aws_use_version_4_and_the_buckets_own_host(monkeypatch, region, host):
    """In every Region a presigned URL is SigV4, with the bucket in the host name."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    settings = read_settings({"WORKSHOP_TARGET": "aws", "WORKSHOP_REGION": region})

    url = (
        connect(settings)
        .client("s3")
        .generate_presigned_url("put_object", {"Bucket": "photos", "Key": "cat.jpg"})
    )

    assert url.startswith(f"https://{host}/cat.jpg?X-Amz-Algorithm=AWS4-HMAC-SHA256")


def test_aws_without_credentials_says_what_to_do(monkeypatch, tmp_path):
    """On AWS, missing credentials are an error that names `aws login` and the way back."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    settings = read_settings({"WORKSHOP_HOME": str(tmp_path), "WORKSHOP_TARGET": "aws"})

    with pytest.raises(WorkshopError, match="no AWS credentials") as caught:
        connect(settings)

    assert "aws login" in caught.value.next_step


def test_on_aws_credentials_stay_where_they_are(settings, monkeypatch, tmp_path):
    """A profile's keys are used from ~/.aws, and nothing is written there or in the home."""
    running = connect(settings)
    keys = running.session.get_credentials()
    folder = tmp_path / "user" / ".aws"
    folder.mkdir(parents=True)
    (folder / "config").write_text("[profile class]\nregion = us-west-2\n")
    (folder / "credentials").write_text(
        f"[class]\naws_access_key_id = {keys.access_key}\n"
        f"aws_secret_access_key = {keys.secret_key}\n"
    )
    for name in (
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
    ):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "user"))
    monkeypatch.setenv("AWS_PROFILE", "class")
    monkeypatch.setenv("AWS_ENDPOINT_URL", running.endpoint_url)
    home = tmp_path / "workshop"
    before = {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.iterdir()}

    account = connect(replace(settings, target="aws", home=home)).account_id

    after = {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.iterdir()}
    assert ("123456789012", before) == (account, after)
    assert not home.exists()
