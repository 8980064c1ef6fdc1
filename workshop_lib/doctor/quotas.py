"""The quotas that bite: functions at once, roles and buckets of an account."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError

from workshop_lib.aws import buckets, functions
from workshop_lib.cloud import Cloud
from workshop_lib.doctor.symptoms import Finding, bad, good, note
from workshop_lib.figures import figure
from workshop_lib.naming import BUCKETS, FUNCTIONS, Names

# Below this, uploads of a class wait for each other (new accounts often begin with 10).
COMFORTABLE_CONCURRENCY = 50
# Service Quotas' name of "General purpose buckets".
BUCKET_QUOTA = {"ServiceCode": "s3", "QuotaCode": "L-DC2B2D3D"}


def examine_concurrency(cloud: Cloud, names: Names) -> Iterator[Finding]:
    """Say how many functions run at once, and how many of that can be reserved."""
    concurrency, reservable = functions.read_account_concurrency(cloud.make_client("lambda"))
    if concurrency < COMFORTABLE_CONCURRENCY:
        yield note(
            "Lambda",
            f"only {concurrency} functions run at once, and none can be reserved",
            "It works, slowly for a class. Ask for more: Service Quotas, AWS Lambda, "
            "Concurrent executions.",
        )
    else:
        yield good("Lambda", f"{concurrency} functions run at once, {reservable} can be reserved")


def examine_roles(cloud: Cloud, names: Names) -> Iterator[Finding]:
    """Say for how many attendees the account has room for roles."""
    summary = cloud.make_client("iam").get_account_summary()["SummaryMap"]
    yield _tell_room("Roles", summary["RolesQuota"] - summary["Roles"], len(FUNCTIONS))


def examine_buckets(cloud: Cloud, names: Names) -> Iterator[Finding]:
    """Say for how many attendees the account has room for buckets."""
    standing = len(buckets.list_buckets(cloud.make_client("s3")))
    quota, told = _read_bucket_quota(cloud)
    yield _tell_room(
        "Buckets", quota - standing, len(BUCKETS), "" if told else ", by AWS's default"
    )


def _read_bucket_quota(cloud: Cloud) -> tuple[int, bool]:
    """Return the account's quota, or AWS's default, and whether the account's own was told."""
    try:
        answer = cloud.make_client("service-quotas").get_service_quota(**BUCKET_QUOTA)
    except (ClientError, BotoCoreError):
        # An attendee has no right to ask, and needs none.
        return int(figure("s3-buckets-per-account").now), False
    return int(answer["Quota"]["Value"]), True


def _tell_room(subject: str, free: int, each: int, source: str = "") -> Finding:
    what = subject.lower()
    if attendees := max(0, free) // each:
        many = "attendee" if attendees == 1 else "attendees"
        return good(subject, f"room for {free:,}, enough for {attendees:,} {many}{source}")
    return bad(
        subject,
        f"room for {max(0, free)}; each attendee makes {each}",
        f"Delete {what} that nobody needs, or ask for more: Service Quotas.",
    )
