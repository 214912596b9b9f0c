from fnmatch import fnmatchcase

import pytest

from common.contract import STORED_RENDITIONS_PREFIX
from edge.stored_rendition import redirect_cache_control, stored_key
from tests.support.recorded_programs import program

KEY = {"key": "cats/1.jpg", "etag": "abc", "query": "format=png&width=9", "version": "1", "content_type": "image/png"}


def test_distribution_reads_the_path_of_a_stored_key_from_its_bucket() -> None:
    (distribution,) = program("dev").of("aws:cloudfront/distribution:Distribution")
    (behavior,) = distribution.inputs["orderedCacheBehaviors"]

    assert fnmatchcase(f"/{stored_key(**KEY)}", behavior["pathPattern"])
    assert not fnmatchcase(f"/{KEY['key']}", behavior["pathPattern"])
    assert behavior["targetOriginId"] == "renditions"


def test_stored_key_contains_the_etag_and_the_format() -> None:
    assert stored_key(**KEY).startswith(f"{STORED_RENDITIONS_PREFIX}abc-")
    assert stored_key(**KEY).endswith(".png")
    assert stored_key(**KEY) == stored_key(**KEY)


@pytest.mark.parametrize(
    ("name", "value"),
    [("key", "cats/2.jpg"), ("etag", "abd"), ("query", "format=png&width=10"), ("version", "2")],
)
def test_two_renditions_never_have_the_same_stored_key(name: str, value: str) -> None:
    assert stored_key(**KEY | {name: value}) != stored_key(**KEY)


@pytest.mark.parametrize(
    ("cache_control", "redirect"),
    [
        ("public, max-age=3600, s-maxage=31536000", "public, max-age=60, s-maxage=86400"),
        ("max-age=31536000, immutable", "public, max-age=60, s-maxage=86400"),
        ("public", "public, max-age=60, s-maxage=86400"),
        ("max-age=30", "public, max-age=30, s-maxage=30"),
        ("Max-Age=600, s-maxage=5, stale-while-revalidate=999", "public, max-age=60, s-maxage=5"),
        ("no-store", "no-store"),
        ("private, max-age=999", "private, max-age=999"),
        ("no-cache", "no-cache"),
    ],
)
def test_redirect_ttl_is_short_and_at_most_that_of_the_rendition(cache_control: str, redirect: str) -> None:
    assert redirect_cache_control(cache_control) == redirect
