import time
from email.utils import formatdate

import pytest

from local.cloudfront.ttl import response_ttl, stale_ttl

POLICY = {"minTtl": 0, "defaultTtl": 100, "maxTtl": 1000}


@pytest.mark.parametrize(
    ("cache_control", "policy", "seconds"),
    [
        ("", {}, 100),
        ("max-age=50", {}, 50),
        ("max-age=50, s-maxage=70", {}, 70),
        ("s-maxage=0, max-age=50", {}, 0),
        ("max-age=5000", {}, 1000),
        ("max-age=5", {"minTtl": 60}, 60),
        ("no-store", {}, 0),
        ("private, max-age=50", {}, 0),
        ("Private", {}, 0),
        ("NO-STORE, max-age=50", {}, 0),
        ("Max-Age=50", {}, 50),
        ("no-cache", {"minTtl": 60}, 60),
        ("", {"minTtl": 200}, 200),
        ("public, max-age=50, stale-if-error=900", {}, 50),
    ],
)
def test_ttl_of_a_success_follows_header_and_policy(cache_control: str, policy: dict[str, int], seconds: float) -> None:
    headers = {"cache-control": cache_control} if cache_control else {}

    assert response_ttl(200, headers, POLICY | policy, {}) == seconds


def test_expires_is_used_when_cache_control_is_missing() -> None:
    headers = {"expires": formatdate(time.time() + 60, usegmt=True)}

    assert 55 < response_ttl(200, headers, POLICY, {}) < 65


@pytest.mark.parametrize(
    ("status", "cache_control", "seconds"),
    [
        (200, "", 1000),
        (302, "max-age=50", 1000),
        (200, "private", 1000),
        (200, "no-store", 1000),
        (200, "private, stale-if-error=0", 0),
        (200, "max-age=50, stale-if-error=7", 7),
        (200, "max-age=50, stale-if-error=9999", 1000),
        (206, "max-age=50", 0),
        (404, "max-age=50", 0),
        (502, "", 0),
    ],
)
def test_success_is_stale_for_the_maximum_ttl_or_stale_if_error(status: int, cache_control: str, seconds: int) -> None:
    """AWS documents that `private` and `no-store` do not prevent this."""
    assert stale_ttl(status, {"cache-control": cache_control}, POLICY) == seconds


@pytest.mark.parametrize(
    ("status", "cache_control", "error_ttls", "seconds"),
    [
        (404, "", {}, 10),
        (404, "", {404: 3}, 3),
        (404, "max-age=30", {404: 3}, 30),
        (503, "no-store", {503: 7}, 7),
        (400, "", {400: 9}, 0),
        (400, "max-age=4", {400: 9}, 9),
        (415, "max-age=60", {}, 60),
        (413, "max-age=60", {}, 0),
        (416, "max-age=60", {}, 0),
        (206, "max-age=60", {}, 0),
    ],
)
def test_ttl_of_an_error_depends_on_its_status(
    status: int, cache_control: str, error_ttls: dict[int, int], seconds: float
) -> None:
    headers = {"cache-control": cache_control} if cache_control else {}

    assert response_ttl(status, headers, POLICY, error_ttls) == seconds
