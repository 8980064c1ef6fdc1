"""Functions over real HTTP, run for real: made, mended, called, allowed, retried, deleted."""

import threading

import boto3
import pytest
from botocore.stub import Stubber

from workshop_lib.aws import functions, queues, roles
from workshop_lib.errors import ResourceNotReadyError

SOURCE = "def handler(event, context):\n    print('hello')\n    return {'got': event}\n"
REPORT = (
    "START RequestId: 1 Version: $LATEST\n"
    "REPORT RequestId: 1\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\t"
    "Max Memory Used: 45 MB\t"
)


@pytest.fixture
def lambda_(client):
    return client("lambda")


@pytest.fixture
def make(lambda_, name, role, tags, pack):
    """Make the function; what is given replaces what it has by default."""

    def ensure(**changes):
        wanted = {
            "role_arn": role.arn,
            "code": pack(SOURCE),
            "environment": {"COLOUR": "blue"},
            "tags": tags,
            **changes,
        }
        return functions.ensure_function(lambda_, name, **wanted)

    return ensure


def test_a_function_is_made_and_runs(make, lambda_, name, tags):
    """What was asked for is described, and a call gets the handler's answer with its log."""
    made = make(description="says hello", memory=256, timeout=5)

    assert (name, "python3.13", "handler.handler", 256, 5, "says hello") == (
        made.name, made.runtime, made.handler, made.memory_mb, made.timeout_seconds,
        made.description,
    )  # fmt: skip
    assert ({"COLOUR": "blue"}, tags, "Active") == (made.environment, made.tags, made.state)

    answer = functions.invoke_function(lambda_, name, {"n": 1})

    assert (200, {"got": {"n": 1}}, None) == (answer.status, answer.payload, answer.error)
    assert "hello" in answer.log_lines
    assert answer.report.memory_mb == 256
    assert answer.request_id


def test_twice_is_once(make, changes):
    """Making a function that stands as wanted changes nothing."""
    make()

    assert [] == changes(make)


def test_drift_is_mended(make, lambda_, name, tags, pack, changes):
    """Changed code, configuration and lost tags are put right, each by its own call."""
    made = make()
    lambda_.update_function_code(FunctionName=name, ZipFile=pack("broken"))
    lambda_.update_function_configuration(FunctionName=name, MemorySize=128, Environment={})
    lambda_.untag_resource(Resource=made.arn, TagKeys=["attendee"])

    made_again = changes(make)

    assert ["UpdateFunctionCode", "UpdateFunctionConfiguration", "TagResource"] == made_again
    mended = functions.describe_function(lambda_, name)
    assert (made.code_sha256, 512, {"COLOUR": "blue"}, tags) == (
        mended.code_sha256, mended.memory_mb, mended.environment, mended.tags,
    )  # fmt: skip


def test_what_is_absent_is_none_and_deleting_it_is_fine(lambda_, name, make):
    """An absent function is None and has no permissions; deleting it is fine, twice too."""
    assert functions.describe_function(lambda_, name) is None
    assert [] == functions.read_permissions(lambda_, name)
    assert functions.describe_asynchronous_retries(lambda_, name) is None
    make()

    functions.delete_function(lambda_, name)
    functions.delete_function(lambda_, name)

    assert functions.describe_function(lambda_, name) is None


def test_a_role_that_becomes_good_in_time_is_waited_for(make, client, role):
    """While Lambda cannot take on the role it is tried again, until it can."""
    iam = client("iam")
    good = roles.describe_role(iam, role.name).trust

    def trust(document):
        roles.ensure_role(
            iam, role.name, path="/workshop/", trust=document,
            policy=role.policies[roles.INLINE_POLICY], tags={},
        )  # fmt: skip

    trust(roles.service_trust("ec2.amazonaws.com"))
    later = threading.Timer(0.5, trust, [good])
    later.start()
    made = make()
    later.join()

    assert "Active" == made.state


def test_a_role_that_stays_bad_is_an_error_that_says_so(make, client, role, monkeypatch):
    """When Lambda still cannot take on the role, the error names the role's trust policy."""
    monkeypatch.setattr(functions.patience, "PAUSES_SECONDS", (0, 0))
    roles.ensure_role(
        client("iam"),
        role.name,
        path="/workshop/",
        trust=roles.service_trust("ec2.amazonaws.com"),
        policy=role.policies[roles.INLINE_POLICY],
        tags={},
    )

    with pytest.raises(ResourceNotReadyError, match="trust policy"):
        make()


