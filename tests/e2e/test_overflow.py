"""Test renditions that are too large for one response: they are stored, redirected to, and purged with the original."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from common.cache_tags import key_tag, stored_prefix
from tests.support.decoded_pictures import decode, decoded_size, write_noise
from tests.support.edits import edited_input, edited_statement
from tests.support.served_stack import (
    Response,
    ServedStack,
    cloudfront_client,
    serve_stack,
    wait_until,
)

NOISE = "/noise.png?width=900&format=png"
WEBP = "image/webp,*/*"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("noise")
    for name in ("noise.png", "other.png"):
        write_noise(folder / name)
    Image.effect_noise((2000, 2000), 80).save(folder / "large.jpg")
    return folder


@pytest.fixture(scope="module")
def stack(folder: Path) -> Iterator[ServedStack]:
    with serve_stack(folder) as running:
        yield running


def follow_redirect(stack: ServedStack, path: str, **headers: str) -> Response:
    """Return the response at the location of a redirect. `headers` are sent only with the first request."""
    redirect = stack.get(path, **headers)
    assert redirect.status == 302, redirect
    return stack.get(redirect.headers["location"])


def purge(stack: ServedStack, key: str, reference: str) -> None:
    """Invalidate everything that was made from one original."""
    batch = {"CallerReference": reference, "Paths": {"Quantity": 1, "Items": ["#" + key_tag(key)]}}
    cloudfront_client(stack).create_invalidation(DistributionId=stack.running.distribution.id, InvalidationBatch=batch)


def test_redirect_leads_to_the_requested_rendition(stack: ServedStack, folder: Path) -> None:
    redirect = stack.get(NOISE)
    response = stack.get(redirect.headers["location"])

    assert redirect.headers["location"].startswith(f"/{stored_prefix('noise.png')}")
    assert (redirect.status, redirect.headers["cache-control"]) == (302, "public, max-age=60, s-maxage=86400")
    assert 'outcome;desc="stored"' in redirect.headers["server-timing"]
    assert "store;dur=" in redirect.headers["server-timing"]
    assert len(redirect.body) < 100
    assert (response.headers["content-type"], response.headers["cache-control"]) == (
        "image/png",
        "public, max-age=60, s-maxage=86400",
    )
    assert decode(response).tobytes() == Image.open(folder / "noise.png").tobytes()


def test_stored_rendition_has_no_internal_headers(stack: ServedStack) -> None:
    response = follow_redirect(stack, NOISE)

    assert [name for name in response.headers if name.startswith(("x-amz-meta", "x-amz-server", "cache-tag"))] == []
    assert response.headers["x-content-type-options"] == "nosniff"


def test_redirect_and_stored_rendition_are_cached(stack: ServedStack) -> None:
    follow_redirect(stack, NOISE)

    assert stack.get(NOISE).headers["x-cache"] == "Hit from cloudfront"
    assert follow_redirect(stack, NOISE).headers["x-cache"] == "Hit from cloudfront"


def test_head_of_a_rendition_renders_and_stores_nothing(stack: ServedStack) -> None:
    renders = stack.count_renders()

    response = stack.get("/noise.png?width=880&format=png", method="HEAD")

    assert (response.status, response.body) == (200, b"")
    assert not {"content-type", "location"} & response.headers.keys()
    assert stack.count_renders() == renders


def test_redirect_of_a_negotiated_format_varies_on_accept(stack: ServedStack) -> None:
    redirect = stack.get("/large.jpg?width=2000", accept=WEBP)
    rendition = stack.get(redirect.headers["location"])

    assert redirect.headers["vary"] == "accept"
    assert (decode(rendition).format, decoded_size(rendition)) == ("WEBP", (2000, 2000))


def test_rendition_that_fits_at_lower_quality_is_not_redirected(stack: ServedStack) -> None:
    response = stack.get("/noise.png?width=900&format=jpeg&quality=95")

    assert decoded_size(response) == (900, 900)
    assert 'outcome;desc="quality reduced to ' in response.headers["server-timing"]


def test_large_png_without_format_is_returned_as_jpeg(stack: ServedStack) -> None:
    response = stack.get("/noise.png?width=700")

    assert (decode(response).format, decoded_size(response)) == ("JPEG", (700, 700))
    assert 'outcome;desc="format changed to image/jpeg"' in response.headers["server-timing"]


@pytest.mark.parametrize("path", ["/.renditions/abc-0123456789abcdef.png", "/.renditions/x?width=9", "/.renditions/"])
def test_path_of_a_missing_stored_rendition_returns_404(stack: ServedStack, path: str) -> None:
    assert stack.get(path).status == 404


def test_query_does_not_change_a_stored_rendition(stack: ServedStack) -> None:
    location = stack.get(NOISE).headers["location"]

    assert decoded_size(stack.get(f"{location}?width=9")) == (900, 900)


def test_purge_removes_redirect_and_stored_rendition_of_one_original(stack: ServedStack) -> None:
    other = "/other.png?width=900&format=png"
    follow_redirect(stack, other)
    location = stack.get(NOISE).headers["location"]
    stack.get(location)

    purge(stack, "noise.png", "once")

    assert stack.get(NOISE).headers["x-cache"] == "Miss from cloudfront"
    assert stack.get(location).headers["x-cache"] == "Miss from cloudfront"
    assert stack.get(other).headers["x-cache"] == "Hit from cloudfront"
    assert follow_redirect(stack, other).headers["x-cache"] == "Hit from cloudfront"


def test_rendition_of_overwritten_original_gets_another_key(tmp_path: Path) -> None:
    before = write_noise(tmp_path / "noise.png")
    with serve_stack(tmp_path) as stack:
        location = stack.get(NOISE).headers["location"]
        assert decode(stack.get(location)).tobytes() == before.tobytes()

        after = write_noise(tmp_path / "noise.png")
        wait_until(lambda: stack.get(NOISE).headers.get("location", location) != location)

        assert decode(follow_redirect(stack, NOISE)).tobytes() == after.tobytes()


def test_role_without_put_object_returns_an_error_not_the_original(folder: Path) -> None:
    edit = edited_statement("iam/rolePolicy", "edge-function", "StoreRenditions", "Action", "s3:PutObjectTagging")

    with serve_stack(folder, edits=[edit]) as stack:
        response = stack.get(NOISE)

    assert response.status == 502
    assert json.loads(response.body)["detail"] == "The rendition could not be stored."
    assert response.headers["cache-control"] == "public, max-age=1"
    assert any("AccessDenied" in line for line in stack.logs)


def test_stored_rendition_without_its_behavior_returns_404(folder: Path) -> None:
    edit = edited_input("cloudfront/distribution", "distribution", "orderedCacheBehaviors", [])

    with serve_stack(folder, edits=[edit]) as stack:
        assert follow_redirect(stack, NOISE).status == 404


def test_stored_rendition_without_its_bucket_policy_returns_404(folder: Path) -> None:
    edit = edited_statement("s3/bucketPolicy", "origin-access-renditions", "AllowCloudFrontRead", "Effect", "Deny")

    with serve_stack(folder, edits=[edit]) as stack:
        assert follow_redirect(stack, NOISE).status == 404


def test_stored_rendition_is_in_the_bucket_with_its_cache_tags(stack: ServedStack, folder: Path) -> None:
    location = stack.get(NOISE).headers["location"]
    bucket = stack.running.program.outputs["renditions_bucket"]
    s3 = stack.running.cloud.s3("eu-central-1")

    stored = s3.get_object(Bucket=bucket, Key=location[1:])

    assert Image.open(io.BytesIO(stored["Body"].read())).size == (900, 900)
    assert stored["Metadata"]["cache-tag"].startswith(key_tag("noise.png"))
