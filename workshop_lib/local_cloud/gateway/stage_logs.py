"""Writing a stage's logs to CloudWatch Logs: the execution log and the access log.

Source: API Gateway developer guide, "Set up CloudWatch logging for REST APIs".
"""

from __future__ import annotations

import hashlib

from workshop_lib.local_cloud.gateway.context_variables import replace_variables
from workshop_lib.local_cloud.gateway.execution_logs import LogLine
from workshop_lib.local_cloud.gateway.executions import Execution
from workshop_lib.local_cloud.gateway.live_apis import now_milliseconds, write_log_events


def write_stage_logs(execution: Execution) -> None:
    """Write what the stage's settings ask for about a finished request."""
    _write_execution_log(execution)
    _write_access_log(execution)


def execution_log_group(api_id: str, stage: str) -> str:
    """Return the name of the log group that API Gateway writes a stage's execution log to."""
    return f"API-Gateway-Execution-Logs_{api_id}/{stage}"


def _write_execution_log(execution: Execution) -> None:
    lines = [line for line in execution.log.lines if _is_wanted(execution, line)]
    if not lines:
        return
    api_id, stage = execution.configuration.api_id, execution.stage.name
    messages = [
        (int(line.at.timestamp() * 1000), f"({execution.request_id}) {line.text}") for line in lines
    ]
    group = execution_log_group(api_id, stage)
    _write(execution, group, _stream_name(group), messages)


def _is_wanted(execution: Execution, line: LogLine) -> bool:
    """Level INFO wants all lines, ERROR the failures; data only where ``dataTrace`` is on."""
    path = execution.route.resource.path if execution.route else ""
    verb = execution.route.method.http_method if execution.route else ""
    level = execution.stage.setting(path, verb, "loggingLevel")
    if line.is_trace:
        return level == "INFO" and bool(execution.stage.setting(path, verb, "dataTraceEnabled"))
    return level == "INFO" or (level == "ERROR" and line.level == "ERROR")


def _write_access_log(execution: Execution) -> None:
    stage = execution.stage
    if not stage.access_log_format or not stage.access_log_destination:
        return
    _, _, group = stage.access_log_destination.partition(":log-group:")
    if not group:
        return
    scopes = {"context": execution.context, "stageVariables": stage.variables}
    line = replace_variables(stage.access_log_format, scopes, missing="-", escape=_escape)
    name = group.removesuffix(":*")
    _write(execution, name, _stream_name(stage.name), [(now_milliseconds(), line)])


def _escape(value: str) -> str:
    """Keep what a client sent from ending the line or the JSON text it is written into."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")


def _stream_name(seed: str) -> str:
    return hashlib.sha256(seed.encode()).hexdigest()[:32]


def _write(execution: Execution, group: str, stream: str, messages: list[tuple[int, str]]) -> None:
    region = execution.configuration.region
    write_log_events(execution.account_id, region, group, stream, messages)
