"""Counts the changes of the last minute in one process of the refresh function."""

from collections import deque
from typing import Final

_WINDOW_SECONDS: Final = 60.0


class ChangeRate:
    """The number of changes in the last minute.

    Changes above the limit count too. So while originals change faster than the limit, all of them are above it, and
    the counting does not let a part of them pass in each minute.
    """

    def __init__(self) -> None:
        self._counts: deque[tuple[float, int]] = deque()
        self._total = 0

    def exceeds(self, limit: int, count: int, now: float) -> bool:
        """Add `count` changes at the time `now`, in seconds. Return whether more than `limit` happened in a minute."""
        self._counts.append((now, count))
        self._total += count
        while self._counts[0][0] <= now - _WINDOW_SECONDS:
            self._total -= self._counts.popleft()[1]
        return self._total > limit
