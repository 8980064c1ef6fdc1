"""The hooks that keep what functions are configured with; see lambda_runtime and events."""

from __future__ import annotations

from typing import Any

from workshop_lib.local_cloud.moto_hooks.moments import draw_uuid, tell_timestamp
from workshop_lib.local_cloud.moto_hooks.wrapping import around

# A change takes AWS a moment, and whoever asks meanwhile is told so; here it is done at once.
_REASON, _REASON_CODE = "The function is being created.", "Creating"
BEING_MADE = {"State": "Pending", "StateReason": _REASON, "StateReasonCode": _REASON_CODE}
BEING_CHANGED = {
    "LastUpdateStatus": "InProgress",
    "LastUpdateStatusReason": _REASON,
    "LastUpdateStatusReasonCode": _REASON_CODE,
}


def install_function_hooks() -> None:
    """Install the hooks."""
    keep_configurations()
    describe_functions()
    keep_one_invoke_configuration()
    find_by_partial_arn()


def keep_configurations() -> None:
    """Keep a function's name, DeadLetterConfig, time and revision, and updates of /tmp's size.

    moto takes an ARN for a name as it is, and ignores the others.
    """
    from moto.awslambda.models import LambdaFunction

    @around(LambdaFunction, "__init__")
    def init(plain: Any, self: Any, account_id: str, spec: Any, *rest: Any, **named: Any) -> None:
        name = spec["FunctionName"].rsplit(":", 1)[-1]
        plain(self, account_id, {**spec, "FunctionName": name}, *rest, **named)
        self.dead_letter_config = spec.get("DeadLetterConfig")
        _note_change(self)

    @around(LambdaFunction, "update_function_code")
    def update_function_code(plain: Any, self: Any, updates: dict[str, Any]) -> Any:
        if updates.get("DryRun"):
            return self.get_configuration()
        plain(self, updates)
        _note_change(self)
        return self.get_configuration() | BEING_CHANGED

    @around(LambdaFunction, "update_configuration")
    def update_configuration(plain: Any, self: Any, updates: dict[str, Any]) -> Any:
        if "DeadLetterConfig" in updates:
            self.dead_letter_config = updates["DeadLetterConfig"]
        if updates.get("EphemeralStorage"):
            self.ephemeral_storage = updates["EphemeralStorage"]["Size"]
        # An Environment without Variables empties it; moto would fail on it.
        if "Environment" in updates:
            updates = {**updates, "Environment": {"Variables": {}, **updates["Environment"]}}
        plain(self, updates)
        _note_change(self)
        return self.get_configuration() | BEING_CHANGED


def describe_functions() -> None:
    """Tell of a function what AWS tells, and moto does not or otherwise."""
    from moto.awslambda.models import LambdaFunction

    @around(LambdaFunction, "get_configuration")
    def get_configuration(plain: Any, self: Any, on_create: bool = False) -> Any:
        described = plain(self, on_create) | (BEING_MADE if on_create else {})
        described["RevisionId"] = self.revision_id
        described["LoggingConfig"] = {
            "LogFormat": "Text", "LogGroup": f"/aws/lambda/{self.function_name}",
        }  # fmt: skip
        if not self.layers:
            del described["Layers"]
        if (self.dead_letter_config or {}).get("TargetArn"):
            described["DeadLetterConfig"] = self.dead_letter_config
        return described


def _note_change(function: Any) -> None:
    function.revision_id = draw_uuid()
    function.last_modified = tell_timestamp().removesuffix("Z") + "+0000"


def keep_one_invoke_configuration() -> None:
    """Let PutFunctionEventInvokeConfig replace what there is; moto answers with the first."""
    from moto.awslambda.models import LambdaBackend

    @around(LambdaBackend, "put_function_event_invoke_config")
    def put(plain: Any, self: Any, function_name: str, config: dict[str, Any]) -> Any:
        self.get_function(function_name).event_invoke_config.clear()
        return plain(self, function_name, config)


def find_by_partial_arn() -> None:
    """Find a function by ``account:function:name`` too; moto fails on it."""
    from moto.awslambda.models import LambdaStorage

    @around(LambdaStorage, "get_function_by_name_or_arn_with_qualifier")
    @around(LambdaStorage, "del_function")
    def find(plain: Any, self: Any, name: str, *rest: Any, **named: Any) -> Any:
        return plain(self, name.rpartition(":function:")[2], *rest, **named)
