"""The hooks that keep what asynchronous invocations need; see lambda_runtime and events."""

from __future__ import annotations

from typing import Any

from workshop_lib.local_cloud.moto_hooks.wrapping import around


def install_function_hooks() -> None:
    """Make moto keep what asynchronous invocations need, and run no function by itself."""
    keep_dead_letter_configurations()
    keep_one_invoke_configuration()
    refuse_event_source_mappings()


def keep_dead_letter_configurations() -> None:
    """Keep a function's DeadLetterConfig, which moto ignores, and updates of two other settings."""
    from moto.awslambda.models import LambdaFunction

    @around(LambdaFunction, "__init__")
    def init(plain: Any, self: Any, account_id: str, spec: Any, *rest: Any, **named: Any) -> None:
        plain(self, account_id, spec, *rest, **named)
        self.dead_letter_config = spec.get("DeadLetterConfig")

    @around(LambdaFunction, "update_configuration")
    def update_configuration(plain: Any, self: Any, updates: dict[str, Any]) -> Any:
        if "DeadLetterConfig" in updates:
            self.dead_letter_config = updates["DeadLetterConfig"]
        if updates.get("EphemeralStorage"):
            self.ephemeral_storage = updates["EphemeralStorage"]["Size"]
        if updates.get("TracingConfig"):
            self.tracing_config = updates["TracingConfig"]
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
    """Let PutFunctionEventInvokeConfig replace and Update… merge; moto answers with the first."""
    from moto.awslambda.models import LambdaBackend

    @around(LambdaBackend, "put_function_event_invoke_config")
    def put(plain: Any, self: Any, function_name: str, config: dict[str, Any]) -> Any:
        self.get_function(function_name).event_invoke_config.clear()
        return plain(self, function_name, config)

    def update(self: Any, function_name: str, config: dict[str, Any]) -> Any:
        held = self.get_function(function_name).event_invoke_config
        merged = {**(held[-1].config if held else {}), **config}
        return self.put_function_event_invoke_config(function_name, merged)

    LambdaBackend.update_function_event_invoke_config = update


def refuse_event_source_mappings() -> None:
    """Refuse what is not built; moto would start Docker inside the sender's request."""
    from moto.awslambda.models import LambdaBackend

    def create_event_source_mapping(self: Any, spec: dict[str, Any]) -> Any:
        raise NotImplementedError(
            "Functions are invoked by S3, SNS, API Gateway and Invoke; queues and streams are not "
            "polled here."
        )

    LambdaBackend.create_event_source_mapping = create_event_source_mapping
