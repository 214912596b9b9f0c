"""Which folders to invalidate at the end of a time slot, when originals change faster than the limit.

All changes of a slot share the invalidations that are sent when the next slot begins. An invalidation has the number of
the slot in its caller reference, so CloudFront creates and bills it once, however many batches and processes send it.
docs/decisions/30-limit-invalidations.md shows why every change is covered and how many invalidations are possible.
"""

import math
import time
from collections.abc import Callable, Iterable
from typing import Final

from common.invalidation import EVERYTHING, Batch, covering_items, covering_tags, reference_digest

_SLOT_SECONDS: Final = 60
_MARGIN_SECONDS: Final = 5
"""The minimum time until a slot begins, and after its beginning. Clocks of two processes differ by less than this."""
_MAX_ITEMS_PER_TASK: Final = 3
"""The number of folders up to which the originals of one task are invalidated without their parent folders."""
_MAX_FOLDERS_PER_SLOT: Final = 6
"""The number of items after which a process invalidates only outermost folders for the rest of a slot."""
_MAX_ITEMS_PER_SLOT: Final = 9
"""The number of items after which a process invalidates everything for the rest of a slot."""
_REMEMBERED_SLOTS: Final = 100


class FolderInvalidations:
    """The slots, and the items that this process has invalidated in each slot."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        """`clock` returns the seconds since 1970."""
        self._clock = clock
        self._sent_items: dict[int, set[str]] = {}

    def next_slot(self, delay: float = 0) -> int:
        """Return the number of the first slot that begins after `delay` seconds and the margin."""
        return math.floor((self._clock() + delay + _MARGIN_SECONDS) / _SLOT_SECONDS) + 1

    def has_begun(self, slot: int) -> bool:
        """Return whether the slot has begun."""
        return self._clock() >= slot * _SLOT_SECONDS

    def delay_until(self, slot: int) -> int:
        """Return the delay of a message, in seconds, after which the slot has begun on the clocks of all processes."""
        return math.ceil(max(0, slot * _SLOT_SECONDS - self._clock()) + _MARGIN_SECONDS)

    def batches(self, slot: int, keys: Iterable[str]) -> list[Batch]:
        """Return the invalidations, of one item each, that this process still has to send for these originals."""
        sent = self._sent_items.get(slot, set())
        uncovered = [key for key in keys if sent.isdisjoint([EVERYTHING, *covering_tags(key)])]
        items = covering_items(uncovered, _MAX_ITEMS_PER_TASK)
        if len(sent | items) > _MAX_FOLDERS_PER_SLOT:
            items = covering_items(uncovered, _MAX_ITEMS_PER_TASK, max_depth=1)
        if len(sent | items) > _MAX_ITEMS_PER_SLOT:
            items = {EVERYTHING} if items else set[str]()
        return [Batch((item,), f"slot-{slot}-{reference_digest([item])}") for item in sorted(items - sent)]

    def remember(self, slot: int, batch: Batch) -> None:
        """Remember that CloudFront has accepted the invalidation of this slot."""
        self._sent_items.setdefault(slot, set()).update(batch.items)
        while len(self._sent_items) > _REMEMBERED_SLOTS:
            self._sent_items.pop(min(self._sent_items))
