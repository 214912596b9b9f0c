"""Test the life of an original: it is uploaded, requested, purged, replaced and removed."""

import pytest

from common.invalidation import invalidation_item
from conformance.pictures import BLUE, GREEN, RED, YELLOW, are_colors_close, encode, quadrant_colors, quadrants
from ops.aws.stack import Stack
from tests.live.site import Canary, NewCanary, Site, decode, invalidate, is_hit, wait_for

COLORS = [RED, GREEN, BLUE, YELLOW]
WEBP = "image/avif;q=0,image/webp,image/apng,*/*;q=0.8"
MINUTES = 60
"""A minute in seconds."""


@pytest.mark.parametrize(
    ("query", "size", "kind"),
    [
        ("width=60", (60, 40), "PNG"),
        ("height=50&format=jpeg", (75, 50), "JPEG"),
        ("width=90&height=90&fit=contain&format=webp", (90, 60), "WEBP"),
        ("width=60&height=80&fit=fill&format=png", (60, 80), "PNG"),
        ("width=50&dpr=2&format=avif", (100, 67), "AVIF"),
        ("width=900", (300, 200), "PNG"),
    ],
)
def test_rendition_has_the_size_format_and_colors(
    site: Site, picture: Canary, query: str, size: tuple[int, int], kind: str
) -> None:
    response = site.get(f"{picture.path}?{query}")
    rendition = decode(response)

    assert (rendition.size, rendition.format) == (size, kind)
    assert response.headers["content-type"] == f"image/{kind.lower()}"
    assert are_colors_close(quadrant_colors(rendition), COLORS, tolerance=30)


def test_cropped_rendition_shows_the_requested_part(site: Site, picture: Canary) -> None:
    rendition = decode(site.get(f"{picture.path}?width=40&height=100&position=left")).convert("RGB")

    assert are_colors_close([rendition.getpixel((20, 25)), rendition.getpixel((20, 75))], [RED, BLUE])


def test_browser_that_accepts_webp_gets_webp(site: Site, picture: Canary) -> None:
    browser = site.get(f"{picture.path}?width=70", accept=WEBP)
    other = site.get(f"{picture.path}?width=70", accept="*/*")

    assert (decode(browser).format, decode(other).format) == ("WEBP", "PNG")
    assert browser.headers["vary"].lower() == "accept"


def test_original_is_returned_unchanged(site: Site, picture: Canary) -> None:
    response = site.get(picture.path)

    assert (response.status_code, response.headers["content-type"]) == (200, "image/png")
    assert response.content == encode(quadrants(300, 200), "PNG")


def test_second_request_is_a_cache_hit(site: Site, picture: Canary) -> None:
    first = site.get(f"{picture.path}?width=61&height=41")
    second = site.get_until_hit(f"{picture.path}?utm_source=x&height=041&WIDTH=61")

    assert not is_hit(first)
    assert second.content == first.content


def test_purged_rendition_leaves_the_cache(site: Site, stack: Stack, picture: Canary) -> None:
    path = f"{picture.path}?width=62"
    site.get_until_hit(path)

    invalidate(stack, invalidation_item(picture.key))

    assert not is_hit(site.get(path))


def test_uploaded_picture_is_visible_after_a_404(site: Site, new_canary: NewCanary) -> None:
    canary = new_canary("later.png")
    path = f"{canary.path}?width=30"
    assert site.get(path).status_code == 404

    canary.upload(encode(quadrants(300, 200), "PNG"), ContentType="image/png")

    wait_for(lambda: site.get(path).status_code == 200, "the new picture", seconds=MINUTES)


def test_replaced_picture_becomes_visible_by_itself(site: Site, new_canary: NewCanary) -> None:
    canary = new_canary("replaced.png")
    canary.upload(encode(quadrants(300, 200), "PNG"), ContentType="image/png")
    paths = [f"{canary.path}{query}" for query in ("?width=30", "?width=60&format=webp", "")]
    assert [decode(site.get_until_hit(path)).size for path in paths] == [(30, 20), (60, 40), (300, 200)]

    canary.upload(encode(quadrants(100, 300).rotate(180), "PNG"), ContentType="image/png")

    sizes = [(30, 90), (60, 180), (100, 300)]
    for path, size in zip(paths, sizes, strict=True):
        wait_for(
            lambda path=path, size=size: decode(site.get(path)).size == size, "the new picture", seconds=5 * MINUTES
        )
    assert are_colors_close(quadrant_colors(decode(site.get(paths[0]))), COLORS[::-1], tolerance=30)


def test_removed_picture_is_not_found(site: Site, new_canary: NewCanary) -> None:
    canary = new_canary("removed.png")
    canary.upload(encode(quadrants(300, 200), "PNG"), ContentType="image/png")
    paths = [f"{canary.path}?width=30", canary.path]
    assert [site.get(path).status_code for path in paths] == [200, 200]

    canary.remove()

    for path in paths:
        wait_for(lambda path=path: site.get(path).status_code == 404, f"404 for {path}", seconds=5 * MINUTES)
