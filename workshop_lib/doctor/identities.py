"""Who asks: credentials, the account, and whether the clock is right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.util import find_spec
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from workshop_lib.cloud import Cloud
from workshop_lib.doctor.symptoms import Finding, bad, code_of, good

# AWS refuses a request that is signed five minutes off (SigV4).
TOLERATED_SKEW_SECONDS = 240
SIGN_IN = "Sign in again: `aws login`, `aws sso login`, or new keys for your profile."
EXPIRED_CODES = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")
SKEW_CODES = ("RequestTimeTooSkewed", "SignatureDoesNotMatch", "RequestInTheFuture")


def examine_identity(cloud: Cloud) -> Iterator[Finding]:
    """Say where the credentials come from, whose they are, and how far the clock is off."""
    credentials = cloud.session.get_credentials()
    yield good("Credentials", f"from {_describe_method(credentials.method)}; they stay there")
    if credentials.method == "login" and find_spec("awscrt") is None:
        yield bad(
            "aws login",
            "boto3 cannot refresh these credentials without botocore's crt extra",
            "pip install 'botocore[crt]'",
        )
    try:
        answer = cloud.make_client("sts").get_caller_identity()
    except (ClientError, BotoCoreError) as error:
        yield explain_failed_identity(error)
        return
    yield _describe_caller(answer)
    yield examine_clock(answer["ResponseMetadata"]["HTTPHeaders"].get("date"), datetime.now(UTC))


def explain_failed_identity(error: ClientError | BotoCoreError) -> Finding:
    """Return why AWS does not know the caller, and what to do."""
    if not isinstance(error, ClientError):
        return bad("Identity", f"AWS could not be asked: {error}", SIGN_IN)
    if code_of(error) in SKEW_CODES:
        headers = error.response["ResponseMetadata"].get("HTTPHeaders", {})
        clock = examine_clock(headers.get("date"), datetime.now(UTC))
        if clock.next_step:
            return clock
    if code_of(error) in EXPIRED_CODES:
        return bad("Identity", "the credentials have expired", SIGN_IN)
    return bad("Identity", f"AWS refuses the credentials: {code_of(error)}", SIGN_IN)


def examine_clock(date: str | None, now: datetime) -> Finding:
    """Compare this machine's clock with the Date header of AWS's answer."""
    if not date:
        return good("Clock", "AWS told no time to compare with")
    skew = (now - parsedate_to_datetime(date)).total_seconds()
    if abs(skew) <= TOLERATED_SKEW_SECONDS:
        return good("Clock", "agrees with AWS's")
    direction = "fast" if skew > 0 else "slow"
    return bad(
        "Clock",
        f"is {abs(skew) / 60:.0f} minutes {direction}; AWS refuses what is signed with it",
        "Have the system set the time by the network (NTP).",
    )


def _describe_caller(answer: dict[str, Any]) -> Finding:
    what = f"{answer['Arn']} in account {answer['Account']}"
    if answer["Arn"].endswith(":root"):
        return bad(
            "Identity",
            f"{what}, the root user, whom no policy holds",
            "Make a user or role for the workshop and sign in as that.",
        )
    return good("Identity", what)


def _describe_method(method: str) -> str:
    named = {
        "env": "the environment",
        "shared-credentials-file": "a profile in ~/.aws/credentials",
        "config-file": "a profile in ~/.aws/config",
        "sso": "IAM Identity Center (SSO)",
        "login": "`aws login`",
        "assume-role": "a profile that assumes a role",
        "iam-role": "this machine's role",
        "container-role": "this container's role",
        "explicit": "the local cloud's own files",
    }
    return named.get(method, method)
