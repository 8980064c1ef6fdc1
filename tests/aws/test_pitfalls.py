"""What an emulator hides: AWS's delays and refusals, as raw HTTP answers to a real client."""

import threading

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, WaiterError

from workshop_lib import patience, waits
from workshop_lib.aws import buckets, functions, roles
from workshop_lib.cloud import Cloud
from workshop_lib.errors import ResourceNotReadyError, WorkshopError
from workshop_lib.naming import Names
from workshop_lib.patience import be_patient
from workshop_lib.refusals import explain

ROLE = "arn:aws:iam::123456789012:role/workshop/r"
CONFIGURATION = {
    "FunctionName": "f", "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:f",
    "Role": ROLE, "Runtime": "python3.13", "Handler": "handler.handler", "Timeout": 30,
    "MemorySize": 512, "CodeSha256": "x", "CodeSize": 1, "LastModified": "2026-11-26",
}  # fmt: skip
REGIONS = boto3.Session().get_available_regions("s3")


def error(status, code, message):
    return status, {"message": message}, {"x-amzn-errortype": code}


def function(state, update="Successful"):
    return 200, {"Configuration": {**CONFIGURATION, "State": state, "LastUpdateStatus": update}}, {}


def xml_error(status, code, message):
    return status, f"<Error><Code>{code}</Code><Message>{message}</Message></Error>", {}


NO_FUNCTION = error(404, "ResourceNotFoundException", "There is none.")
ROLE_UNKNOWN = error(
    400, "InvalidParameterValueException",
    "The role defined for the function cannot be assumed by Lambda.",
)  # fmt: skip
BUSY = error(409, "ResourceConflictException", "An update is in progress for resource: f")
DOUBT = xml_error(
    400, "InvalidArgument", "Unable to validate the following destination configurations"
)
DONE = (200, CONFIGURATION, {})


@pytest.fixture
def client(server, monkeypatch):
    """A client as the workshop makes it for AWS, whose pauses are short."""
    monkeypatch.setattr(patience, "PAUSES_SECONDS", (0, 0, 0))
    monkeypatch.setattr(functions.patience, "PAUSES_SECONDS", (0, 0, 0))
    monkeypatch.setattr(functions.existence, "WAITING", {"Delay": 0, "MaxAttempts": 5})

    def make(service, region="us-east-1"):
        made = boto3.client(
            service, region_name=region,
            endpoint_url=f"http://127.0.0.1:{server.server_port}",
            aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="example",
            config=Config(
                retries={"mode": "standard", "max_attempts": 10}, proxies={},
                s3={"addressing_style": "path"},
            ),
        )  # fmt: skip
        be_patient(made)
        return made

    return make


def make_function(lambda_):
    return functions.ensure_function(
        lambda_, "f", role_arn=ROLE, code=b"zip", environment={}, tags={}
    )


def test_a_new_role_that_lambda_does_not_know_yet_is_waited_for(server, client):
    """CreateFunction is tried again while IAM's news have not reached Lambda."""
    server.answers.extend([NO_FUNCTION, ROLE_UNKNOWN, ROLE_UNKNOWN, DONE, function("Active")])

    assert "Active" == make_function(client("lambda")).state
    assert 3 == server.requests.count("POST /2015-03-31/functions")


def test_a_role_that_never_becomes_known_is_told(server, client):
    """After a minute the error says what to look at."""
    server.answers.extend([NO_FUNCTION, ROLE_UNKNOWN])

    with pytest.raises(ResourceNotReadyError, match="cannot be assumed"):
        make_function(client("lambda"))


def test_a_pending_function_is_waited_for(server, client):
    """A new function is given back when it is Active, by botocore's own waiter."""
    pending = [function("Pending"), function("Pending"), function("Active"), function("Active")]
    server.answers.extend([NO_FUNCTION, DONE, *pending])

    assert "Active" == make_function(client("lambda")).state


def test_a_function_that_fails_is_told(server, client):
    """A function whose creation failed is an error that says where to read why."""
    server.answers.extend([NO_FUNCTION, DONE, function("Failed")])

    with pytest.raises(ResourceNotReadyError, match="StateReason"):
        make_function(client("lambda"))


def test_a_change_during_a_change_is_tried_again(server, client):
    """ResourceConflictException during an update is waited out; about a name it is not."""
    server.answers.extend([BUSY, BUSY, DONE])
    client("lambda").update_function_configuration(FunctionName="f", Timeout=3)
    assert 3 == len(server.requests)

    exists = error(409, "ResourceConflictException", "Function already exist: f")
    server.answers.clear()
    server.answers.append(exists)
    with pytest.raises(ClientError, match="already exist"):
        client("lambda").update_function_configuration(FunctionName="f", Timeout=3)
    assert 4 == len(server.requests)


