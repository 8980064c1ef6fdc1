"""Throttling by a stage's method settings: one token bucket for each limit that is set.

``rateLimit`` is requests per second, ``burstLimit`` the bucket's size. A method's own setting
counts for that method alone, the stage's ``*/*`` for all its other methods together.
Source: API Gateway developer guide, "Throttle requests to your REST APIs".
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from workshop_lib.local_cloud.gateway.executions import Execution
from workshop_lib.local_cloud.gateway.gateway_responses import GatewayError

_MOST_BUCKETS = 10_000


@dataclass
class _Bucket:
    rate: float
    burst: float
    tokens: float
    filled_at: float

    def take(self, now: float) -> bool:
        self.tokens = min(self.burst, self.tokens + (now - self.filled_at) * self.rate)
        self.filled_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class ThrottleTable:
    """The buckets of every stage.

    Args:
        clock: seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str, str], _Bucket] = {}

    def take(self, execution: Execution) -> None:
        """Count a request.

        Raises:
            GatewayError: the limit is reached (429).
        """
        stage, route = execution.stage, execution.matched
        own = f"{route.resource['path'].replace('/', '~1')}/{route.method['httpMethod']}"
        settings = stage.get("methodSettings") or {}
        name = next((key for key in (own, "*/*") if key in settings), None)
        if name is None:
            return
        rate = float(settings[name]["throttlingRateLimit"])
        burst = float(settings[name]["throttlingBurstLimit"])
        key = (execution.configuration.api_id, stage["stageName"], name)
        with self._lock:
            if not self._find_bucket(key, rate, burst).take(self._clock()):
                raise GatewayError(
                    "THROTTLED",
                    "Too Many Requests",
                    reason=f"Throttled: {name} allows {rate:g} requests a second and "
                    f"{burst:g} at once.",
                )

    def _find_bucket(self, key: tuple[str, str, str], rate: float, burst: float) -> _Bucket:
        bucket = self._buckets.get(key)
        if bucket is None or (bucket.rate, bucket.burst) != (rate, burst):
            if len(self._buckets) >= _MOST_BUCKETS:
                self._buckets.clear()
            bucket = self._buckets[key] = _Bucket(rate, burst, burst, self._clock())
        return bucket
