"""Holds back who asks too often for what costs work: counted by address in this process, and never written down."""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from approvals.base.errors import TooMany
from approvals.base.text_validation import N_

MOST_ADDRESSES = 10_000  # remembered at once; the one not seen longest is forgotten first


@dataclass(slots=True)
class RateLimit:
    """At most `most` calls of one address within `window`."""

    most: int
    window: timedelta
    _seen: OrderedDict[str, deque[datetime]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def check(self, address: str, now: datetime) -> None:
        """Count one call; TooMany when there were enough."""
        with self._lock:
            calls = self._seen.setdefault(address, deque(maxlen=self.most))
            self._seen.move_to_end(address)
            if len(self._seen) > MOST_ADDRESSES:
                self._seen.popitem(last=False)
            if len(calls) == self.most and now - calls[0] < self.window:
                wait = int((calls[0] + self.window - now).total_seconds()) + 1
                raise TooMany(
                    N_("Too many attempts. Try again in %(minutes)s minutes."), wait=wait, minutes=-(-wait // 60)
                )
            calls.append(now)

    def forget(self) -> None:
        """Begin to count anew."""
        with self._lock:
            self._seen.clear()
