"""The cloud's rate headers: off until a test turns them on."""

import math
from dataclasses import dataclass
from email.utils import formatdate

from tests.act.answers import Answer, told

# Nobody knows in which of these X-RateLimit-Reset comes (facts, "Hosts and access").
RESETS = ("seconds", "epoch", "date", "none")


@dataclass
class Rate:
    """So many requests in each minute of the office's clock; None: no limit and no headers."""

    limit: int | None = None
    reset: str = "seconds"
    _minute: int = 0
    _used: int = 0

    def count(self, now: float) -> Answer | None:
        """Count a request; the 429 where it is one too many."""
        if self.limit is None:
            return None
        minute = int(now // 60)
        if minute != self._minute:
            self._minute, self._used = minute, 0
        self._used += 1
        if self._used <= self.limit:
            return None
        return told({"message": "Too Many Requests"}, 429)

    def headers(self, now: float) -> dict[str, str]:
        if self.limit is None:
            return {}
        left = max(0, self.limit - self._used)
        made = {"X-RateLimit-Limit": str(self.limit), "X-RateLimit-Remaining": str(left)}
        end = (now // 60 + 1) * 60
        reset = {
            "seconds": str(math.ceil(end - now)),
            "epoch": str(int(end)),
            "date": formatdate(end, usegmt=True),
        }
        return made | ({"X-RateLimit-Reset": reset[self.reset]} if self.reset in reset else {})
