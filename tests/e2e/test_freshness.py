"""Test that a running stack follows changed files, invalidations and expired TTLs."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from common.cache_tags import folder_tag, key_tag
from tests.support.decoded_pictures import decoded_size, write_picture
from tests.support.served_stack import ServedStack, cloudfront_client, put_original, serve_stack, wait_until


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("cats/1.jpg", "cats/10.jpg", "cats/1.jpg2.jpg", "dogs/1.jpg"):
        write_picture(tmp_path / "images" / name, 300, 200)
    return tmp_path / "images"


@pytest.fixture
def stack(folder: Path) -> Iterator[ServedStack]:
    with serve_stack(folder) as running:
        yield running


@pytest.fixture
def cloudfront(stack: ServedStack) -> Any:
    return cloudfront_client(stack)


def test_added_replaced_and_deleted_files_are_followed(stack: ServedStack, folder: Path) -> None:
    assert stack.get("/new.jpg").status == 404

    write_picture(folder / "new.jpg", 400, 100)
    wait_until(lambda: stack.get("/new.jpg?width=40").status == 200)
    assert decoded_size(stack.get("/new.jpg?width=40")) == (40, 10)

    square = write_picture(folder / ".square.jpg", 400, 400)
    (folder / "new.jpg").write_bytes(square.read_bytes())  # Into the same file; `write_picture` writes another file.
    wait_until(lambda: decoded_size(stack.get("/new.jpg?width=40")) == (40, 40))

    (folder / "new.jpg").unlink()
    wait_until(lambda: stack.get("/new.jpg?width=40").status == 404)


ALL_PATHS = [
    "/cats/1.jpg?width=9",
    "/cats/1.jpg?width=8",
    "/cats/1.jpg",
    "/cats/10.jpg?width=9",
    "/cats/1.jpg2.jpg",
    "/dogs/1.jpg",
]


@pytest.mark.parametrize(
    ("item", "removed"),
    [
        ("/cats/1.jpg", ALL_PATHS[2:3]),
        ("/cats/1.jpg?format=original&width=9", ALL_PATHS[:1]),
        ("/cats/1.jpg*", [*ALL_PATHS[:3], ALL_PATHS[4]]),
        ("/*", ALL_PATHS),
        ("#" + key_tag("cats/1.jpg"), ALL_PATHS[:3]),
        ("#" + key_tag("cats/1.jpg").upper(), ALL_PATHS[:3]),
        ("#" + folder_tag("cats/"), ALL_PATHS[:5]),
        ("/Cats/*", []),
    ],
    ids=[
        "original",
        "rendition",
        "path prefix",
        "everything",
        "tag of a key",
        "tag in upper case",
        "tag of a folder",
        "another case",
    ],
)
def test_invalidation_removes_only_the_matching_entries(
    stack: ServedStack, cloudfront: Any, item: str, removed: list[str]
) -> None:
    for path in ALL_PATHS:
        stack.get(path)

    created = cloudfront.create_invalidation(
        DistributionId=stack.running.distribution.id,
        InvalidationBatch={"Paths": {"Quantity": 1, "Items": [item]}, "CallerReference": "r"},
    )

    assert created["Invalidation"]["Status"] == "Completed"
    assert [path for path in ALL_PATHS if stack.get(path).headers["x-cache"] != "Hit from cloudfront"] == removed


def test_invalidation_api_works_with_boto3(stack: ServedStack, cloudfront: Any) -> None:
    id_ = stack.running.distribution.id
    batch = {"Paths": {"Quantity": 1, "Items": ["/a.jpg"]}, "CallerReference": "once"}

    first = cloudfront.create_invalidation(DistributionId=id_, InvalidationBatch=batch)["Invalidation"]
    again = cloudfront.create_invalidation(DistributionId=id_, InvalidationBatch=batch)["Invalidation"]
    cloudfront.get_waiter("invalidation_completed").wait(DistributionId=id_, Id=first["Id"])

    assert again["Id"] == first["Id"]
    listed = cloudfront.list_invalidations(DistributionId=id_)["InvalidationList"]
    assert [item["Id"] for item in listed["Items"]] == [first["Id"]]
    with pytest.raises(cloudfront.exceptions.NoSuchInvalidation):
        cloudfront.get_invalidation(DistributionId=id_, Id="I0")
    with pytest.raises(cloudfront.exceptions.InvalidArgument):
        cloudfront.create_invalidation(
            DistributionId=id_, InvalidationBatch={**batch, "Paths": {"Quantity": 1, "Items": ["a.jpg"]}}
        )


def test_cache_control_of_an_original_is_only_for_the_original(stack: ServedStack, folder: Path) -> None:
    body = (folder / "cats" / "1.jpg").read_bytes()
    put_original(stack, "short.jpg", body, CacheControl="max-age=1", ContentType="image/jpeg")

    first, rendition = stack.get("/short.jpg"), stack.get("/short.jpg?width=9")
    time.sleep(1.2)
    fetched_again, cached = stack.get("/short.jpg"), stack.get("/short.jpg?width=9")

    assert first.headers["cache-control"] == "max-age=1"
    assert (fetched_again.headers["x-cache"], fetched_again.body) == ("Miss from cloudfront", body)
    assert rendition.headers["cache-control"] == "public, max-age=60, s-maxage=31536000"
    assert (cached.headers["x-cache"], cached.body) == ("Hit from cloudfront", rendition.body)


@pytest.mark.parametrize("query", ["", "?width=9"], ids=["original", "rendition"])
def test_private_original_is_not_cached_and_never_sent_stale(stack: ServedStack, folder: Path, query: str) -> None:
    body = (folder / "cats" / "1.jpg").read_bytes()
    put_original(stack, "mine.jpg", body, CacheControl="private", ContentType="image/jpeg")

    responses = [stack.get(f"/mine.jpg{query}") for _ in range(2)]

    assert [response.headers["x-cache"] for response in responses] == ["Miss from cloudfront"] * 2
    assert [response.headers["cache-control"] for response in responses] == ["private, stale-if-error=0"] * 2


@pytest.mark.parametrize(("cache_control", "status"), [("private", 502), ("no-store", 502), ("max-age=0", 200)])
def test_uncached_original_when_s3_fails_is_served_if_public(
    stack: ServedStack, folder: Path, cache_control: str, status: int
) -> None:
    """AWS documents that CloudFront serves an expired object here, and that only `stale-if-error=0` prevents this."""
    put_original(stack, "a.jpg", (folder / "cats" / "1.jpg").read_bytes(), CacheControl=cache_control)
    requests = [stack.get("/a.jpg").headers["x-cache"] for _ in range(2)]

    stack.running.cloud.__exit__()

    assert "Hit from cloudfront" not in requests
    assert stack.get("/a.jpg").status == status


def test_expired_picture_is_served_when_the_origin_fails(stack: ServedStack, folder: Path) -> None:
    put_original(
        stack, "a.jpg", (folder / "cats" / "1.jpg").read_bytes(), CacheControl="max-age=1", ContentType="image/jpeg"
    )
    first = stack.get("/a.jpg")
    time.sleep(1.2)

    stack.running.cloud.__exit__()

    expired, uncached = stack.get("/a.jpg"), stack.get("/a.jpg?width=8")
    assert expired.body == first.body
    assert uncached.status == 502
