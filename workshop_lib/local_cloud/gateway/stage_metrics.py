"""What API Gateway tells CloudWatch of its stages: how many requests came, by the minute.

Source: "Amazon API Gateway dimensions and metrics" in the API Gateway Developer Guide: Count,
4XXError and 5XXError, in the namespace AWS/ApiGateway. A minute that is over is kept by a change;
the minute that runs is told from memory, so a cloud that is killed loses no more than that.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from moto.core.common_models import CloudWatchMetricProvider

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.changes import change
from workshop_lib.local_cloud.gateway.live_apis import find_api
from workshop_lib.local_cloud.moto_hooks import load_service

NAMESPACE = "AWS/ApiGateway"
SECONDS_IN_A_MINUTE = 60

# Account, Region, beginning of the minute (epoch seconds), API's name, stage, metric.
Place = tuple[str, str, int, str, str, str]

log = logging.getLogger(__name__)
_counts: Counter[Place] = Counter()
_lock = threading.Lock()


def count_request(account_id: str, region: str, api_id: str, stage: str, status: int) -> None:
    """Count one answered request; one to an API that is gone meanwhile is not.

    Args:
        account_id: whose API.
        region: where.
        api_id: which; CloudWatch is told its name.
        stage: the stage's name.
        status: of the answer.
    """
    found = find_api(account_id, api_id)
    if found is None:
        return
    minute = int(time.time()) // SECONDS_IN_A_MINUTE * SECONDS_IN_A_MINUTE
    metrics = ["Count"]
    if status >= 400:
        metrics.append("4XXError" if status < 500 else "5XXError")
    with _lock:
        is_over = any(place[2] < minute for place in _counts)
        for metric in metrics:
            _counts[account_id, region, minute, found.name, stage, metric] += 1
    if is_over:
        keep_counts(before=minute)


def keep_counts(before: int | None = None) -> None:
    """Put into CloudWatch what was counted, so that it is kept as all that changes is.

    Args:
        before: only minutes that began before this moment, in epoch seconds; default: all.
    """
    with _lock:
        over = {place: n for place, n in _counts.items() if before is None or place[2] < before}
        for place in over:
            del _counts[place]
    try:
        if over:
            _put_counts(counts=[[*place, number] for place, number in over.items()])
    except AwsError as error:
        # The API has answered all the same; what cannot be kept now may be kept a minute later.
        log.error("The metrics of API stages are not kept: %s", error)
        with _lock:
            _counts.update(over)


@change("stage metrics")
def _put_counts(*, counts: list[list[Any]]) -> None:
    load_service("cloudwatch")
    from moto.cloudwatch.models import cloudwatch_backends

    for account_id, region, minute, api, stage, metric, number in counts:
        datum = _make_datum((account_id, region, minute, api, stage, metric), number)
        cloudwatch_backends[account_id][region].metric_data.append(datum)


def _make_datum(place: Place, number: int) -> Any:
    from moto.cloudwatch.models import MetricAggregatedDatum

    _, _, minute, api, stage, metric = place
    return MetricAggregatedDatum(
        namespace=NAMESPACE,
        name=metric,
        min_stat=1.0,
        max_stat=1.0,
        sample_count=float(number),
        sum_stat=float(number),
        dimensions=[{"Name": "ApiName", "Value": api}, {"Name": "Stage", "Value": stage}],
        timestamp=datetime.fromtimestamp(minute, UTC).replace(tzinfo=None),
        unit="Count",
    )


class RunningMinute(CloudWatchMetricProvider):
    """Tells moto's CloudWatch what the minute that runs has counted; moto finds it by its base."""

    @staticmethod
    def get_cloudwatch_metrics(account_id: str, region: str) -> list[Any]:
        """Return the data of one account and Region."""
        with _lock:
            running = dict(_counts)
        return [
            _make_datum(place, number)
            for place, number in running.items()
            if place[:2] == (account_id, region)
        ]
