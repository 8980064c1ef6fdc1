"""The examination of an account: who asks, where, what is allowed, what bites, what stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

from workshop_lib.aws import buckets
from workshop_lib.cleanup import plan_cleanup
from workshop_lib.cloud import Cloud
from workshop_lib.costs import estimate, load_estimates
from workshop_lib.doctor.identities import examine_identity
from workshop_lib.doctor.permissions import examine_permissions
from workshop_lib.doctor.quotas import examine_buckets, examine_concurrency, examine_roles
from workshop_lib.doctor.symptoms import (
    Finding,
    State,
    bad,
    code_of,
    good,
    is_denial,
    note,
)
from workshop_lib.errors import WorkshopError
from workshop_lib.naming import Names

SERVICES = ("apigateway", "dynamodb", "iam", "lambda", "logs", "s3", "sns", "sqs", "sts")

Examination = Callable[[Cloud, Names], Iterator[Finding]]


def examine_account(cloud: Cloud, attendee: str) -> Iterator[Finding]:
    """Yield one finding after the other; what cannot be asked is said, and the rest goes on."""
    identified = list(examine_identity(cloud))
    yield from identified
    if any(f.state is State.BAD and f.subject in ("Identity", "Clock") for f in identified):
        return
    names = Names(attendee, cloud.account_id, cloud.region)
    for subject, examine in EXAMINATIONS.items():
        try:
            yield from examine(cloud, names)
        except (ClientError, BotoCoreError, WorkshopError) as error:
            yield _explain(subject, error)


def _explain(subject: str, error: Exception) -> Finding:
    if isinstance(error, ClientError) and is_denial(error):
        return note(subject, "not for you to ask", "Whoever administers the account can tell.")
    if isinstance(error, EndpointConnectionError):
        return note(
            subject,
            f"{error.kwargs['endpoint_url']} could not be reached",
            "Try again; a proxy or a firewall may stand in the way.",
        )
    return bad(subject, str(error), "Run `workshop doctor` again; then read the message's cause.")


def _examine_region(cloud: Cloud, names: Names) -> Iterator[Finding]:
    offered = {
        service: cloud.session.get_available_regions(service)
        for service in (*SERVICES, "rekognition")
    }
    # IAM is one for all Regions.
    lacking = [s for s in SERVICES if offered[s] and cloud.region not in offered[s] and s != "iam"]
    if lacking:
        yield bad(
            "Region",
            f"{cloud.region} lacks {', '.join(lacking)}",
            "Set WORKSHOP_REGION to another Region, such as eu-west-1 or us-east-1.",
        )
    elif cloud.region in offered["rekognition"]:
        yield good("Region", f"{cloud.region} has every service, and Rekognition for the aside")
    else:
        yield good(
            "Region", f"{cloud.region} has every service; only lesson 3's aside has no Rekognition"
        )


def _examine_public_access(cloud: Cloud, names: Names) -> Iterator[Finding]:
    """Say whether the account forbids public buckets, which the website of lesson 8 is."""
    try:
        switches = cloud.make_client("s3control").get_public_access_block(
            AccountId=cloud.account_id
        )["PublicAccessBlockConfiguration"]
    except ClientError as error:
        if code_of(error) != "NoSuchPublicAccessBlockConfiguration":
            raise
        switches = {}
    if any(switches.values()):
        yield bad(
            "Public access",
            "the account blocks public buckets, so lessons 7 and 8 cannot show theirs",
            "Have Block Public Access lifted for this account, or use one of its own for the day.",
        )
    else:
        yield good("Public access", "the account lets a bucket be public")


def _examine_names(cloud: Cloud, names: Names) -> Iterator[Finding]:
    if names.bucket_suffix:
        yield good(
            "Names",
            f"{names.prefix}-…; buckets end with {names.bucket_suffix}, this account's alone",
        )
        return
    s3, taken = cloud.make_client("s3"), []
    for bucket in names.buckets:
        try:
            buckets.find_region(s3, bucket)
        except WorkshopError:
            taken.append(bucket)
    if taken:
        yield bad(
            "Names",
            f"another account owns {', '.join(taken)}",
            "Set WORKSHOP_ATTENDEE to another id: bucket names are unique in the whole world.",
        )
    else:
        yield good("Names", f"{names.prefix}-… are free, or yours")


def _examine_leftovers(cloud: Cloud, names: Names) -> Iterator[Finding]:
    quiet = Cloud(cloud.target, cloud.region, cloud.session, cloud.endpoint_url)
    standing = plan_cleanup(quiet, names)
    if standing:
        yield good(
            "Leftovers",
            f"{len(standing)} things of yours stand; `workshop clean full` would remove them",
        )
    else:
        yield good("Leftovers", "nothing of an earlier run")


def _examine_boundary(cloud: Cloud, names: Names) -> Iterator[Finding]:
    if cloud.boundary:
        yield good("Boundary", f"every role is made under {cloud.boundary}")
    else:
        yield note(
            "Boundary",
            "roles are made without a permissions boundary",
            "In a shared account the instructor gives one: set WORKSHOP_BOUNDARY to its ARN.",
        )


def _examine_cost(cloud: Cloud, names: Names) -> Iterator[Finding]:
    runs = load_estimates()
    costs = [estimate(runs[name], region=cloud.region).cost for name in ("once", "thorough")]
    words = " to ".join(f"{cost:.2f}" for cost in costs)
    yield good(
        "Cost",
        f"about {words} US dollars for you, before what is free; `workshop clean full` ends it",
    )


EXAMINATIONS: dict[str, Examination] = {
    "Region": _examine_region,
    "Permissions": examine_permissions,
    "Boundary": _examine_boundary,
    "Lambda": examine_concurrency,
    "Roles": examine_roles,
    "Buckets": examine_buckets,
    "Public access": _examine_public_access,
    "Names": _examine_names,
    "Leftovers": _examine_leftovers,
    "Cost": _examine_cost,
}
