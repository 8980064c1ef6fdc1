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
        limit = _find_limit(execution)
        if limit is None:
            return
        key, rate, burst = limit
        with self._lock:
            if not self._bucket(key, rate, burst).take(self._clock()):
                raise GatewayError(
                    "THROTTLED",
                    "Too Many Requests",
                    reason=f"Throttled: {key[2]} allows {rate:g} requests a second and "
                    f"{burst:g} at once.",
                )

    def forget(self, api_id: str) -> None:
        """Drop the buckets of an API that is gone."""
        with self._lock:
            for key in [key for key in self._buckets if key[0] == api_id]:
                del self._buckets[key]

    def _bucket(self, key: tuple[str, str, str], rate: float, burst: float) -> _Bucket:
        bucket = self._buckets.get(key)
        if bucket is None or (bucket.rate, bucket.burst) != (rate, burst):
            if len(self._buckets) >= _MOST_BUCKETS:
                self._buckets.clear()
            bucket = _Bucket(rate, burst, burst, self._clock())
            self._buckets[key] = bucket
        return bucket


def _find_limit(execution: Execution) -> tuple[tuple[str, str, str], float, float] | None:
    """Return the bucket's key, rate and size, or None where the stage sets no limit."""
    stage, method = execution.stage, execution.method
    for name, settings in stage.list_settings(execution.resource.path, method.http_method):
        rate = settings.get("throttlingRateLimit")
        burst = settings.get("throttlingBurstLimit")
        if rate is not None and burst is not None and min(rate, burst) >= 0:
            return (execution.configuration.api_id, stage.name, name), float(rate), float(burst)
    return None
