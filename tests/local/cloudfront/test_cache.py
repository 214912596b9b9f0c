import time

from local.cloudfront.cache import Answer, Cache, Entry


def entry(url: str = "/a", body: bytes = b"x", seconds: float = 60) -> Entry:
    answer = Answer(status=200, headers={}, body=body)
    return Entry(url=url, answer=answer, tags=frozenset(), stored=time.time(), expires=time.time() + seconds)


def test_what_was_used_least_recently_goes_first() -> None:
    cache = Cache(limit=25)
    for key in ("a", "b"):
        cache.put(key, entry(body=b"1234567890"))
    cache.get("a")
    cache.put("c", entry(body=b"1234567890"))

    assert [key for key in ("a", "b", "c") if cache.get(key)] == ["a", "c"]


def test_an_expired_entry_is_found_but_not_fresh() -> None:
    cache = Cache()
    cache.put("a", entry(seconds=-1))

    found = cache.get("a")
    assert found is not None
    assert not found.fresh

    cache.refresh("a", found, 60)
    refreshed = cache.get("a")
    assert refreshed is not None
    assert refreshed.fresh
