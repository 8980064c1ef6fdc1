"""Throttling by a stage's method settings: one token bucket for each limit that is set.

``rateLimit`` is requests per second, ``burstLimit`` the bucket's size. A method's own setting
counts for that method alone, the stage's ``*/*`` for all its other methods together.
Source: API Gateway developer guide, "Throttle requests to your REST APIs".
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from workshop_lib.local_cloud.gateway.executions import Execution
from workshop_lib.local_cloud.gateway.gateway_responses import GatewayError


class ThrottleTable:
    """The buckets of every stage.

    Args:
        clock: seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        # By API, stage, method key, rate and size: how many tokens there were, and when.
        self._buckets: dict[tuple[str, str, str, float, float], tuple[float, float]] = {}

    def take(self, execution: Execution) -> None:
        """Count a request.

        Raises:
            GatewayError: the limit is reached (429).
        """
        stage, route = execution.stage, execution.route
        own = f"{route.resource['path'].replace('/', '~1')}/{route.method['httpMethod']}"
        settings = stage.get("methodSettings") or {}
        name = next((key for key in (own, "*/*") if key in settings), None)
        if name is None:
            return
        rate = float(settings[name]["throttlingRateLimit"])
        burst = float(settings[name]["throttlingBurstLimit"])
        key = (execution.configuration.api_id, stage["stageName"], name, rate, burst)
        with self._lock:
            now = self._clock()
            tokens, filled_at = self._buckets.get(key, (burst, now))
            tokens = min(burst, tokens + (now - filled_at) * rate)
            self._buckets[key] = (tokens - 1 if tokens >= 1 else tokens, now)
        if tokens < 1:
            reason = f"Throttled: {name} allows {rate:g} requests a second and {burst:g} at once."
            raise GatewayError("THROTTLED", "Too Many Requests", reason=reason)
