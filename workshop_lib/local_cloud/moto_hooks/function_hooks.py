"""The hooks that keep what asynchronous invocations need; see lambda_runtime and events."""

from __future__ import annotations

import functools
import inspect
from typing import Any


def install_function_hooks() -> None:
    """Make moto keep what asynchronous invocations need, and run no function by itself."""
    keep_dead_letter_configurations()
    keep_one_invoke_configuration()
    refuse_event_source_mappings()


def keep_dead_letter_configurations() -> None:
    """Keep a function's DeadLetterConfig, which moto ignores, and updates of two other settings."""
    from moto.awslambda.models import LambdaFunction

    plain_init = inspect.unwrap(LambdaFunction.__init__)
    plain_update = inspect.unwrap(LambdaFunction.update_configuration)
    plain_describe = inspect.unwrap(LambdaFunction.get_configuration)

    @functools.wraps(plain_init)
    def init(self: Any, account_id: str, spec: dict[str, Any], *rest: Any, **named: Any) -> None:
        plain_init(self, account_id, spec, *rest, **named)
        self.dead_letter_config = spec.get("DeadLetterConfig")

    @functools.wraps(plain_update)
    def update_configuration(self: Any, updates: dict[str, Any]) -> Any:
        if "DeadLetterConfig" in updates:
            self.dead_letter_config = updates["DeadLetterConfig"]
        if updates.get("EphemeralStorage"):
            self.ephemeral_storage = updates["EphemeralStorage"]["Size"]
        if updates.get("TracingConfig"):
            self.tracing_config = updates["TracingConfig"]
        # An Environment without Variables empties it; moto would fail on it.
        if "Environment" in updates:
            updates = {**updates, "Environment": {"Variables": {}, **updates["Environment"]}}
        return plain_update(self, updates)

    @functools.wraps(plain_describe)
    def get_configuration(self: Any, *rest: Any, **named: Any) -> Any:
        described = plain_describe(self, *rest, **named)
        if (getattr(self, "dead_letter_config", None) or {}).get("TargetArn"):
            described["DeadLetterConfig"] = self.dead_letter_config
        return described

    LambdaFunction.__init__ = init
    LambdaFunction.update_configuration = update_configuration
    LambdaFunction.get_configuration = get_configuration


def keep_one_invoke_configuration() -> None:
    """Let PutFunctionEventInvokeConfig replace and Update… merge; moto answers with the first."""
    from moto.awslambda.models import LambdaBackend

    plain_put = inspect.unwrap(LambdaBackend.put_function_event_invoke_config)

    @functools.wraps(plain_put)
    def put(self: Any, function_name: str, config: dict[str, Any]) -> Any:
        self.get_function(function_name).event_invoke_config.clear()
        return plain_put(self, function_name, config)

    def update(self: Any, function_name: str, config: dict[str, Any]) -> Any:
        held = self.get_function(function_name).event_invoke_config
        return put(self, function_name, {**(held[-1].config if held else {}), **config})

    LambdaBackend.put_function_event_invoke_config = put
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
