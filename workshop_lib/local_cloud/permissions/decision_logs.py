"""What was asked of the permissions and how it was decided, one line of JSON each.

From it a policy can be compared with what its holder really did, as IAM Access Analyzer does from
CloudTrail. Neither parameters nor keys are written.
"""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import TextIO

from workshop_lib.local_cloud.permissions.evaluations import Verdict
from workshop_lib.local_cloud.permissions.principals import Principal


class DecisionLog:
    """Writes the decisions of one cloud.

    Args:
        file: where to; it is added to, and only its owner reads it. None writes nothing.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._stream: TextIO | None = None
        if file is not None:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            self._stream = os.fdopen(descriptor, "a", encoding="utf-8", buffering=1)

    def write(
        self, principal: Principal, action: str, resources: tuple[str, ...], verdict: Verdict
    ) -> None:
        """Write who asked for which action on what, and the answer."""
        if self._stream is None:
            return
        decided = {"principal": principal.arn, "action": action, "resources": resources}
        line = json.dumps({**decided, "allowed": verdict.allowed})
        with self._lock:
            self._stream.write(f"{line}\n")
