"""CloudFront's cache: responses by cache key, limited in size, invalidated by path or by cache tag."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import cachetools

from local.cloudfront.messages import Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One cached response."""

    url: str
    """The path. If the cache key contains a query string, `?` and the query string follow."""
    response: Response
    tags: frozenset[str]
    """The cache tags in lower case, because CloudFront ignores their case."""
    stored_at: float
    """The time when the response was stored, in seconds since the epoch."""
    expires_at: float
    """The time when the response expires, in seconds since the epoch."""

    @property
    def is_fresh(self) -> bool:
        """Whether the response may be served without a request to the origin."""
        return time.time() < self.expires_at


class Cache:
    """A cache that evicts the least recently used entries when the bodies exceed `max_bytes`."""

    def __init__(self, max_bytes: int = 256 << 20) -> None:
        self._entries: cachetools.LRUCache[str, Entry] = cachetools.LRUCache(
            max_bytes, getsizeof=lambda entry: len(entry.response.body)
        )

    def get(self, key: str) -> Entry | None:
        """Return the entry, which can be fresh or expired, or None if there is no entry."""
        return self._entries.get(key)

    def put(self, key: str, entry: Entry) -> None:
        """Store an entry in place of the previous one. A body that is larger than the whole cache is not stored."""
        self._entries.pop(key, None)
        # cachetools raises ValueError for a value that is larger than the cache.
        if len(entry.response.body) <= self._entries.maxsize:
            self._entries[key] = entry

    def refresh(self, key: str, entry: Entry, seconds: float) -> None:
        """Store an entry that the origin reported as not modified, with a new TTL."""
        self.put(key, replace(entry, stored_at=time.time(), expires_at=time.time() + seconds))

    def entries(self) -> dict[str, Entry]:
        """Return all entries by cache key. This does not count as a use of the entries."""
        # LRUCache.items() would mark every entry as recently used; the lookup of the base class does not.
        return {key: cachetools.Cache.__getitem__(self._entries, key) for key in self._entries}

    def invalidate(self, items: list[str]) -> int:
        """Remove entries by path (`/a.jpg`, `/a.jpg?width=9`, `/cats/*`) or tag (`#...`); return their number."""
        return sum(self._remove_matching(_matcher(item)) for item in items)

    def _remove_matching(self, is_match: Callable[[Entry], bool]) -> int:
        keys = [key for key, entry in self.entries().items() if is_match(entry)]
        for key in keys:
            del self._entries[key]
        return len(keys)


def _matcher(item: str) -> Callable[[Entry], bool]:
    if item.startswith("#"):
        tag = item[1:].lower()
        return lambda entry: tag in entry.tags
    if item.endswith("*"):
        return lambda entry: entry.url.startswith(item[:-1])
    return lambda entry: entry.url == item
