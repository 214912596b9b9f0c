"""Ask AWS how it changes the responses of the functions."""

import pytest
import requests
from PIL import Image

from conformance.pictures import encode, quadrants
from tests.live.site import Canary, NewCanary, Report, Site, decode

POLICY_HEADERS = ("access-control-allow-origin", "strict-transport-security", "x-content-type-options")


def policy_headers(response: requests.Response) -> str:
    """Return which headers of the response headers policy a response has."""
    return ", ".join(name for name in POLICY_HEADERS if name in response.headers) or "none of the policy"


@pytest.mark.question("response-size")
def test_largest_response_is_accepted(site: Site, new_canary: NewCanary, answer: Report) -> None:
    """Search for the largest rendition that the edge function does not store. Noise has about three bytes a pixel."""
    noise = Image.merge("RGB", [Image.effect_noise((640, 640), 80) for _ in range(3)])
    canary = new_canary("noise.png")
    canary.upload(encode(noise, "PNG"), ContentType="image/png")
    sizes: dict[int, int] = {}
    small, large = 300, 640
    while large - small > 1:
        width = (small + large) // 2
        response = site.get(f"{canary.path}?width={width}&format=png")
        answer_of_width = f"width {width}: status {response.status_code}"
        assert response.status_code in (200, 302), answer_of_width
        if response.status_code == 200:
            small, sizes[width] = width, len(response.content)
        else:
            large = width
    answer(f"A response of {max(sizes.values()):,} bytes had status 200; larger renditions were stored (302).")


@pytest.mark.question("content-length")
def test_length_of_a_rendition_is_correct(site: Site, picture: Canary, answer: Report) -> None:
    response = site.get(f"{picture.path}?width=110")
    length = response.headers.get("content-length")
    answer(f"content-length {length} for {len(response.content)} bytes.")

    assert decode(response).size == (110, 73)
    assert length in (None, str(len(response.content)))


@pytest.mark.question("head")
def test_get_after_head_returns_the_whole_rendition(site: Site, picture: Canary, answer: Report) -> None:
    path = f"{picture.path}?width=114"
    head = site.get(path, method="HEAD")
    get = site.get(path)
    answer(
        f"HEAD had status {head.status_code} and content-length {head.headers.get('content-length')}; "
        f"GET had x-cache {get.headers['x-cache']!r} and {len(get.content)} bytes."
    )

    assert head.content == b""
    assert decode(get).size == (114, 76)


@pytest.mark.question("range")
def test_requested_range_has_the_right_bytes(
    site: Site, picture: Canary, new_canary: NewCanary, answer: Report
) -> None:
    body = encode(quadrants(301, 201), "PNG")
    original = new_canary("range.png")
    original.upload(body, ContentType="image/png")
    rendition_part = site.get(f"{picture.path}?width=115", range="bytes=0-9")
    rendition = site.get(f"{picture.path}?width=115")
    original_part = site.get(original.path, range="bytes=10-29")
    answer(
        f"The range of a rendition had status {rendition_part.status_code}, "
        f"the range of an original {original_part.status_code}."
    )

    expected = rendition.content if rendition_part.status_code == 200 else rendition.content[:10]
    assert rendition_part.content == expected
    assert original_part.content == (body if original_part.status_code == 200 else body[10:30])
    assert site.get(original.path).content == body


@pytest.mark.question("function-headers")
def test_headers_of_a_response_of_the_viewer_function(site: Site, run_prefix: str, answer: Report) -> None:
    response = site.get(f"/{run_prefix}x.png?width=0", origin="https://site.example")
    answer(f"A 400 had {policy_headers(response)}, and x-cache {response.headers.get('x-cache')!r}.")

    assert response.status_code == 400


@pytest.mark.question("not-modified-headers")
def test_headers_of_a_304(site: Site, picture: Canary, answer: Report) -> None:
    first = site.get_until_hit(f"{picture.path}?width=116")
    etag = first.headers["etag"]
    response = site.get(f"{picture.path}?width=116", if_none_match=etag, origin="https://site.example")
    answer(f"A {response.status_code} had {policy_headers(response)}.")

    assert response.status_code == 304


@pytest.mark.question("removed-headers")
def test_policy_removes_the_headers_of_s3(site: Site, picture: Canary, answer: Report) -> None:
    names = {name.lower() for path in ("", "?width=117") for name in site.get(f"{picture.path}{path}").headers}
    internal = {name for name in names if name.startswith("x-amz-")} - {"x-amz-cf-id", "x-amz-cf-pop"}
    answer(f"The stack is deployed, so CloudFront accepted the policy. Headers of S3: {sorted(internal) or 'none'}.")

    assert not internal | ({"cache-tag"} & names)
