"""The command `workshop`, as someone types it."""

import os
import re
import subprocess
import sys
from datetime import date

import boto3
import pytest

from workshop_lib.aws import buckets, queues
from workshop_lib.call_counts import FILE_NAME
from workshop_lib.cloud import connect
from workshop_lib.local_cloud import launcher
from workshop_lib.naming import Names
from workshop_lib.settings import read_settings


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """An empty home whose cloud ends with the module."""
    folder = tmp_path_factory.mktemp("home")
    yield folder
    launcher.stop(folder / "cloud")


@pytest.fixture
def workshop(home):
    """Runs the command in that home."""

    def run(*arguments, typed="", **variables):
        return subprocess.run(
            [sys.executable, "-m", "workshop_lib", *arguments],
            env=os.environ | {"WORKSHOP_HOME": str(home), "WORKSHOP_ATTENDEE": "test"} | variables,
            capture_output=True, text=True, check=False, timeout=120, input=typed,
        )  # fmt: skip

    return run


COMMANDS = [
    [], ["lab"], ["run"], ["cloud"], ["cloud", "start"], ["cloud", "stop"], ["cloud", "status"],
    ["cloud", "env"], ["cloud", "reset"], ["model"], ["model", "fetch"], ["clean"],
    ["clean", "full"], ["progress"], ["catch-up"],
    ["policy"], ["policy", "attendee"], ["policy", "boundary"], ["policy", "functions"],
    ["who"], ["doctor"], ["layers"], ["layers", "build"], ["layers", "publish"],
    ["clean", "minimum"], ["verify"], ["costs"], ["guard"],
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help(workshop, command):
    """`--help` answers everywhere, with a sentence and its usage."""
    outcome = workshop(*command, "--help")

    assert outcome.returncode == 0
    assert "Usage:" in outcome.stdout


def test_the_cloud_starts_tells_its_state_and_stops(workshop):
    """start answers with the address, status repeats it, stop ends it, status then says so."""
    started = workshop("cloud", "start")
    address = re.search(r"http://127\.0\.0\.1:\d+", started.stdout)[0]
    status = workshop("cloud", "status")
    stopped = workshop("cloud", "stop")
    after = workshop("cloud", "status")

    assert (0, 0, 0, 1) == tuple(o.returncode for o in (started, status, stopped, after))
    assert address in status.stdout
    assert "is stopped" in stopped.stdout
    assert "No local cloud runs" in after.stdout


def test_env_is_one_line_that_any_client_can_use(workshop):
    """`cloud env` prints the four exports and nothing else, and they let a client in."""
    outcome = workshop("cloud", "env")

    values = dict(re.findall(r"(AWS_\w+)=(\S+)", outcome.stdout))
    secrets = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
    names = ["AWS_ENDPOINT_URL", *secrets, "AWS_DEFAULT_REGION"]
    pairs = " ".join(f"{name}={values[name]}" for name in names)
    assert f"export {pairs}\n" == outcome.stdout
    caller = boto3.client(
        "sts",
        endpoint_url=values["AWS_ENDPOINT_URL"],
        aws_access_key_id=values["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=values["AWS_SECRET_ACCESS_KEY"],
        region_name=values["AWS_DEFAULT_REGION"],
    ).get_caller_identity()
    assert "123456789012" == caller["Account"]


def test_env_speaks_powershell(workshop):
    """`cloud env --shell powershell` sets the same four variables in PowerShell's way."""
    outcome = workshop("cloud", "env", "--shell", "powershell")

    assert 4 == len(re.findall(r"\$env:AWS_\w+ = '[^']+'", outcome.stdout))
    assert "export" not in outcome.stdout


def test_an_error_is_a_sentence_and_a_next_step(workshop):
    """A wrong setting ends with status 1, two lines, and no traceback."""
    outcome = workshop("cloud", "start", WORKSHOP_PORT="80")

    assert outcome.returncode == 1
    assert "WORKSHOP_PORT is '80'." in outcome.stderr
    assert "Next:" in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_what_aws_refuses_is_told_without_a_traceback(workshop):
    """A key that AWS does not know is AWS's sentence, what it means, and the doctor's name."""
    values = dict(re.findall(r"(AWS_\w+)=(\S+)", workshop("cloud", "env").stdout))
    stranger = {**values, "AWS_ACCESS_KEY_ID": "AKIANOBODYNOBODYNOBO"}

    outcome = workshop("who", WORKSHOP_TARGET="aws", **stranger)

    assert outcome.returncode == 1
    assert "AWS does not know these credentials" in outcome.stderr
    assert "Next: `workshop doctor` tells what is missing." in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_cleaning_nothing_says_so(workshop):
    """`clean full` where nothing stands says that, and asks nothing."""
    outcome = workshop("clean", "full")

    assert outcome.returncode == 0
    assert "Nothing of awstack-test stands." in outcome.stdout


def make_s3_client(workshop):
    values = dict(re.findall(r"(AWS_\w+)=(\S+)", workshop("cloud", "env").stdout))
    return boto3.client(
        "s3",
        endpoint_url=values["AWS_ENDPOINT_URL"],
        aws_access_key_id=values["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=values["AWS_SECRET_ACCESS_KEY"],
        region_name="us-east-1",
    )


def test_clean_full_removes_what_stands_and_proves_it(workshop):
    """`clean full --yes` removes this attendee's things, no one else's, and lists again."""
    s3 = make_s3_client(workshop)
    hers, neighbours = (
        Names(attendee, "123456789012", "us-east-1").images_bucket
        for attendee in ("test", "test-b")
    )
    for bucket in (hers, neighbours):
        s3.create_bucket(Bucket=bucket, BucketNamespace="account-regional")
        s3.put_object(Bucket=bucket, Key="cat.jpg", Body=b"cat")

    shown = workshop("clean", "full", "--dry-run")
    outcome = workshop("clean", "full", "--yes")

    assert f"Remove the bucket {hers} with its 1 object version." in shown.stdout
    assert "Listed again" not in shown.stdout
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert outcome.stdout.index("What was used so far") < outcome.stdout.index("Listed again")
    assert "nothing is left" in outcome.stdout
    assert [neighbours] == [b["Name"] for b in s3.list_buckets()["Buckets"]]


def test_a_damaged_count_does_not_stop_the_clean_up(workshop, home):
    """Where it cannot be told what was used, that is said, and everything goes all the same."""
    make_s3_client(workshop).create_bucket(Bucket="awstack-test-images")
    counts = home / FILE_NAME
    counts.write_bytes(b"no database")

    outcome = workshop("clean", "full", "--yes")

    counts.unlink()
    assert "What test has used cannot be told" in outcome.stdout
    assert "nothing is left" in outcome.stdout


def test_costs_are_told_for_one_and_for_the_class(workshop):
    """`costs` estimates a day for one and for the class, with days and sources of prices."""
    outcome = workshop("costs", "--attendees", "100")

    assert outcome.returncode == 0, outcome.stderr
    assert "a class of 100" in outcome.stdout
    # 100 x 0.0346245, the sum that the test of the estimate has by hand.
    assert re.search(r"sum +│ +0\.035 │ +3\.46 ", outcome.stdout)
    assert "Lambda: https://aws.amazon.com/lambda/pricing/ (2026-" in outcome.stdout


def test_what_was_used_is_told(workshop):
    """`costs --used` prints the bill of what stands and was called; nothing used is said so."""
    before = workshop("costs", "--used", WORKSHOP_ATTENDEE="user")
    s3 = make_s3_client(workshop)
    bucket = Names("user", "123456789012", "us-east-1").images_bucket
    s3.create_bucket(Bucket=bucket, BucketNamespace="account-regional")
    s3.put_object(Bucket=bucket, Key="cat.jpg", Body=b"cat" * 2**20)

    after = workshop("costs", "--used", WORKSHOP_ATTENDEE="user")

    assert "Nothing that costs was used" in before.stdout
    assert "3 MB-months" in after.stdout
    # 3 / 1024 GB at 0.023 a month.
    assert re.search(r"sum .* 0\.000067 ", after.stdout)


def test_a_class_is_cleaned_for_the_account_s_number_only(workshop, home):
    """`clean full --everyone` removes all, or the expired, for the account's number."""
    workshop("clean", "full", "--everyone", typed="123456789012\n")
    for attendee in ("ann", "ann-b"):
        settings = read_settings({"WORKSHOP_HOME": str(home), "WORKSHOP_ATTENDEE": attendee})
        cloud = connect(settings)
        names = Names(attendee, cloud.account_id, cloud.region)
        # ann's day is past, ann-b's is not.
        tags = names.tags("01", expires=date(2026, 1, 1) if attendee == "ann" else date.max)
        buckets.ensure_bucket(
            cloud.client("s3"), names.images_bucket, region=cloud.region, tags=tags
        )
        queues.ensure_queue(cloud.client("sqs"), names.queue("failed"), tags=tags)

    who = workshop("who")
    refused = workshop("clean", "full", "--everyone", typed="210987654321\n")
    workshop("clean", "full", "--everyone", "--expired", typed="123456789012\n")
    after = workshop("who")
    done = workshop("clean", "full", "--everyone", typed="123456789012\n")

    assert "ann-b begins like ann" in who.stdout
    assert "2026-01-01 (expired)" in who.stdout
    assert "2026-01-01" not in after.stdout
    assert "9999-12-31" in after.stdout
    assert (1, 0) == (refused.returncode, done.returncode)
    assert "nothing was removed" in refused.stdout
    assert "Nobody has anything" in workshop("who").stdout
