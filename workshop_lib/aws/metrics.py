"""Amazon CloudWatch metrics: what the services measure of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

A_DAY = 86_400
REFUSED = frozenset({"AccessDenied", "AccessDeniedException"})


def sum_metric(
    cloudwatch: Any, namespace: str, metric: str, dimensions: Mapping[str, str], *, days: int = 30
) -> float | None:
    """Return the sum of a metric over the last days.

    None when nothing was measured, or the caller may not ask; metrics lag behind by minutes.

    Args:
        cloudwatch: the client.
        namespace: such as ``AWS/ApiGateway``.
        metric: such as ``Count``.
        dimensions: what tells the resource, by name.
        days: how far to look back.
    """
    now = datetime.now(UTC)
    try:
        answer = cloudwatch.get_metric_statistics(
            Namespace=namespace,
            MetricName=metric,
            Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
            StartTime=now - timedelta(days=days),
            EndTime=now,
            Period=A_DAY,
            Statistics=["Sum"],
        )
    except ClientError as error:
        if error.response["Error"]["Code"] in REFUSED:
            return None
        raise
    sums = [float(point["Sum"]) for point in answer["Datapoints"]]
    return sum(sums) if sums else None
