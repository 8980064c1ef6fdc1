"""The way to moto's API Gateway and CloudWatch Logs objects; every touch is under the lock.

moto's modules are imported at the first use, and the local
cloud starts without waiting for it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.changes import change
from workshop_lib.local_cloud.gateway.configurations import ApiConfiguration, StageSettings
from workshop_lib.local_cloud.gateway.snapshots import find_snapshot, read_stage
from workshop_lib.local_cloud.moto_hooks import moto_lock

log = logging.getLogger("workshop_lib.local_cloud.gateway")


def find_deployed_stage(
    account_id: str, api_id: str, stage_name: str
) -> tuple[ApiConfiguration, StageSettings] | None:
    """Return what a stage serves now, or None where there is no such API, stage or deployment."""
    with moto_lock:
        api = find_api(account_id, api_id)
        if api is None or api.disableExecuteApiEndpoint or stage_name not in api.stages:
            return None
        stage = api.stages[stage_name]
        snapshot = find_snapshot(api, stage.deployment_id)
        return None if snapshot is None else (snapshot, read_stage(stage))


def find_api(account_id: str, api_id: str) -> Any | None:
    """Return moto's ``RestAPI`` of an id, whatever Region it is in, or None."""
    from moto.apigateway.models import apigateway_backends

    with moto_lock:
        for backend in list(apigateway_backends[account_id].values()):
            if api_id in backend.apis:
                return backend.apis[api_id]
    return None


def get_api(account_id: str, api_id: str) -> Any:
    """Return moto's ``RestAPI`` of an id.

    Raises:
        AwsError: there is none.
    """
    api = find_api(account_id, api_id)
    if api is None:
        raise AwsError(
            "NotFoundException", f"Invalid API identifier specified {account_id}:{api_id}", 404
        )
    return api


def get_backend(account_id: str, region: str) -> Any:
    """Return moto's API Gateway backend of a Region."""
    from moto.apigateway.models import apigateway_backends

    return apigateway_backends[account_id][region]


def write_log_events(
    account_id: str, region: str, group: str, stream: str, messages: Sequence[tuple[int, str]]
) -> None:
    """Write lines to CloudWatch Logs; group and stream are made when they are not there.

    Args:
        account_id: whose logs.
        region: where.
        group: the log group's name.
        stream: the log stream's name.
        messages: epoch milliseconds and text of each line.
    """
    try:
        _write_log_events(
            account_id=account_id,
            region=region,
            group=group,
            stream=stream,
            events=[{"timestamp": at, "message": text} for at, text in messages],
        )
    except AwsError as error:
        # The API has answered, and its caller hears of it all the same.
        log.error("The log %s is not written: %s", group, error)


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


def now_milliseconds() -> int:
    """Return the time as CloudWatch Logs counts it."""
    return int(time.time() * 1000)
