"""What CloudFront has stored: answers by cache key, bounded, dropped by path or by tag."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One stored answer."""

    url: str
    """Path and, if there is one, `?` and the query that is part of the key."""
    answer: Answer
    tags: frozenset[str]
    """In lower case: tags have none."""
    stored: float
    expires: float

    @property
    def fresh(self) -> bool:
        """Whether it may be served without asking the origin."""
        return time.time() < self.expires


class Cache:
    """The least recently used goes first when there is more than `limit` bytes."""

    def __init__(self, limit: int = 256 << 20) -> None:
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._limit = limit
        self._size = 0

    def get(self, key: str) -> Entry | None:
        """Fresh or expired."""
        if key in self._entries:
            self._entries.move_to_end(key)
        return self._entries.get(key)

    def put(self, key: str, entry: Entry) -> None:
        """In place of what was there."""
        self._remove(key)
        self._entries[key] = entry
        self._size += len(entry.answer.body)
        while self._size > self._limit:
            self._remove(next(iter(self._entries)))

    def refresh(self, key: str, entry: Entry, seconds: float) -> None:
        """Another lifetime for what the origin calls unmodified."""
        self.put(key, replace(entry, stored=time.time(), expires=time.time() + seconds))

    def invalidate(self, items: list[str]) -> int:
        """Paths (`/a.jpg`, `/a.jpg?width=9`, `/cats/*`) and tags (`#...`); how many entries went."""
        return sum(self.drop(_matcher(item)) for item in items)

    def drop(self, matches: Callable[[Entry], bool]) -> int:
        """Removes what matches; how many entries went."""
        keys = [key for key, entry in self._entries.items() if matches(entry)]
        for key in keys:
            self._remove(key)
        return len(keys)

    def _remove(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._size -= len(entry.answer.body)


def _matcher(item: str) -> Callable[[Entry], bool]:
    if item.startswith("#"):
        tag = item[1:].lower()
        return lambda entry: tag in entry.tags
    if item.endswith("*"):
        return lambda entry: entry.url.startswith(item[:-1])
    return lambda entry: entry.url == item
