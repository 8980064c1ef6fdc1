"""Patience with AWS's spreading news, below the calls that lessons teach.

botocore's standard retries handle throttling and lost connections. They do not know that two of
AWS's refusals mean "not yet": S3 doubts a function whose permission was given a moment ago, and
Lambda still works on an earlier change of a function. These are added here, to botocore's own loop.
"""

from __future__ import annotations

from typing import Any

# Operation by service, and what AWS says when it means "not yet".
# Sources: botocore's model of lambda, ResourceConflictException; aws-cdk issue 18090 for S3.
NOT_YET = {
    "s3.PutBucketNotificationConfiguration": "validate the following destination",
    "lambda.UpdateFunctionCode": "in progress",
    "lambda.UpdateFunctionConfiguration": "in progress",
    "lambda.PublishVersion": "in progress",
    "lambda.Invoke": "is currently in the following state: Pending",
}
PAUSES_SECONDS = (1, 2, 4, 8, 8, 8)


def be_patient(client: Any) -> None:
    """Have a client try again while AWS's refusal means "not yet"."""
    service = client.meta.service_model.service_name
    for name in NOT_YET:
        if name.startswith(f"{service}."):
            client.meta.events.register_first(f"needs-retry.{name}", _decide_pause)


def _decide_pause(response: Any, attempts: int, operation: Any, **_: Any) -> float | None:
    """Return how long to wait before the next attempt, or None to leave it to botocore."""
    if response is None or attempts > len(PAUSES_SECONDS):
        return None
    said = response[1].get("Error", {}).get("Message", "")
    name = f"{operation.service_model.service_name}.{operation.name}"
    return PAUSES_SECONDS[attempts - 1] if NOT_YET[name] in said else None
