"""Test that the local engine fails as AWS would: each test breaks one part of the program."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest

from local.program.program import ProgramError
from tests.support.decoded_pictures import decoded_size, write_picture
from tests.support.edits import REMOVED, Edit, edited_input, edited_statement, overridden_function
from tests.support.served_stack import ServedStack, put_original, serve_stack


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    write_picture(folder / "a.png", 300, 200)
    return folder


def test_cache_policy_without_height_mixes_two_heights(images: Path) -> None:
    parameters = "parametersInCacheKeyAndForwardedToOrigin.queryStringsConfig.queryStrings.items"
    edit = edited_input(
        "cloudfront/cachePolicy", "distribution-cache-policies", parameters, lambda old: [*{*old} - {"height"}]
    )

    with serve_stack(images, edits=[edit]) as stack:
        first = stack.get("/a.png?width=50&height=100")
        second = stack.get("/a.png?width=50&height=20")

    assert decoded_size(first) == decoded_size(second) == (50, 100)
    assert second.headers["x-cache"] == "Hit from cloudfront"


@pytest.mark.parametrize("condition", ["if-none-match", "if-modified-since"])
def test_conditions_that_reach_s3_give_others_a_304(images: Path, condition: str) -> None:
    """AWS documents that CloudFront forwards conditions, and gives collapsed requests the first response."""
    edit = overridden_function("removeConditions", "function removeConditions() {}")
    body = (images / "a.png").read_bytes()
    etag = f'"{md5(body, usedforsecurity=False).hexdigest()}"'
    value = etag if condition == "if-none-match" else "Fri, 01 Jan 2100 00:00:00 GMT"

    with serve_stack(images, edits=[edit]) as stack:
        originals, renditions = list[int](), list[int]()
        for number in range(30):
            put_original(stack, f"{number}.png", body)
            originals += plain_statuses(stack, f"/{number}.png", condition, value)
            renditions += plain_statuses(stack, f"/{number}.png?width=9", condition, value)

    assert 304 in originals
    assert {*renditions} == {200}  # For a rendition, the edge function does not use S3's status.


def plain_statuses(stack: ServedStack, path: str, condition: str, value: str) -> list[int]:
    """Return the statuses of plain requests that arrive together with conditional requests."""
    start = threading.Barrier(8)

    def request_path(index: int) -> int:
        start.wait()
        headers = {condition.replace("-", "_"): value} if index < 4 else {}
        return stack.get(path, **headers).status

    with ThreadPoolExecutor(8) as viewers:
        return list(viewers.map(request_path, range(8)))[4:]


def test_viewer_function_that_ignores_spellings_mixes_origins(images: Path) -> None:
    """AWS documents that the normalized path of the viewer selects the origin, and the rewritten path does not."""
    decode = "function canonicalPath(uri) { return decodeURIComponent(uri); }"

    with serve_stack(images, edits=[overridden_function("canonicalPath", decode)]) as stack:
        put_original(stack, ".renditions/x.png", b"an original")
        assert stack.get("//.renditions/y.png").status == 404  # The normalized path leads to the renditions bucket.
        assert stack.get("/.renditions%2Fx.png").body == b"an original"
        assert stack.get("/.renditions/x.png").body == b"an original"  # The cache key is the same.


def test_query_not_forwarded_returns_the_original(images: Path) -> None:
    edit = edited_input(
        "cloudfront/originRequestPolicy",
        "distribution-cache-policies",
        "queryStringsConfig.queryStringBehavior",
        "none",
    )

    with serve_stack(images, edits=[edit]) as stack:
        response = stack.get("/a.png?width=50")

    assert decoded_size(response) == (300, 200)


def test_role_without_get_object_returns_502_for_renditions(images: Path) -> None:
    edit = edited_statement("iam/rolePolicy", "edge-function", "ReadOriginals", "Action", "s3:GetObjectTagging")

    with serve_stack(images, edits=[edit]) as stack:
        original, rendition = stack.get("/a.png"), stack.get("/a.png?width=50")

    assert (original.status, rendition.status) == (200, 502)
    assert json.loads(rendition.body)["status"] == 502
    assert any("AccessDenied" in line for line in stack.logs)


def test_key_policy_without_distribution_returns_404(images: Path) -> None:
    s3 = {"Service": "s3.amazonaws.com"}
    edit = edited_statement("kms/keyPolicy", "origin-access", "AllowCloudFrontDecrypt", "Principal", s3)

    with serve_stack(images, stack="prod", edits=[edit]) as stack:
        assert (stack.get("/a.png").status, stack.get("/a.png?width=50").status) == (404, 404)


def test_key_policy_without_edge_role_returns_502_for_renditions(images: Path) -> None:
    other = {"AWS": "arn:aws:iam::123456789012:role/other"}
    edit = edited_statement("kms/keyPolicy", "origin-access", "AllowEdgeFunctionUse", "Principal", other)

    with serve_stack(images, stack="prod", edits=[edit]) as stack:
        assert (stack.get("/a.png").status, stack.get("/a.png?width=50").status) == (200, 502)
        assert any("AccessDenied" in line for line in stack.logs)


def test_distribution_without_edge_function_returns_the_original(images: Path) -> None:
    edit = edited_distribution("defaultCacheBehavior.lambdaFunctionAssociations", REMOVED)

    with serve_stack(images, edits=[edit]) as stack:
        response = stack.get("/a.png?width=50&height=100")

    assert decoded_size(response) == (300, 200)


def test_bucket_policy_for_another_distribution_returns_404(images: Path) -> None:
    other = {"StringEquals": {"AWS:SourceArn": "arn:aws:cloudfront::123456789012:distribution/EOTHER"}}
    edit = edited_statement("s3/bucketPolicy", "origin-access-originals", "AllowCloudFrontRead", "Condition", other)

    with serve_stack(images, edits=[edit]) as stack:
        original, rendition = stack.get("/a.png"), stack.get("/a.png?width=50")

    assert (original.status, rendition.status) == (404, 404)


def test_settings_header_with_a_wrong_name_inside_returns_500(images: Path) -> None:
    def misspell(headers: list[dict[str, str]]) -> list[dict[str, str]]:
        return [header | {"value": header["value"].replace("max_pixels", "maxPixels")} for header in headers]

    with serve_stack(images, edits=[edited_distribution("origins.0.customHeaders", misspell)]) as stack:
        response = stack.get("/a.png?width=50")

    assert (response.status, json.loads(response.body)["detail"]) == (500, "Something went wrong.")
    assert any("max_pixels is None" in line for line in stack.logs)


def test_settings_header_under_another_name_returns_500(images: Path) -> None:
    edit = edited_distribution("origins.0.customHeaders.0.name", "x-settings")

    with serve_stack(images, edits=[edit]) as stack:
        assert stack.get("/a.png?width=50").status == 500


def test_role_that_does_not_trust_edgelambda_is_refused(images: Path) -> None:
    def trust_another(document: str) -> str:
        return document.replace("edgelambda.amazonaws.com", "ec2.amazonaws.com")

    edit = edited_input("iam/role", "edge-function", "assumeRolePolicy", trust_another)

    refusal = pytest.raises(ProgramError, match="does not trust both Lambda principals")
    with refusal, serve_stack(images, edits=[edit]):
        pass


def test_function_without_a_published_version_is_refused(images: Path) -> None:
    edit = edited_input("lambda/function", "edge-function", "publish", False)

    with pytest.raises(ProgramError, match="no numbered version"), serve_stack(images, edits=[edit]):
        pass


def edited_distribution(path: str, value: Any) -> Edit:
    return edited_input("cloudfront/distribution", "distribution", path, value)
