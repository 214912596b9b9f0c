"""Test renditions that do not fit into one response: stored, redirected to, and purged with their original."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from PIL import Image

from common.cache_tags import key_tag
from tests.e2e.test_freshness import eventually
from tests.support.decoded_pictures import image, size
from tests.support.served_stack import Response, Served, broken_program, served

NOISE = "/noise.png?width=900&format=png"
WEBP = "image/webp,*/*"


def noise(path: Path) -> Image.Image:
    """Write noise that no encoder compresses: 2.4 MB as PNG, more than one response can carry."""
    picture = Image.merge("RGB", [Image.effect_noise((900, 900), 80) for _ in range(3)])
    picture.save(path)
    return picture


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("noise")
    for name in ("noise.png", "other.png"):
        noise(folder / name)
    Image.effect_noise((2000, 2000), 80).save(folder / "large.jpg")
    return folder


@pytest.fixture(scope="module")
def own(folder: Path) -> Iterator[Served]:
    with served(folder) as running:
        yield running


def followed(stack: Served, path: str, **headers: str) -> Response:
    redirect = stack.get(path, **headers)
    assert redirect.status == 302, redirect
    return stack.get(redirect.headers["location"])


def purge(stack: Served, key: str, reference: str) -> None:
    cloudfront: Any = boto3.client(
        "cloudfront",
        region_name="us-east-1",
        endpoint_url=stack.running.url,
        aws_access_key_id="any",
        aws_secret_access_key="one",
    )
    batch = {"CallerReference": reference, "Paths": {"Quantity": 1, "Items": ["#" + key_tag(key)]}}
    cloudfront.create_invalidation(DistributionId=stack.running.distribution.id, InvalidationBatch=batch)


def test_redirect_leads_to_the_requested_rendition(own: Served, folder: Path) -> None:
    redirect = own.get(NOISE)
    reply = own.get(redirect.headers["location"])

    assert (redirect.status, redirect.headers["cache-control"]) == (302, "public, max-age=60, s-maxage=86400")
    assert 'outcome;desc="stored"' in redirect.headers["server-timing"]
    assert "store;dur=" in redirect.headers["server-timing"]
    assert len(redirect.body) < 100
    assert (reply.headers["content-type"], reply.headers["cache-control"]) == (
        "image/png",
        "public, max-age=60, s-maxage=31536000",  # as every rendition of the dev stack
    )
    assert image(reply).tobytes() == Image.open(folder / "noise.png").tobytes()


def test_stored_rendition_has_no_internal_headers(own: Served) -> None:
    reply = followed(own, NOISE)

    assert [name for name in reply.headers if name.startswith(("x-amz-meta", "x-amz-server", "cache-tag"))] == []
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_redirect_and_stored_rendition_are_cached(own: Served) -> None:
    followed(own, NOISE)

    assert own.get(NOISE).headers["x-cache"] == "Hit from cloudfront"
    assert followed(own, NOISE).headers["x-cache"] == "Hit from cloudfront"


def test_head_of_a_large_rendition_returns_the_redirect_without_body(own: Served) -> None:
    reply = own.get("/noise.png?width=880&format=png", method="HEAD")

    assert (reply.status, reply.body) == (302, b"")
    assert own.get(reply.headers["location"], method="HEAD").status == 200


def test_redirect_of_a_negotiated_format_varies_on_accept(own: Served) -> None:
    redirect = own.get("/large.jpg?width=2000", accept=WEBP)
    rendition = own.get(redirect.headers["location"])

    assert redirect.headers["vary"] == "accept"
    assert (image(rendition).format, size(rendition)) == ("WEBP", (2000, 2000))


def test_rendition_that_fits_at_lower_quality_is_not_redirected(own: Served) -> None:
    reply = own.get("/noise.png?width=900&format=jpeg&quality=95")

    assert size(reply) == (900, 900)
    assert 'outcome;desc="quality reduced to ' in reply.headers["server-timing"]


def test_large_png_without_format_is_returned_as_jpeg(own: Served) -> None:
    reply = own.get("/noise.png?width=700")

    assert (image(reply).format, size(reply)) == ("JPEG", (700, 700))
    assert 'outcome;desc="format changed to image/jpeg"' in reply.headers["server-timing"]


@pytest.mark.parametrize("path", ["/.renditions/abc-0123456789abcdef.png", "/.renditions/x?width=9", "/.renditions/"])
def test_path_of_a_missing_stored_rendition_returns_404(own: Served, path: str) -> None:
    assert own.get(path).status == 404


def test_query_does_not_change_a_stored_rendition(own: Served) -> None:
    location = own.get(NOISE).headers["location"]

    assert size(own.get(f"{location}?width=9")) == (900, 900)


def test_purge_removes_redirect_and_stored_rendition_of_one_original(own: Served) -> None:
    other = "/other.png?width=900&format=png"
    followed(own, other)
    location = own.get(NOISE).headers["location"]
    own.get(location)

    purge(own, "noise.png", "once")

    assert own.get(NOISE).headers["x-cache"] == "Miss from cloudfront"
    assert own.get(location).headers["x-cache"] == "Miss from cloudfront"
    assert own.get(other).headers["x-cache"] == "Hit from cloudfront"
    assert followed(own, other).headers["x-cache"] == "Hit from cloudfront"


def test_overwritten_original_is_stored_under_another_key(tmp_path: Path) -> None:
    before = noise(tmp_path / "noise.png")
    with served(tmp_path) as stack:
        location = stack.get(NOISE).headers["location"]
        assert image(stack.get(location)).tobytes() == before.tobytes()

        after = noise(tmp_path / "noise.png")
        eventually(lambda: stack.get(NOISE).headers.get("location", location) != location)

        assert image(followed(stack, NOISE)).tobytes() == after.tobytes()


def test_role_without_put_object_returns_the_original_briefly(tmp_path: Path, folder: Path) -> None:
    right = '"StoreRenditions", "Effect": "Allow", "Action": "s3:PutObject"'
    root = broken_program(tmp_path, "infra/iam/policies.py", right, right.replace("PutObject", "PutObjectTagging"))

    with served(folder, root=root) as stack:
        reply = stack.get(NOISE)

    assert reply.status == 200
    assert reply.body == (folder / "noise.png").read_bytes()
    assert reply.headers["cache-control"] == "public, max-age=1"
    assert 'outcome;desc="original"' in reply.headers["server-timing"]
    assert any("AccessDenied" in line for line in stack.logs)


def test_stored_rendition_without_its_behavior_returns_404(tmp_path: Path, folder: Path) -> None:
    ordered = 'ordered_cache_behaviors=[{**behaviors[1], "path_pattern": f"/{STORED_RENDITIONS_PREFIX}*"}],'
    root = broken_program(tmp_path, "infra/delivery/distribution.py", ordered, "")

    with served(folder, root=root) as stack:
        assert followed(stack, NOISE).status == 404


def test_stored_rendition_without_its_bucket_policy_returns_404(tmp_path: Path, folder: Path) -> None:
    root = broken_program(tmp_path, "infra/image_resizer.py", ', "renditions": self.renditions.bucket}', "}")

    with served(folder, root=root) as stack:
        assert followed(stack, NOISE).status == 404


def test_stored_rendition_is_in_the_bucket_with_its_cache_tags(own: Served, folder: Path) -> None:
    location = own.get(NOISE).headers["location"]
    bucket = own.running.program.outputs["renditions_bucket"]
    s3 = own.running.cloud.s3("eu-central-1")

    kept = s3.get_object(Bucket=bucket, Key=location[1:])

    assert Image.open(io.BytesIO(kept["Body"].read())).size == (900, 900)
    assert kept["Metadata"]["cache-tag"].startswith(key_tag("noise.png"))
