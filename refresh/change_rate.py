"""Counts the changes of the last minute in one process of the refresh function."""

import time
from collections import deque
from collections.abc import Callable
from typing import Final

_WINDOW_SECONDS: Final = 60.0


class ChangeRate:
    """The number of changes in the last minute.

    Changes above the limit count too. So while originals change faster than the limit, all of them are above it, and
    the counting does not let a part of them pass in each minute.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` returns the time in seconds."""
        self._clock = clock
        self._counts: deque[tuple[float, int]] = deque()
        self._total = 0

    def exceeds(self, limit: int, count: int) -> bool:
        """Add `count` changes now, and return whether more than `limit` changes happened in the last minute."""
        now = self._clock()
        self._counts.append((now, count))
        self._total += count
        while self._counts[0][0] <= now - _WINDOW_SECONDS:
            self._total -= self._counts.popleft()[1]
        return self._total > limit
