"""A guard against runaway clients: a token bucket a peer, counted per web process."""

import threading
import time
import uuid
from collections import OrderedDict

REMEMBERED = 20_000


class Limiter:
    """Allows `per_minute` requests a key on average and `burst` at once.

    Keys that were not seen for longest are forgotten first: a forgotten one starts full.
    """

    def __init__(self, *, per_minute: int, burst: int) -> None:
        self._per_second = per_minute / 60
        self._burst = burst
        self._buckets: OrderedDict[uuid.UUID, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def seconds_until_allowed(self, key: uuid.UUID) -> float:
        """0 where the request may pass (and is counted), else how long to wait."""
        at = time.monotonic()
        with self._lock:
            left, since = self._buckets.pop(key, (float(self._burst), at))
            left = min(self._burst, left + (at - since) * self._per_second)
            allowed = left >= 1
            self._buckets[key] = (left - 1 if allowed else left, at)
            if len(self._buckets) > REMEMBERED:
                self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - left) / self._per_second