def test_throttling_is_left_to_botocore(server, client):
    """TooManyRequestsException is retried by the standard retries."""
    many = error(429, "TooManyRequestsException", "Rate exceeded")
    server.answers.extend([many, many, function("Active")])

    assert "f" == functions.describe_function(client("lambda"), "f").name
    assert 3 == len(server.requests)


def test_s3_that_doubts_a_new_permission_is_asked_again(server, client):
    """The raw call of lesson 3 passes as soon as S3 believes the function's permission."""
    server.answers.extend([DOUBT, DOUBT, (200, "", {})])

    client("s3").put_bucket_notification_configuration(
        Bucket="b", NotificationConfiguration={"LambdaFunctionConfigurations": []}
    )

    assert 3 == len(server.requests)


def test_a_name_that_is_taken_is_explained(server, client):
    """A bucket of another account is an error that names the setting to change."""
    server.answers.extend([(404, "", {}), xml_error(409, "BucketAlreadyExists", "Taken.")])

    with pytest.raises(WorkshopError, match="WORKSHOP_ATTENDEE"):
        buckets.ensure_bucket(client("s3"), "b-taken", region="us-east-1", tags={})


@pytest.mark.parametrize("region", REGIONS)
def test_location_and_namespace_are_what_the_region_takes(region):
    """CreateBucket names the Region, but not us-east-1, and the namespace where there is one."""
    sent = {}

    class Client:
        exceptions = boto3.client("s3", region_name="us-east-1").exceptions

        def create_bucket(self, **parameters):
            sent.update(parameters)

    buckets.existence._create_bucket(
        Client(), Names("anna", "123456789012", region).images_bucket, region
    )

    offered = region not in ("me-south-1", "me-central-1")
    assert ("account-regional" if offered else None) == sent.get("BucketNamespace")
    named = sent.get("CreateBucketConfiguration", {}).get("LocationConstraint")
    assert (None if region == "us-east-1" else region) == named


@pytest.mark.parametrize("region", REGIONS)
def test_presigned_urls_are_the_regions_own(region):
    """In every Region a URL is signed with SigV4, for the bucket's own regional host."""
    session = boto3.Session("AKIDEXAMPLE", "example", region_name=region)
    s3 = Cloud("aws", region, session).client("s3")

    bucket = Names("anna", "123456789012", region).images_bucket
    url = httpx.URL(buckets.presign_upload(s3, bucket, "cat.jpg"))

    suffix = s3.meta.endpoint_url.rpartition(f"{region}.")[2]
    assert f"{bucket}.s3.{region}.{suffix}" == url.host
    assert "AWS4-HMAC-SHA256" == url.params["X-Amz-Algorithm"]
    assert f"/{region}/s3/aws4_request" in url.params["X-Amz-Credential"]


@pytest.mark.parametrize(
    ("status", "code", "said", "next_step"),
    [
        (403, "AccessDenied", "blocked by the BlockPublicPolicy setting", "whole account"),
        (403, "ExpiredToken", "The provided token has expired.", "Sign in again"),
        (403, "AccessDenied", "explicit deny in a service control policy", "WORKSHOP_REGION"),
    ],
)  # fmt: skip
def test_what_only_an_account_refuses_is_explained(server, client, status, code, said, next_step):
    """Block Public Access of the account, an expiry in mid-lesson, an organisation's policy."""
    server.answers.append(xml_error(status, code, said))

    with pytest.raises(ClientError) as refused:
        client("s3").put_bucket_policy(Bucket="b", Policy="{}")

    assert next_step in explain(refused.value).next_step


def test_a_role_that_is_slow_to_appear_is_waited_for(server, client):
    """After CreateRole the workshop waits until IAM shows the role, by botocore's waiter."""
    missing = (404, iam_error("NoSuchEntity"), {})
    server.answers.extend(
        [(200, iam_role("CreateRole"), {}), missing, (200, iam_role("GetRole"), {})]
    )

    roles._create_role(client("iam"), "r", "/workshop/", {}, {}, None)

    assert 3 == len(server.requests)


def iam_error(code):
    return (
        f"<ErrorResponse><Error><Code>{code}</Code><Message>No.</Message></Error></ErrorResponse>"
    )


def iam_role(operation):
    return (
        f"<{operation}Response><{operation}Result><Role><RoleName>r</RoleName><Arn>{ROLE}</Arn>"
        f"<Path>/workshop/</Path></Role></{operation}Result></{operation}Response>"
    )


def test_a_long_wait_says_for_what_and_how_long():
    """Who waits reads for what; a short wait says nothing."""
    said = []
    with waits.telling("the role", after=0.05, say=said.append):
        threading.Event().wait(0.2)
    with waits.telling("nothing", after=30, say=said.append):
        pass

    assert "Waiting for the role …" == said[0]
    assert ["… done after 0 s."] == said[1:]


def test_a_wait_that_fails_still_raises():
    """What goes wrong while waiting is not swallowed."""
    with pytest.raises(WaiterError), waits.telling("nothing"):
        raise WaiterError("x", "y", {})
