"""The hooks that keep what functions are configured with; see lambda_runtime and events."""

from __future__ import annotations

from typing import Any

from workshop_lib.local_cloud.moto_hooks.wrapping import around


def install_function_hooks() -> None:
    """Install the hooks."""
    keep_configurations()
    keep_one_invoke_configuration()
    find_by_partial_arn()


def keep_configurations() -> None:
    """Keep a function's name and DeadLetterConfig, and updates of /tmp's size, as AWS does.

    moto takes an ARN for a name as it is, and ignores the others.
    """
    from moto.awslambda.models import LambdaFunction

    @around(LambdaFunction, "__init__")
    def init(plain: Any, self: Any, account_id: str, spec: Any, *rest: Any, **named: Any) -> None:
        name = spec["FunctionName"].rsplit(":", 1)[-1]
        plain(self, account_id, {**spec, "FunctionName": name}, *rest, **named)
        self.dead_letter_config = spec.get("DeadLetterConfig")

    @around(LambdaFunction, "update_configuration")
    def update_configuration(plain: Any, self: Any, updates: dict[str, Any]) -> Any:
        if "DeadLetterConfig" in updates:
            self.dead_letter_config = updates["DeadLetterConfig"]
        if updates.get("EphemeralStorage"):
            self.ephemeral_storage = updates["EphemeralStorage"]["Size"]
        # An Environment without Variables empties it; moto would fail on it.
        if "Environment" in updates:
            updates = {**updates, "Environment": {"Variables": {}, **updates["Environment"]}}
        return plain(self, updates)

    @around(LambdaFunction, "get_configuration")
    def get_configuration(plain: Any, self: Any, *rest: Any, **named: Any) -> Any:
        described = plain(self, *rest, **named)
        if (getattr(self, "dead_letter_config", None) or {}).get("TargetArn"):
            described["DeadLetterConfig"] = self.dead_letter_config
        return described


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
