import time

from local.cloudfront.cache import Cache, Entry
from local.cloudfront.messages import Response


def entry(url: str = "/a", *, body: bytes = b"x", seconds: float = 60, tags: frozenset[str] = frozenset()) -> Entry:
    response = Response(status=200, headers={}, body=body)
    now = time.time()
    return Entry(url=url, response=response, tags=tags, stored_at=now, expires_at=now + seconds)


def cached_keys(cache: Cache) -> list[str]:
    return [key for key in ("a", "b", "c") if cache.get(key)]


def test_cache_evicts_the_least_recently_used_entry_when_full() -> None:
    cache = Cache(max_bytes=25)
    for key in ("a", "b"):
        cache.put(key, entry(body=b"1234567890"))
    cache.get("a")
    cache.put("c", entry(body=b"1234567890"))

    assert cached_keys(cache) == ["a", "c"]


def test_expired_entry_is_returned_but_not_fresh_until_refreshed() -> None:
    cache = Cache()
    cache.put("a", entry(seconds=-1))

    expired = cache.get("a")
    assert expired is not None
    assert not expired.is_fresh

    cache.refresh("a", expired, 60)
    refreshed = cache.get("a")
    assert refreshed is not None
    assert refreshed.is_fresh


def test_response_larger_than_the_cache_is_not_stored() -> None:
    """Putting a response that is too large also removes the previous response of the same key."""
    cache = Cache(max_bytes=25)
    for key in ("a", "b"):
        cache.put(key, entry(body=b"1234567890"))
    cache.put("a", entry(body=b"x" * 26))

    assert cached_keys(cache) == ["b"]


def test_response_without_a_body_takes_no_space() -> None:
    cache = Cache(max_bytes=10)
    cache.put("a", entry(body=b"1234567890"))
    cache.put("b", entry(body=b""))

    assert cached_keys(cache) == ["a", "b"]


def test_replaced_response_frees_its_space() -> None:
    cache = Cache(max_bytes=25)
    for body in (b"x" * 20, b"y" * 10):
        cache.put("a", entry(body=body))
    cache.put("b", entry(body=b"1234567890"))

    assert cached_keys(cache) == ["a", "b"]


def test_invalidation_by_path_or_tag_removes_only_matching_entries() -> None:
    cache = Cache()
    cache.put("a", entry("/cats/1.jpg?width=9"))
    cache.put("b", entry("/cats/1.jpg", tags=frozenset({"cat"})))
    cache.put("c", entry("/dogs/1.jpg"))

    assert cache.invalidate(["/cats/1.jpg?*", "#CAT", "/none"]) == 2
    assert cached_keys(cache) == ["c"]


def test_invalidation_of_other_entries_does_not_count_as_a_use() -> None:
    cache = Cache(max_bytes=25)
    for key in ("a", "b"):
        cache.put(key, entry(body=b"1234567890"))
    cache.get("a")
    cache.invalidate(["/none"])
    cache.put("c", entry(body=b"1234567890"))

    assert cached_keys(cache) == ["a", "c"]
