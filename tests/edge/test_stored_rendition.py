import re
from fnmatch import fnmatchcase

import pytest

from common.cache_tags import stored_prefix
from edge.settings import Settings
from edge.stored_rendition import redirect_cache_control, stored_cache_control, stored_key
from tests.support.edge_events import SETTINGS, edge_request
from tests.support.recorded_programs import program

QUERY = "format=png&width=9"
KEY = stored_key(edge_request(QUERY, uri="/cats/1.jpg"), "abc", SETTINGS, "image/png")


def test_distribution_reads_the_path_of_a_stored_key_from_its_bucket() -> None:
    (distribution,) = program("dev").of("aws:cloudfront/distribution:Distribution")
    (behavior,) = distribution.inputs["orderedCacheBehaviors"]

    assert fnmatchcase(f"/{KEY}", behavior["pathPattern"])
    assert not fnmatchcase("/cats/1.jpg", behavior["pathPattern"])
    assert behavior["targetOriginId"] == "renditions"


def test_stored_key_contains_the_prefix_the_etag_and_the_format() -> None:
    assert re.fullmatch(re.escape(stored_prefix("cats/1.jpg")) + r"abc-[0-9a-f]{16}\.png", KEY)


@pytest.mark.parametrize(
    ("etag", "uri", "query", "settings"),
    [
        ("abc", "/cats/2.jpg", QUERY, SETTINGS),
        ("abd", "/cats/1.jpg", QUERY, SETTINGS),
        ("abc", "/cats/1.jpg", "format=png&width=10", SETTINGS),
        ("abc", "/cats/1.jpg", QUERY, SETTINGS._replace(max_dimension=9)),
        ("abc", "/cats/1.jpg", QUERY, SETTINGS._replace(max_pixels=9)),
    ],
    ids=["key", "ETag", "query", "max_dimension", "max_pixels"],
)
def test_two_renditions_never_have_the_same_stored_key(etag: str, uri: str, query: str, settings: Settings) -> None:
    assert stored_key(edge_request(query, uri=uri), etag, settings, "image/png") != KEY


def test_stored_key_has_only_characters_that_its_path_may_have() -> None:
    """The viewer function refuses all other characters in the path of a stored rendition."""
    key = stored_key(edge_request(QUERY, uri="/%1b]0;%0a%2e%2e/%c2%9b.jpg"), 'W/"../\n9B-2"', SETTINGS, "image/webp")

    assert re.fullmatch(r"\.renditions/[0-9a-f]{32}/W9B-2-[0-9a-f]{16}\.webp", key)


@pytest.mark.parametrize(
    ("cache_control", "redirect"),
    [
        ("public, max-age=3600, s-maxage=31536000", "public, max-age=60, s-maxage=86400"),
        ("public, max-age=7, s-maxage=77", "public, max-age=7, s-maxage=77"),
        ("no-store, stale-if-error=0", "no-store, stale-if-error=0"),
        ('private, Max-Age = "999", stale-if-error=0', 'private, Max-Age = "60", stale-if-error=0'),
    ],
)
def test_redirect_ttl_is_short_and_at_most_that_of_the_rendition(cache_control: str, redirect: str) -> None:
    assert redirect_cache_control(cache_control) == redirect


@pytest.mark.parametrize(
    ("cache_control", "stored"),
    [
        ("public, max-age=3600, s-maxage=31536000", "public, max-age=3600, s-maxage=86400"),
        ("public, max-age=7, s-maxage=77", "public, max-age=7, s-maxage=77"),
        ('private, Max-Age = "999", stale-if-error=0', 'private, Max-Age = "999", stale-if-error=0'),
    ],
)
def test_cloudfront_keeps_a_stored_rendition_for_at_most_a_day(cache_control: str, stored: str) -> None:
    assert stored_cache_control(cache_control) == stored
