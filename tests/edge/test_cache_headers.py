"""The ETag, the Cache-Control and the other caching headers that viewers and CloudFront see."""

import re

import pytest

from common.contract import STORED_RENDITIONS_PREFIX
from edge.cache_headers import cache_control, head_headers, pass_through_headers, rendition_headers
from edge.rendition import Rendition
from edge.settings import Settings
from tests.support.edge_events import SETTINGS, edge_request

QUERY = "format=webp&width=30"
STACK = "public, max-age=3600, s-maxage=31536000"
"""The Cache-Control of the stack in the event."""
STORED = f"/{STORED_RENDITIONS_PREFIX}{'0' * 32}/9b2c-0123456789abcdef.webp"


def rendition_etag(query: str = QUERY, settings: Settings = SETTINGS) -> str:
    return rendition_headers(edge_request(query), Rendition.parse(query), "9b2c", settings)["etag"]


def original_etag(settings: Settings = SETTINGS, **options: str) -> str:
    return pass_through_headers(edge_request(**options), settings)["etag"]


def test_every_etag_is_that_of_s3_and_a_digest() -> None:
    for etag in (rendition_etag(), original_etag(), original_etag(query=QUERY), original_etag(uri=STORED)):
        assert re.fullmatch(r'"9b2c-[0-9a-f]{8}"', etag)


@pytest.mark.parametrize("changed", [SETTINGS._replace(max_dimension=9), SETTINGS._replace(max_pixels=9)])
def test_etag_depends_on_the_limits_only_for_renditions(changed: Settings) -> None:

    assert rendition_etag(settings=changed) != rendition_etag()
    assert original_etag(changed) == original_etag()
    assert original_etag(changed, uri=STORED) == original_etag(uri=STORED)


def test_etag_of_a_rendition_depends_on_the_query() -> None:
    assert len({original_etag(), rendition_etag(), rendition_etag("format=webp&width=31")}) == 3


def test_no_etag_is_sent_when_s3_sent_none() -> None:
    request = edge_request(QUERY, etag="")

    assert "etag" not in pass_through_headers(request, SETTINGS)
    assert "etag" not in rendition_headers(request, Rendition.parse(QUERY), "", SETTINGS)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("no-store", "no-store, stale-if-error=0"),
        ("private, max-age=60", "private, max-age=60, stale-if-error=0"),
        (" PRIVATE ,Max-Age=60", "PRIVATE, Max-Age=60, stale-if-error=0"),
        ('private="set-cookie, x"', 'private="set-cookie, x", stale-if-error=0'),
        ("max-age=60; private", "max-age=60, private, stale-if-error=0"),
        ('max-age="60, private', 'max-age="60, private, stale-if-error=0'),
        ("private, stale-if-error=600", "private, stale-if-error=0"),
        ("stale-while-revalidate=9, no-store", "no-store, stale-if-error=0"),
    ],
)
def test_private_and_no_store_are_kept_and_never_sent_stale(value: str, expected: str) -> None:
    """https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html"""
    assert cache_control(edge_request(cache_control=value), SETTINGS) == expected
    assert cache_control(edge_request(QUERY, cache_control=value), SETTINGS) == expected
    assert cache_control(edge_request(uri=STORED, cache_control=expected), SETTINGS) == expected


@pytest.mark.parametrize(
    "value",
    [
        *("no-cache", "max-age=0", "s-maxage=0", "max-age=5", "must-revalidate", "public, immutable"),
        *("x-private", "private-x=1", "no-storage", 'extension="private, no-store"', 'extension="\\", private"'),
    ],
)
def test_rendition_ignores_other_directives_of_its_original(value: str) -> None:
    assert cache_control(edge_request(QUERY, cache_control=value), SETTINGS) == STACK
    assert cache_control(edge_request(cache_control=value), SETTINGS) == value


def test_cache_control_of_the_stack_is_the_default() -> None:
    assert cache_control(edge_request(), SETTINGS) == cache_control(edge_request(QUERY), SETTINGS) == STACK


def test_head_of_a_rendition_has_the_headers_known_without_a_render() -> None:
    request = edge_request(QUERY, method="HEAD", cache_control="no-cache")

    headers = head_headers(request, Rendition.parse(QUERY), SETTINGS)

    assert headers == {"cache-control": STACK, "etag": rendition_etag(), "vary": "accept"}
