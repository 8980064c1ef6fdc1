"""The doctor, by real HTTP to a local cloud that stands for an account, with faults on the way."""

import io
import json
import re
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from rich.console import Console
from typer.testing import CliRunner

from workshop_lib import cli
from workshop_lib.aws import queues
from workshop_lib.cloud import Cloud, connect
from workshop_lib.commands import doctor as command
from workshop_lib.commands.verify import make_report
from workshop_lib.doctor import State, examine_account, examine_machine
from workshop_lib.doctor.accounts import EXAMINATIONS
from workshop_lib.doctor.dry_calls import make_dry_calls
from workshop_lib.doctor.identities import examine_clock
from workshop_lib.doctor.machines import examine_disk, examine_proxies
from workshop_lib.doctor.symptoms import good, note
from workshop_lib.local_cloud import launcher
from workshop_lib.naming import Names, boundary_arn
from workshop_lib.policies import attendee_policy
from workshop_lib.settings import read_settings


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    yield read_settings({"WORKSHOP_HOME": str(home), "WORKSHOP_ATTENDEE": "anna"})
    launcher.stop(home / "cloud")


@pytest.fixture(scope="module")
def owner(settings):
    return connect(settings)


@pytest.fixture
def account(owner):
    """A connection of its own, on whose way faults can be put."""
    keys = owner.session.get_credentials()
    session = boto3.Session(keys.access_key, keys.secret_key, region_name="us-east-1")
    made = Cloud("aws", "us-east-1", session, owner.endpoint_url)
    # The account's own address of this API leads nowhere here; a test may put another answer first.
    unset = (
        b"<Error><Code>NoSuchPublicAccessBlockConfiguration</Code><Message>No.</Message></Error>"
    )
    put_fault(made, "s3-control.GetPublicAccessBlock", 404, unset, last=True)
    return made


class Answer:
    """The bytes of a faulty answer."""

    def __init__(self, content):
        self._content = content

    def stream(self, **_):
        yield self._content

    def read(self):
        return self._content


def put_fault(cloud, operation, status, content, *, last=False, **headers):
    """Have this operation answered so, whatever stands behind it."""

    def answer(request, event_name, **_):
        service_and_name = event_name.removeprefix("before-send.")
        if service_and_name != operation:
            return None
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        return AWSResponse(request.url, status, headers, Answer(raw))

    events = cloud.session.events
    (events.register_last if last else events.register)("before-send.*.*", answer)


def query_error(code, said):
    return (
        f"<ErrorResponse><Error><Code>{code}</Code><Message>{said}</Message></Error>"
        "</ErrorResponse>"
    ).encode()


def json_error(code, said):
    return {"__type": code, "message": said}


def examine(cloud):
    return {finding.subject: finding for finding in examine_account(cloud, "anna")}


def look_at(cloud, subject):
    """Return what one of the examinations finds."""
    (found,) = EXAMINATIONS[subject](cloud, Names("anna", cloud.account_id, cloud.region))
    return found


def test_an_account_in_order_is_good_in_every_line(account):
    """Who, where, what is allowed, what bites, what stands, what it costs: a line for each."""
    found = examine(account)

    assert [
        "Credentials", "Identity", "Clock", "Region", "Permissions", "Boundary", "Lambda",
        "Roles", "Buckets", "Public access", "Names", "Leftovers", "Cost",
    ] == list(found)  # fmt: skip
    assert [] == [finding for finding in found.values() if finding.state is State.BAD]
    assert "123456789012" in found["Identity"].what
    assert "US dollars" in found["Cost"].what


@pytest.mark.parametrize(
    ("code", "next_step"),
    [("ExpiredToken", "Sign in again"), ("InvalidClientTokenId", "Sign in again")],
)
def test_credentials_that_hold_no_more_end_the_examination(account, code, next_step):
    """An expiry or a revoked key is said, with what to do, and nothing more is asked."""
    put_fault(account, "sts.GetCallerIdentity", 403, query_error(code, "No."))

    found = examine(account)

    assert ["Credentials", "Identity"] == list(found)
    assert next_step in found["Identity"].next_step


def test_a_clock_that_is_off_is_told_from_the_date_of_the_refusal(account):
    """When AWS refuses the signature's time, the doctor says how far the clock is off."""
    date = format_datetime(datetime.now(UTC) - timedelta(minutes=20), usegmt=True)
    refusal = query_error("SignatureDoesNotMatch", "Signature expired")
    put_fault(account, "sts.GetCallerIdentity", 403, refusal, Date=date)

    assert "is 20 minutes fast" in examine(account)["Clock"].what


def test_a_clock_within_minutes_is_good():
    """Four minutes are tolerated, five would be refused by AWS."""
    now = datetime.now(UTC)

    found = [
        examine_clock(format_datetime(now + timedelta(minutes=minutes)), now).state
        for minutes in (-3, 3, -6, 6)
    ]

    assert [State.GOOD, State.GOOD, State.BAD, State.BAD] == found


