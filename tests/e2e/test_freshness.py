"""Test changed files and manual invalidations while a stack is served."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from common.cache_tags import folder_tag, key_tag
from tests.support.decoded_pictures import size, write
from tests.support.served_stack import Served, served


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("cats/1.jpg", "cats/10.jpg", "cats/1.jpg2.jpg", "dogs/1.jpg"):
        write(tmp_path / "images" / name, 300, 200)
    return tmp_path / "images"


@pytest.fixture
def own(folder: Path) -> Iterator[Served]:
    with served(folder) as running:
        yield running


@pytest.fixture
def cloudfront(own: Served) -> Any:
    keys = {"aws_access_key_id": "any", "aws_secret_access_key": "one"}
    return boto3.client("cloudfront", region_name="us-east-1", endpoint_url=own.running.url, **keys)


def eventually(check: Any) -> None:
    """Wait until the check is true; fail after 10 seconds."""
    for _ in range(100):
        if check():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen")


def test_added_replaced_and_deleted_files_are_served_as_they_are(own: Served, folder: Path) -> None:
    assert own.get("/new.jpg").status == 404

    write(folder / "new.jpg", 400, 100)
    eventually(lambda: own.get("/new.jpg?width=40").status == 200)
    assert size(own.get("/new.jpg?width=40")) == (40, 10)

    write(folder / "new.jpg", 400, 400)
    eventually(lambda: size(own.get("/new.jpg?width=40")) == (40, 40))

    (folder / "new.jpg").unlink()
    eventually(lambda: own.get("/new.jpg?width=40").status == 404)


ALL = [
    "/cats/1.jpg?width=9",
    "/cats/1.jpg?width=8",
    "/cats/1.jpg",
    "/cats/10.jpg?width=9",
    "/cats/1.jpg2.jpg",
    "/dogs/1.jpg",
]


@pytest.mark.parametrize(
    ("item", "gone"),
    [
        ("/cats/1.jpg", ALL[2:3]),
        ("/cats/1.jpg?format=original&width=9", ALL[:1]),
        ("/cats/1.jpg*", [*ALL[:3], ALL[4]]),
        ("/*", ALL),
        ("#" + key_tag("cats/1.jpg"), ALL[:3]),
        ("#" + key_tag("cats/1.jpg").upper(), ALL[:3]),
        ("#" + folder_tag("cats/"), ALL[:5]),
        ("/Cats/*", []),
    ],
)
def test_invalidation_removes_only_the_matching_entries(
    own: Served, cloudfront: Any, item: str, gone: list[str]
) -> None:
    for path in ALL:
        own.get(path)

    made = cloudfront.create_invalidation(
        DistributionId=own.running.distribution.id,
        InvalidationBatch={"Paths": {"Quantity": 1, "Items": [item]}, "CallerReference": "r"},
    )

    assert made["Invalidation"]["Status"] == "Completed"
    assert [path for path in ALL if own.get(path).headers["x-cache"] != "Hit from cloudfront"] == gone


def test_invalidation_api_works_with_boto3(own: Served, cloudfront: Any) -> None:
    id_ = own.running.distribution.id
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


def put(stack: Served, key: str, body: bytes, **options: str) -> None:
    """Put an object directly into the originals bucket."""
    region, bucket = (
        stack.running.program.outputs["originals_region"],
        stack.running.program.outputs["originals_bucket"],
    )
    stack.running.cloud.s3(region).put_object(Bucket=bucket, Key=key, Body=body, **options)


def test_cache_control_of_the_uploader_sets_the_ttl(own: Served, folder: Path) -> None:
    body = (folder / "cats" / "1.jpg").read_bytes()
    put(own, "short.jpg", body, CacheControl="max-age=1", ContentType="image/jpeg")

    first, rendition = own.get("/short.jpg"), own.get("/short.jpg?width=9")
    time.sleep(1.2)
    later, anew = own.get("/short.jpg"), own.get("/short.jpg?width=9")

    assert first.headers["cache-control"] == rendition.headers["cache-control"] == "max-age=1"
    assert (later.headers["x-cache"], later.body) == ("RefreshHit from cloudfront", body)
    assert (anew.headers["x-cache"], anew.body) == ("Miss from cloudfront", rendition.body)


def test_expired_picture_is_served_when_the_origin_fails(own: Served, folder: Path) -> None:
    put(own, "a.jpg", (folder / "cats" / "1.jpg").read_bytes(), CacheControl="max-age=1", ContentType="image/jpeg")
    good = own.get("/a.jpg?width=9")
    time.sleep(1.2)

    own.running.cloud.__exit__()

    stale, fresh = own.get("/a.jpg?width=9"), own.get("/a.jpg?width=8")
    assert stale.body == good.body
    assert fresh.status == 502
