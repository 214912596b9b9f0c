"""Test HTTP requests to the dev stack."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.support.decoded_pictures import decode, decoded_size
from tests.support.served_stack import ServedStack, cloudfront_client, put_original

WEBP = "image/webp,image/apng,*/*;q=0.8"


def test_second_request_for_a_size_is_a_cache_hit(stack: ServedStack) -> None:
    first = stack.get("/arc_banner.png?width=50&height=100")
    second = stack.get("/arc_banner.png?width=50&height=100")

    assert (decoded_size(first), decode(first).format) == ((50, 100), "PNG")
    assert first.headers["x-cache"] == "Miss from cloudfront"
    assert second.headers["x-cache"] == "Hit from cloudfront"
    assert second.body == first.body
    assert int(second.headers["age"]) >= 0
    assert "(CloudFront)" in second.headers["via"]
    assert second.headers["x-amz-cf-id"] != first.headers["x-amz-cf-id"]


def test_server_timing_lists_phases_and_cache_result(stack: ServedStack) -> None:
    miss = stack.get("/coffee.webp?width=77").headers["server-timing"]
    hit = stack.get("/coffee.webp?width=77").headers["server-timing"]

    assert all(f"{phase};dur=" in miss for phase in ("read", "decode", "color", "encode"))
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
def test_rendition_has_the_requested_size(stack: ServedStack, query: str, expected: tuple[int, int]) -> None:
    assert decoded_size(stack.get(f"/wide.jpg?{query}")) == expected


@pytest.mark.parametrize(("position", "color"), [("left", (220, 40, 40)), ("right", (40, 180, 60))])
def test_position_selects_the_part_to_keep(stack: ServedStack, position: str, color: tuple[int, ...]) -> None:
    picture = decode(stack.get(f"/wide.jpg?width=50&height=100&position={position}&format=png"))

    pixel = picture.getpixel((25, 10))
    assert isinstance(pixel, tuple)
    assert all(abs(a - b) < 12 for a, b in zip(pixel, color, strict=True))


@pytest.mark.parametrize(
    "query",
    [
        "?height=61&width=41",
        "?WIDTH=041&height=61&utm_source=x",
        "?dpr=1&width=41&height=61&fit=cover",
        "?width=41&height=61&&x",
    ],
)
def test_other_spelling_of_a_query_is_a_cache_hit(stack: ServedStack, query: str) -> None:
    stack.get("/wide.jpg?width=41&height=61")

    assert stack.get(f"/wide.jpg{query}").headers["x-cache"] == "Hit from cloudfront"


@pytest.mark.parametrize("path", ["/%61%20b.png", "/a%20b.png"])
def test_other_spelling_of_a_path_is_a_cache_hit(stack: ServedStack, path: str) -> None:
    stack.get("/a%20b.png?width=31")

    assert stack.get(f"{path}?width=31").headers["x-cache"] == "Hit from cloudfront"


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "abc", "", "99999", "1e3", "%31", "7&width=7", "7&Width=8"])
def test_bad_width_returns_400_that_names_the_accepted_values(stack: ServedStack, value: str) -> None:
    response = stack.get(f"/arc_banner.png?width={value}")

    problem = json.loads(response.body)
    assert response.status == problem["status"] == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["detail"].startswith("width accepts a whole number from 1 to 4096")


@pytest.mark.parametrize(
    "path", ["/nothing.png", "/nothing.png?width=9", "/", "/people/", "/people", "/../x", "/%2e%2e/x"]
)
def test_missing_path_returns_404(stack: ServedStack, path: str) -> None:
    response = stack.get(path)

    assert response.status == json.loads(response.body)["status"] == 404


@pytest.mark.parametrize(
    "key", ["a b.png", "caf\u00e9/\u00fcber.png", "1+1.png", "100%.png", "100%25.png", "it's(1)!*.png"]
)
def test_keys_with_special_characters_are_served_and_rendered(stack: ServedStack, images: Path, key: str) -> None:
    assert stack.get(f"/{quote(key)}").body == (images / key).read_bytes()
    assert decoded_size(stack.get(f"/{quote(key)}?width=30")) == (30, 20)


@pytest.mark.parametrize("name", ["text.jpg", "empty.png"])
def test_file_that_is_no_image_returns_415_only_when_resized(stack: ServedStack, images: Path, name: str) -> None:
    resized, original = stack.get(f"/{name}?width=9"), stack.get(f"/{name}")

    assert (resized.status, json.loads(resized.body)["title"]) == (415, "Unsupported Media Type")
    assert (original.status, original.body) == (200, (images / name).read_bytes())


def test_accept_webp_returns_smaller_webp_in_its_own_cache_entry(stack: ServedStack) -> None:
    browser = stack.get("/people/astronaut.jpg?width=200", accept=WEBP)
    curl = stack.get("/people/astronaut.jpg?width=200", accept="*/*")

    assert (decode(browser).format, decode(curl).format) == ("WEBP", "JPEG")
    assert len(browser.body) < len(curl.body)
    assert browser.headers["vary"] == curl.headers["vary"] == "accept"
    assert browser.headers["content-type"] == "image/webp"
    assert curl.headers["x-cache"] == "Miss from cloudfront"


def test_original_is_unchanged_and_supports_ranges(stack: ServedStack, images: Path) -> None:
    data = (images / "hubble_deep_field.jpg").read_bytes()

    part = stack.get("/hubble_deep_field.jpg", range="bytes=100-199")
    whole = stack.get("/hubble_deep_field.jpg")
    suffix = stack.get("/hubble_deep_field.jpg", range="bytes=-50")
    beyond = stack.get("/hubble_deep_field.jpg", range="bytes=99999999-")

    assert (part.status, part.body) == (206, data[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(data)}"
    assert (whole.status, whole.body) == (200, data)
    assert (suffix.status, suffix.body, suffix.headers["x-cache"]) == (206, data[-50:], "Hit from cloudfront")
    assert beyond.status == 416


def test_range_request_returns_a_whole_rendition_on_a_cache_miss(stack: ServedStack) -> None:
    assert decoded_size(stack.get("/wide.jpg?width=43", range="bytes=0-9")) == (43, 14)


def test_matching_etag_returns_304(stack: ServedStack) -> None:
    first = stack.get("/wide.jpg?width=44")

    conditional = stack.get("/wide.jpg?width=44", if_none_match=first.headers["etag"])

    assert (conditional.status, conditional.body) == (304, b"")


def test_matching_etag_of_an_original_returns_304_from_the_cache(stack: ServedStack) -> None:
    first = stack.get("/coffee.webp")

    conditional = stack.get("/coffee.webp", if_none_match=first.headers["etag"])

    assert (conditional.status, conditional.body) == (304, b"")
    assert conditional.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize("query", ["", "?width=47"], ids=["original", "rendition"])
def test_matching_etag_returns_the_body_on_a_cache_miss(stack: ServedStack, query: str) -> None:
    """S3 knows no ETag that viewers see. A 304 from S3 could reach other viewers who wait for the same picture."""
    before = stack.get(f"/a%20b.png{query}")
    purge = {"Paths": {"Quantity": 1, "Items": ["/a%20b.png*"]}, "CallerReference": f"etag{query}"}
    cloudfront_client(stack).create_invalidation(DistributionId=stack.running.distribution.id, InvalidationBatch=purge)

    after = stack.get(f"/a%20b.png{query}", if_none_match=before.headers["etag"])

    assert (after.status, after.body) == (200, before.body)
    assert after.headers["etag"] == before.headers["etag"]


def test_head_returns_the_headers_of_get(stack: ServedStack) -> None:
    head_response = stack.get("/wide.jpg?width=45&format=webp", method="HEAD")
    get_response = stack.get("/wide.jpg?width=45&format=webp")

    assert (head_response.status, head_response.body) == (200, b"")
    for name in ("etag", "cache-control", "vary"):
        assert head_response.headers[name] == get_response.headers[name]
    assert "content-type" not in head_response.headers


def test_svg_is_returned_unchanged_in_a_sandbox(stack: ServedStack) -> None:
    response = stack.get("/drawing.svg?width=9")

    assert response.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"


def test_converted_animation_keeps_its_frames(stack: ServedStack) -> None:
    picture = decode(stack.get("/rocket.gif?width=80", accept=WEBP))

    assert (picture.format, picture.size, getattr(picture, "n_frames", 1)) == ("WEBP", (80, 54), 14)


def test_internal_headers_do_not_reach_viewers(stack: ServedStack) -> None:
    internal = {"cache-tag", "server", "x-amz-server-side-encryption", "x-amz-version-id"}
    internal |= {"x-amz-id-2", "x-amz-request-id", "x-amz-storage-class", "x-amz-website-redirect-location"}
    put_original(stack, "redirect.jpg", b"", WebsiteRedirectLocation="/internal")

    for path in ("/wide.jpg?width=46", "/wide.jpg", "/nothing.jpg", "/redirect.jpg", "/redirect.jpg?width=9"):
        assert not internal & stack.get(path).headers.keys()


@pytest.mark.parametrize("path", ["/wide.jpg?width=0", "/../x", "/wide.jpg?width=49"])
def test_every_response_has_hsts_and_cors_headers(stack: ServedStack, path: str) -> None:
    headers = stack.get(path, origin="https://site.example").headers

    assert headers["strict-transport-security"] == "max-age=31536000"
    assert headers["access-control-allow-origin"] == "*"
    assert headers["x-content-type-options"] == "nosniff"


def test_head_after_get_is_a_cache_hit_without_a_render(stack: ServedStack) -> None:
    get_response = stack.get("/wide.jpg?width=47")
    before = stack.count_renders()

    head_response = stack.get("/wide.jpg?width=47", method="HEAD")

    assert (head_response.status, head_response.body) == (200, b"")
    assert head_response.headers["x-cache"] == "Hit from cloudfront"
    assert head_response.headers["content-length"] == str(len(get_response.body))
    assert stack.count_renders() == before


@pytest.mark.parametrize("path", ["/wide.jpg?width=48", "/coffee.webp"])
def test_get_after_head_returns_the_whole_body(stack: ServedStack, path: str) -> None:
    for _ in range(2):
        assert stack.get(path, method="HEAD").body == b""

    assert decoded_size(stack.get(path)) > (1, 1)


@pytest.mark.parametrize(
    ("query", "other"),
    [
        ("/wide.jpg?width=51&format=webp", "/wide.jpg?width=51&format=webp&quality=75"),
        ("/wide.jpg?width=51&format=jpeg", "/wide.jpg?width=51&format=jpg&quality=080"),
        ("/wide.jpg?width=51", "/wide.jpg?width=51&quality=80"),
        ("/arc_banner.png?width=51", "/arc_banner.png?width=51&quality=9"),
        ("/arc_banner.png", "/arc_banner.png?quality=9"),
    ],
)
def test_quality_without_effect_is_a_cache_hit(stack: ServedStack, query: str, other: str) -> None:
    stack.get(query)

    assert stack.get(other).headers["x-cache"] == "Hit from cloudfront"


def test_metadata_of_an_original_does_not_reach_viewers(stack: ServedStack, images: Path) -> None:
    body = (images / "a b.png").read_bytes()
    description = {"ContentDisposition": 'inline; filename="alice.png"', "ContentLanguage": "de"}
    put_original(stack, "alice.png", body, Metadata={"owner": "alice"}, **description)

    whole, part = stack.get("/alice.png"), stack.get("/alice.png", range="bytes=0-9")
    head, rendition = stack.get("/alice.png", method="HEAD"), stack.get("/alice.png?width=9")

    assert [response.status for response in (whole, part, head, rendition)] == [200, 206, 200, 200]
    for response in (whole, part, head, rendition):
        names = [name for name in response.headers if name.startswith("x-amz-")]
        assert set(names) <= {"x-amz-cf-id", "x-amz-cf-pop"}
    assert "alice" in whole.headers["content-disposition"]
    assert not {"content-disposition", "content-language"} & rendition.headers.keys()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_method_other_than_get_and_head_returns_403(stack: ServedStack, method: str) -> None:
    assert stack.get("/wide.jpg", method=method).status == 403


def test_64_viewers_of_a_new_size_cause_one_render(stack: ServedStack) -> None:
    before = stack.count_renders()
    start = threading.Barrier(64)

    def request_rendition(_: int) -> bytes:
        start.wait()
        return stack.get("/people/astronaut.jpg?width=333").body

    with ThreadPoolExecutor(64) as viewers:
        bodies = set(viewers.map(request_rendition, range(64)))

    assert len(bodies) == 1
    assert stack.count_renders() - before == 1


@pytest.mark.parametrize("query", ["%00", "width", "=", "&&&", "width=1&" * 300, "\xff=\xfe", "a" * 5000, "%E0%A4%A"])
def test_malformed_query_is_never_a_server_error(stack: ServedStack, query: str) -> None:
    assert stack.get(f"/wide.jpg?{quote(query, safe='=&%')}").status < 500