def test_a_missing_permission_comes_with_the_statement_to_ask_for(account):
    """A refused call names its action, and the exact statement of the attendee's policy."""
    refusal = json_error("AccessDeniedException", "not authorized to perform: logs:Describe…")
    put_fault(account, "cloudwatch-logs.DescribeLogGroups", 400, refusal)

    found = examine(account)["Permissions"]

    assert State.BAD is found.state
    assert "logs:DescribeLogGroups" in found.what
    asked = json.loads(found.next_step.partition("\n")[2])
    assert "logs:DescribeLogGroups" in asked[0]["Action"]


def test_every_action_that_looks_is_tried(account):
    """Where IAM may not be asked, each look of the attendee's policy has its harmless call."""
    names = Names("anna", account.account_id, account.region)
    policy = attendee_policy(names, boundary_arn(names.account_id))
    looks = {
        action
        for statement in policy["Statement"]
        for action in statement["Action"]
        if re.match(r"[a-z0-9]+:(Get|List|Describe|Filter|Scan|GET)", action)
    }
    # S3 tells that a bucket is not there before it looks at a policy; SQS wants an address.
    untold = {action for action in looks if action.startswith("s3:") and "All" not in action}
    untold |= {"sqs:GetQueueAttributes", "sqs:ListQueueTags"}

    assert looks - untold == set(make_dry_calls(account, names))
    assert "31 looks at all services were allowed" in look_at(account, "Permissions").what


def test_a_region_closed_by_the_organisation_is_told(account):
    """A service control policy that pins the Region is named, with the setting to change."""
    refusal = json_error(
        "AccessDeniedException", "with an explicit deny in a service control policy"
    )
    put_fault(account, "dynamodb.DescribeTable", 400, refusal)

    found = examine(account)["Permissions"]

    assert "the organisation forbids dynamodb:DescribeTable in us-east-1" == found.what
    assert "WORKSHOP_REGION" in found.next_step


def test_simulation_lists_exactly_what_is_missing(account):
    """Where IAM may be asked, every action is; the missing ones come in a statement."""
    decisions = "".join(
        f"<member><EvalActionName>{action}</EvalActionName><EvalDecision>{decision}</EvalDecision>"
        "</member>"
        for action, decision in [("s3:PutObject", "implicitDeny"), ("s3:GetObject", "allowed")]
    )
    answer = (
        "<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><IsTruncated>false"
        f"</IsTruncated><EvaluationResults>{decisions}</EvaluationResults>"
        "</SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"
    )
    put_fault(account, "iam.SimulatePrincipalPolicy", 200, answer.encode())

    found = examine(account)["Permissions"]

    asked = json.loads(found.next_step.partition("\n")[2])
    assert {"s3:PutObject"} == {action for s in asked for action in s["Action"]}


def test_few_functions_at_once_and_an_account_that_blocks_public_buckets_are_said(account):
    """The quotas of a new account, and Block Public Access of the whole account."""
    limit = {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}
    put_fault(account, "lambda.GetAccountSettings", 200, {"AccountLimit": limit})
    switches = (
        b"<PublicAccessBlockConfiguration><BlockPublicPolicy>true</BlockPublicPolicy>"
        b"</PublicAccessBlockConfiguration>"
    )
    put_fault(account, "s3-control.GetPublicAccessBlock", 200, switches)

    found = examine(account)

    assert "only 10 functions run at once" in found["Lambda"].what
    assert "lessons 7 and 8" in found["Public access"].what


def quota(value):
    return {"Quota": {"ServiceCode": "s3", "QuotaCode": "L-DC2B2D3D", "Value": value}}


@pytest.mark.parametrize(
    ("answer", "status", "what", "state"),
    [
        (quota(100.0), 200, "room for 100, enough for 25 attendees", State.GOOD),
        (quota(5.0), 200, "room for 5, enough for 1 attendee", State.GOOD),
        (quota(3.0), 200, "room for 3; each attendee makes 4", State.BAD),
        (
            json_error("AccessDeniedException", "no"), 400,
            "room for 10,000, enough for 2,500 attendees, by AWS's default", State.GOOD,
        ),
    ],
)  # fmt: skip
def test_the_room_for_buckets_is_told(account, answer, status, what, state):
    """The account's quota less its buckets; AWS's default where the caller may not ask for it."""
    put_fault(account, "service-quotas.GetServiceQuota", status, answer)

    found = look_at(account, "Buckets")

    assert (what, state) == (found.what, found.state)
    assert ("Service Quotas" in found.next_step) == (state is State.BAD)


def test_an_account_without_room_for_roles_is_told(account):
    """Five roles each: the quota less those that stand."""
    entries = "".join(
        f"<entry><key>{key}</key><value>{value}</value></entry>"
        for key, value in {"Roles": 997, "RolesQuota": 1000}.items()
    )
    answer = (
        f"<GetAccountSummaryResponse><GetAccountSummaryResult><SummaryMap>{entries}</SummaryMap>"
        "</GetAccountSummaryResult></GetAccountSummaryResponse>"
    )
    put_fault(account, "iam.GetAccountSummary", 200, answer.encode())

    found = look_at(account, "Roles")

    assert ("room for 3; each attendee makes 5", State.BAD) == (found.what, found.state)


