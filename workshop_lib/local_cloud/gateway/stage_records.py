"""What a stage tells CloudWatch: its access log, and how many requests came, by the minute.

Sources: API Gateway developer guide, "Set up CloudWatch logging for REST APIs" and "Amazon API
Gateway dimensions and metrics": Count, 4XXError and 5XXError, in the namespace AWS/ApiGateway. A
minute that is over is kept by a change; the minute that runs is told from memory, so a cloud that
is killed loses no more than that.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from moto.core.common_models import CloudWatchMetricProvider

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.changes import change
from workshop_lib.local_cloud.gateway.deployments import find_api
from workshop_lib.local_cloud.gateway.executions import Execution
from workshop_lib.local_cloud.gateway.parameter_mappings import replace_variables
from workshop_lib.local_cloud.moto_hooks import load_service

NAMESPACE = "AWS/ApiGateway"
SECONDS_IN_A_MINUTE = 60
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r"})

# Account, Region, beginning of the minute (epoch seconds), API's name, stage, metric.
Place = tuple[str, str, int, str, str, str]

log = logging.getLogger(__name__)
_counts: Counter[Place] = Counter()
_lock = threading.Lock()


def write_access_log(execution: Execution) -> None:
    """Write the line of a finished request that the stage's settings ask for."""
    settings = execution.stage.get("accessLogSettings") or {}
    group = settings.get("destinationArn", "").partition(":log-group:")[2].removesuffix(":*")
    if not group or not settings.get("format"):
        return
    line = replace_variables(settings["format"], execution.scopes, missing="-", escape=_escape)
    stream = hashlib.sha256(execution.stage["stageName"].encode()).hexdigest()[:32]
    try:
        _write_log_events(
            account_id=execution.account_id,
            region=execution.configuration.region,
            group=group,
            stream=stream,
            events=[{"timestamp": int(time.time() * 1000), "message": line}],
        )
    except AwsError as error:
        # The API has answered, and its caller hears of it all the same.
        log.error("The log %s is not written: %s", group, error)


def _escape(value: str) -> str:
    """Keep what a client sent from ending the line, or the JSON text, that it is written into."""
    return value.translate(_ESCAPES)


@change("stage log")
def _write_log_events(
    *, account_id: str, region: str, group: str, stream: str, events: list[dict[str, Any]]
) -> None:
    from moto.logs.models import logs_backends

    backend = logs_backends[account_id][region]
    if group not in backend.groups:
        backend.create_log_group(group, {})
    backend.ensure_log_stream(group, stream)
    backend.put_log_events(group, stream, events)


def count_request(execution: Execution, status: int) -> None:
    """Count one answered request; one to an API that is gone meanwhile is not."""
    api = execution.configuration
    found = find_api(execution.account_id, api.api_id)
    if found is None:
        return
    minute = int(time.time()) // SECONDS_IN_A_MINUTE * SECONDS_IN_A_MINUTE
    metrics = ["Count"] + [f"{status // 100}XXError"] * (status >= 400)
    with _lock:
        is_over = any(place[2] < minute for place in _counts)
        for metric in metrics:
            stage = execution.stage["stageName"]
            _counts[execution.account_id, api.region, minute, found.name, stage, metric] += 1
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

    for account_id, region, *rest in counts:
        cloudwatch_backends[account_id][region].metric_data.append(_make_datum(*rest))


def _make_datum(minute: int, api: str, stage: str, metric: str, number: int) -> Any:
    from moto.cloudwatch.models import MetricAggregatedDatum

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
            running = list(_counts.items())
        return [
            _make_datum(*place[2:], number)
            for place, number in running
            if place[:2] == (account_id, region)
        ]
