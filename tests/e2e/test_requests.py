"""Whole requests, over HTTP, against the dev stack: what a viewer is promised."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.support.decoded_pictures import image, size
from tests.support.served_stack import Served

WEBP = "image/webp,image/apng,*/*;q=0.8"


def test_a_size_is_rendered_once_and_then_comes_from_the_cache(stack: Served) -> None:
    first = stack.get("/arc_banner.png?width=50&height=100")
    second = stack.get("/arc_banner.png?width=50&height=100")

    assert (size(first), image(first).format) == ((50, 100), "PNG")
    assert first.headers["x-cache"] == "Miss from cloudfront"
    assert second.headers["x-cache"] == "Hit from cloudfront"
    assert second.body == first.body
    assert int(second.headers["age"]) >= 0
    assert "(CloudFront)" in second.headers["via"]
    assert second.headers["x-amz-cf-id"] != first.headers["x-amz-cf-id"]


def test_server_timing_says_where_the_time_went(stack: Served) -> None:
    miss = stack.get("/coffee.webp?width=77").headers["server-timing"]
    hit = stack.get("/coffee.webp?width=77").headers["server-timing"]

    assert all(f"{phase};dur=" in miss for phase in ("read", "decode", "resize", "encode"))
    assert "cdn-cache-miss" in miss
    assert "cdn-cache-hit" in hit


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("width=50&height=100", (50, 100)),
        ("width=300&height=300&fit=contain", (300, 100)),
        ("width=50&height=100&fit=fill", (50, 100)),
        ("width=100", (100, 33)),
        ("height=50", (150, 50)),
        ("width=100&dpr=2", (200, 67)),
        ("width=4000", (900, 300)),
        ("width=1000&height=1000", (300, 300)),
        ("width=1", (1, 1)),
    ],
)
def test_the_size_is_the_one_that_was_asked_for(stack: Served, query: str, expected: tuple[int, int]) -> None:
    assert size(stack.get(f"/wide.jpg?{query}")) == expected


@pytest.mark.parametrize(("position", "seen"), [("left", (220, 40, 40)), ("right", (40, 180, 60))])
def test_position_says_which_part_is_kept(stack: Served, position: str, seen: tuple[int, ...]) -> None:
    picture = image(stack.get(f"/wide.jpg?width=50&height=100&position={position}&format=png"))

    pixel = picture.getpixel((25, 10))
    assert isinstance(pixel, tuple)
    assert all(abs(a - b) < 12 for a, b in zip(pixel, seen, strict=True))


@pytest.mark.parametrize(
    "query",
    [
        "?height=61&width=41",
        "?WIDTH=041&height=61&utm_source=x",
        "?dpr=1&width=41&height=61&fit=cover",
        "?width=41&height=61&&x",
    ],
)
def test_the_same_rendition_is_the_same_cache_entry_however_it_is_written(stack: Served, query: str) -> None:
    stack.get("/wide.jpg?width=41&height=61")

    assert stack.get(f"/wide.jpg{query}").headers["x-cache"] == "Hit from cloudfront"


@pytest.mark.parametrize("path", ["/%61%20b.png", "/a%20b.png"])
def test_the_same_key_is_the_same_cache_entry_however_it_is_written(stack: Served, path: str) -> None:
    stack.get("/a%20b.png?width=31")

    assert stack.get(f"{path}?width=31").headers["x-cache"] == "Hit from cloudfront"


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "abc", "", "99999", "1e3", "%31", "7&width=7", "7&Width=8"])
def test_a_bad_width_is_a_problem_that_names_it_and_what_it_accepts(stack: Served, value: str) -> None:
    reply = stack.get(f"/arc_banner.png?width={value}")

    problem = json.loads(reply.body)
    assert reply.status == problem["status"] == 400
    assert reply.headers["content-type"] == "application/problem+json"
    assert problem["detail"].startswith("width accepts a whole number from 1 to 4096")


@pytest.mark.parametrize(
    "path", ["/nothing.png", "/nothing.png?width=9", "/", "/people/", "/people", "/../x", "/%2e%2e/x"]
)
def test_what_is_not_there_is_a_404(stack: Served, path: str) -> None:
    reply = stack.get(path)

    assert reply.status == json.loads(reply.body)["status"] == 404


@pytest.mark.parametrize(
    "key", ["a b.png", "caf\u00e9/\u00fcber.png", "1+1.png", "100%.png", "100%25.png", "it's(1)!*.png"]
)
def test_awkward_keys_are_served_and_rendered(stack: Served, images: Path, key: str) -> None:
    assert stack.get(f"/{quote(key)}").body == (images / key).read_bytes()
    assert size(stack.get(f"/{quote(key)}?width=30")) == (30, 20)


@pytest.mark.parametrize("name", ["text.jpg", "empty.png"])
def test_what_is_no_picture_cannot_be_resized_but_passes(stack: Served, images: Path, name: str) -> None:
    refused, passed = stack.get(f"/{name}?width=9"), stack.get(f"/{name}")

    assert (refused.status, json.loads(refused.body)["title"]) == (415, "Unsupported Media Type")
    assert (passed.status, passed.body) == (200, (images / name).read_bytes())


def test_a_browser_that_takes_webp_gets_it_smaller_and_cached_apart(stack: Served) -> None:
    browser = stack.get("/people/astronaut.jpg?width=200", accept=WEBP)
    curl = stack.get("/people/astronaut.jpg?width=200", accept="*/*")

    assert (image(browser).format, image(curl).format) == ("WEBP", "JPEG")
    assert len(browser.body) < len(curl.body)
    assert browser.headers["vary"] == curl.headers["vary"] == "accept"
    assert browser.headers["content-type"] == "image/webp"
    assert curl.headers["x-cache"] == "Miss from cloudfront"


def test_the_original_comes_byte_for_byte_and_in_ranges(stack: Served, images: Path) -> None:
    data = (images / "hubble_deep_field.jpg").read_bytes()

    part = stack.get("/hubble_deep_field.jpg", range="bytes=100-199")
    whole = stack.get("/hubble_deep_field.jpg")
    again = stack.get("/hubble_deep_field.jpg", range="bytes=-50")
    beyond = stack.get("/hubble_deep_field.jpg", range="bytes=99999999-")

    assert (part.status, part.body) == (206, data[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(data)}"
    assert (whole.status, whole.body) == (200, data)
    assert (again.status, again.body, again.headers["x-cache"]) == (206, data[-50:], "Hit from cloudfront")
    assert beyond.status == 416


def test_a_range_of_a_rendition_is_the_whole_rendition(stack: Served) -> None:
    assert size(stack.get("/wide.jpg?width=43", range="bytes=0-9")) == (43, 14)


def test_who_has_it_already_is_told_so(stack: Served) -> None:
    first = stack.get("/wide.jpg?width=44")

    again = stack.get("/wide.jpg?width=44", if_none_match=first.headers["etag"])

    assert (again.status, again.body) == (304, b"")


def test_head_has_the_headers_of_the_get(stack: Served) -> None:
    head = stack.get("/wide.jpg?width=45", method="HEAD")
    got = stack.get("/wide.jpg?width=45")

    assert (head.status, head.body) == (200, b"")
    for name in ("content-type", "content-length", "etag", "cache-control"):
        assert head.headers[name] == got.headers[name]


def test_svg_passes_and_its_scripts_cannot_run(stack: Served) -> None:
    reply = stack.get("/drawing.svg?width=9")

    assert reply.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in reply.headers["content-security-policy"]
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_the_animation_plays_on_in_another_format(stack: Served) -> None:
    picture = image(stack.get("/rocket.gif?width=80", accept=WEBP))

    assert (picture.format, picture.size, getattr(picture, "n_frames", 1)) == ("WEBP", (80, 54), 14)


def test_nothing_of_the_inside_is_seen_outside(stack: Served) -> None:
    for path in ("/wide.jpg?width=46", "/wide.jpg", "/nothing.jpg"):
        headers = stack.get(path).headers

        assert not {"cache-tag", "x-amz-version-id", "x-amz-server-side-encryption", "server"} & headers.keys()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_only_reading_is_allowed(stack: Served, method: str) -> None:
    assert stack.get("/wide.jpg", method=method).status == 403


def test_64_viewers_of_one_new_size_cost_one_render(stack: Served) -> None:
    before = stack.count_renders()
    start = threading.Barrier(64)

    def ask(_: int) -> bytes:
        start.wait()
        return stack.get("/people/astronaut.jpg?width=333").body

    with ThreadPoolExecutor(64) as viewers:
        bodies = set(viewers.map(ask, range(64)))

    assert len(bodies) == 1
    assert stack.count_renders() - before == 1


@pytest.mark.parametrize("query", ["%00", "width", "=", "&&&", "width=1&" * 300, "\xff=\xfe", "a" * 5000, "%E0%A4%A"])
def test_no_query_is_a_server_error(stack: Served, query: str) -> None:
    assert stack.get(f"/wide.jpg?{quote(query, safe='=&%')}").status < 500
