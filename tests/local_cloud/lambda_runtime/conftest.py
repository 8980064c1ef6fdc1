"""What an invocation answered, decoded."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest


@dataclass(frozen=True)
class Answer:
    """What Invoke answered: the decoded payload, the error header, the decoded log tail."""

    payload: Any
    error: str | None
    log: str
    raw: Mapping[str, Any]


@pytest.fixture
def invoke(client: Callable[..., Any]) -> Callable[..., Answer]:
    """Invoke a function and decode the answer."""
    functions = client("lambda")

    def call(name: str, event: Any = None, **settings: Any) -> Answer:
        response = functions.invoke(
            FunctionName=name, Payload=json.dumps(event or {}), LogType="Tail", **settings
        )
        return Answer(
            json.loads(response["Payload"].read()),
            response.get("FunctionError"),
            base64.b64decode(response.get("LogResult", "")).decode(),
            response,
        )

    return call