def test_names_are_nobody_else_s_in_an_own_namespace_and_looked_for_elsewhere(account):
    """Bucket names carry the account's namespace; without one, it is told who has them."""
    bahrain = replace(account, region="me-south-1", _clients={})
    put_fault(account, "s3.HeadBucket", 403, b"")

    assert "-123456789012-us-east-1-an, this account's alone" in look_at(account, "Names").what
    assert "another account owns awstack-anna-images" in look_at(bahrain, "Names").what


def test_leftovers_and_a_region_without_rekognition(account, owner):
    """What stands of an earlier run is counted; Paris has all but the aside's Rekognition."""
    names = Names("anna", owner.account_id, owner.region)
    queues.ensure_queue(owner.client("sqs"), names.queue("failed"), tags=names.tags("03"))
    paris = replace(account, region="eu-west-3", _clients={})

    assert "1 things of yours stand" in examine(account)["Leftovers"].what
    assert "no Rekognition" in examine(paris)["Region"].what
    queues.delete_queue(owner.client("sqs"), names.queue("failed"))


def test_a_machine_in_order_is_good_in_every_line(settings):
    """Python, disk, weights, proxy, browser names, and the local cloud started."""
    found = {finding.subject: finding for finding in examine_machine(settings, {})}

    assert ["Python", "Disk", "Weights", "Proxy", "Browser names", "Local cloud"] == list(found)
    assert [] == [finding for finding in found.values() if finding.state is State.BAD]


def test_what_is_wrong_with_a_machine_is_said(settings, tmp_path):
    """A proxy without exceptions, a port that is taken, a disk that is not there yet."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = replace(settings, home=tmp_path / "new", port=other.getsockname()[1])
        found = {finding.subject: finding for finding in examine_machine(taken, {})}

    assert "WORKSHOP_PORT" in found["Local cloud"].next_step
    proxy = examine_proxies({"https_proxy": "http://proxy.example:3128"})
    assert "NO_PROXY" in proxy.next_step
    exempt = {"HTTP_PROXY": "http://x", "NO_PROXY": "localhost,127.0.0.1"}
    assert State.GOOD is examine_proxies(exempt).state
    assert State.GOOD is examine_disk(tmp_path / "not" / "there").state


def test_the_command_reads_plainly_and_ends_with_1_when_something_is_bad(settings, tmp_path):
    """One line each, plain where it is piped; the status tells whether all is ready."""
    environment = {"WORKSHOP_HOME": str(settings.home), "WORKSHOP_ATTENDEE": "anna"}
    ready = CliRunner().invoke(cli.app, ["doctor"], env=environment)
    no_credentials = {
        "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    }  # fmt: skip
    refused = CliRunner().invoke(cli.app, ["doctor", "--target", "aws"], env=no_credentials)

    assert 0 == ready.exit_code, ready.output
    assert "✓ Local cloud   answers at http://127.0.0.1" in ready.output
    assert "\x1b" not in ready.output
    assert 1 == refused.exit_code
    assert "✗ Credentials   There are no AWS credentials." in refused.output
    assert "Next: Sign in with `aws login`" in refused.output


def test_the_report_says_how_the_run_ended_and_what_the_doctor_said():
    """`workshop verify` writes the failure, or that all held, above the doctor's lines."""
    findings = [good("Clock", "agrees with AWS's"), note("Lambda", "only 10", "Ask for more.")]

    well = make_report("aws", "eu-west-1", findings, "", 12.3)
    badly = make_report("aws", "eu-west-1", findings, "06.ipynb stopped at cell 3", 1.0)

    assert "# The workshop on aws, eu-west-1" == well.splitlines()[0]
    assert "every check held" in well
    assert "- ok: Clock, agrees with AWS's" in well
    assert "- worth knowing: Lambda, only 10" in well
    assert "06.ipynb stopped at cell 3" in badly
    assert "every check held" not in badly


def test_a_line_stays_whole_beside_what_shows_that_it_works(monkeypatch):
    """In a terminal the spinner is drawn again and again, and takes nothing of a line away."""
    terminal = Console(file=io.StringIO(), force_terminal=True, width=80)
    monkeypatch.setattr(command, "console", terminal)

    with terminal.status("Examining…"):
        command.show(good("Clock", "agrees with AWS's"))
        command.show(note("Lambda", "only 10", "Ask for more."))

    plain = re.sub(r"\x1b\[[0-9;]*m", "", terminal.file.getvalue())
    assert "✓ Clock         agrees with AWS's" in plain
    assert "· Lambda        only 10" in plain
    assert "                Next: Ask for more." in plain