def test_an_error_of_the_function_is_an_answer(make, lambda_, name, pack):
    """A handler that raises gives status 200, the kind of error, and its message as payload."""
    make(code=pack("def handler(event, context):\n    raise ValueError('no such colour')\n"))

    answer = functions.invoke_function(lambda_, name, {})

    assert (200, "Unhandled") == (answer.status, answer.error)
    assert ("ValueError", "no such colour") == (
        answer.payload["errorType"], answer.payload["errorMessage"],
    )  # fmt: skip


def test_an_asynchronous_call_is_only_taken(make, lambda_, name):
    """An event handed over gives status 202, no payload, no log."""
    make()

    answer = functions.invoke_function(lambda_, name, {"n": 1}, asynchronously=True)

    assert (202, None, (), None) == (
        answer.status, answer.payload, answer.log_lines, answer.report,
    )  # fmt: skip


def test_a_permission_is_given_once_and_mended(make, lambda_, name, changes):
    """The same permission again changes nothing; another source under the same id replaces it."""
    make()

    def allow(source):
        return functions.allow_invocation(
            lambda_,
            name,
            statement_id="bucket",
            principal="s3.amazonaws.com",
            source_arn=source,
            source_account="123456789012",
        )

    given = allow("arn:aws:s3:::one")

    assert [given] == functions.read_permissions(lambda_, name)
    assert [] == changes(lambda: allow("arn:aws:s3:::one"))
    assert ["RemovePermission", "AddPermission"] == changes(lambda: allow("arn:aws:s3:::two"))
    assert ["arn:aws:s3:::two"] == [
        permission.source_arn for permission in functions.read_permissions(lambda_, name)
    ]
    for _ in range(2):
        functions.forbid_invocation(lambda_, name, statement_id="bucket")
    assert [] == functions.read_permissions(lambda_, name)


def test_retries_of_asynchronous_calls_are_set_once_and_mended(
    make, lambda_, client, name, tags, changes
):
    """Retries and the queue of failures are as set; the same again changes nothing."""
    make()
    failed = queues.ensure_queue(client("sqs"), f"{name}-failed", tags=tags)

    def decide(retries):
        return functions.set_asynchronous_retries(
            lambda_, name, retries=retries, failure_destination_arn=failed.arn
        )

    decided = decide(2)

    assert decided == functions.describe_asynchronous_retries(lambda_, name)
    assert failed.arn == decided.failure_destination_arn
    assert [] == changes(lambda: decide(2))
    decide(0)
    assert 0 == functions.describe_asynchronous_retries(lambda_, name).retries


def test_a_report_is_read_from_a_log():
    """The REPORT line gives milliseconds and megabytes, and the cold start when there was one."""
    warm = functions.parse_report(REPORT)
    cold = functions.parse_report(f"{REPORT}Init Duration: 180.5 ms\t")

    assert functions.Report(12.34, 13, 128, 45, None) == warm
    assert functions.Report(12.34, 13, 128, 45, 180.5) == cold
    assert functions.parse_report("no report here") is None


def test_the_last_of_several_reports_counts():
    """Of two REPORT lines the later one is read."""
    later = REPORT.replace("12.34", "99.5")

    assert 99.5 == functions.parse_report(f"{REPORT}\n{later}").duration_ms


def test_a_mapping_is_listed_and_deleted_and_may_be_gone():
    """Event source mappings, which outlive their function, are listed page by page and deleted."""
    lambda_ = boto3.client(
        "lambda", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    source = "arn:aws:sqs:us-east-1:123456789012:awstack-anna-reader"
    first, second = (f"{number}0000000-0000-4000-8000-000000000000" for number in "12")
    pages = [
        {"EventSourceMappings": [{"UUID": first, "EventSourceArn": source}], "NextMarker": "m"}
    ]
    pages += [{"EventSourceMappings": [{"UUID": second}]}]
    with Stubber(lambda_) as aws:
        for page in pages:
            aws.add_response("list_event_source_mappings", page)
        aws.add_response("delete_event_source_mapping", {}, {"UUID": first})
        aws.add_client_error("delete_event_source_mapping", "ResourceNotFoundException")

        found = functions.list_event_sources(lambda_, "f")
        for mapping in found:
            functions.delete_event_source(lambda_, mapping.uuid)

    assert [(first, source), (second, None)] == [(one.uuid, one.source_arn) for one in found]
