"""Test the refresh after an upload with the declared queue, function and role."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from common.cache_tags import folder_tag, key_tag, stored_prefix, tags
from local.cloudfront.invalidation_api import ApiError, InvalidationApi
from local.program.program import ProgramError
from tests.support.decoded_pictures import decoded_size, write_picture
from tests.support.served_stack import ROOT, ServedStack, broken_program, cloudfront_client, serve_stack, wait_until

CHANGED_KEYS = ("cats/1.jpg", "with space.jpg", "with+plus.jpg", "café/猫.jpg")
CHANGED_PATHS = ("/cats/1.jpg", "/with%20space.jpg", "/with%2Bplus.jpg", "/caf%C3%A9/%E7%8C%AB.jpg")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (*CHANGED_KEYS, "cats/10.jpg", "cats/1.jpg2.jpg"):
        write_picture(tmp_path / "images" / name, 300, 200)
    return tmp_path / "images"


@pytest.fixture
def fast_program(tmp_path: Path) -> Path:
    """The program with short delays: the second invalidation follows after 2 s, a message is retried once after 1 s."""
    delay = "_SETTLE_SECONDS: Final = "
    root = broken_program(tmp_path, "infra/uploads/refresh_function.py", f"{delay}180", f"{delay}2")
    queue = root / "infra" / "uploads" / "upload_queue.py"
    text = queue.read_text()
    text = text.replace("6 * consumer_timeout", "1").replace("_MAX_RECEIVES: Final = 5", "_MAX_RECEIVES: Final = 2")
    queue.write_text(text)
    return root


def invalidated_items(stack: ServedStack) -> list[list[str]]:
    """Return the items of every invalidation, oldest first."""
    client = cloudfront_client(stack)
    id_ = stack.running.distribution.id
    summaries = client.list_invalidations(DistributionId=id_)["InvalidationList"].get("Items", [])
    invalidations = [client.get_invalidation(DistributionId=id_, Id=item["Id"])["Invalidation"] for item in summaries]
    return [invalidation["InvalidationBatch"]["Paths"]["Items"] for invalidation in reversed(invalidations)]


def sqs(stack: ServedStack, output: str) -> tuple[Any, str]:
    """Return a client of SQS, and the URL of the queue that this stack output names."""
    outputs = stack.running.program.outputs
    return stack.running.cloud.sqs(outputs["originals_region"]), outputs[output]


def count_messages(stack: ServedStack, output: str) -> int:
    """Return the number of all messages in a queue: available, in flight and delayed."""
    client, url = sqs(stack, output)
    names = [f"ApproximateNumberOfMessages{state}" for state in ("", "NotVisible", "Delayed")]
    return sum(map(int, client.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"].values()))


def is_hit(stack: ServedStack, path: str) -> bool:
    """Request a path and return whether the response came from the cache."""
    return stack.get(path).headers["x-cache"].startswith("Hit")


def test_overwrite_invalidates_every_size_and_no_neighbor(folder: Path) -> None:
    with serve_stack(folder) as stack:
        sizes = [f"{path}?{query}" for path in CHANGED_PATHS for query in ("width=30", "width=60&format=webp", "")]
        neighbors = ["/cats/10.jpg?width=30", "/cats/1.jpg2.jpg?width=30"]
        for url in (*sizes, *neighbors):
            stack.get(url)
        for name in CHANGED_KEYS:
            write_picture(folder / name, 100, 300)

        for url in sizes:
            wait_until(lambda url=url: decoded_size(stack.get(url))[1] > decoded_size(stack.get(url))[0])
        assert all(is_hit(stack, url) for url in neighbors)
        invalidated = {item for items in invalidated_items(stack) for item in items}

    assert invalidated == {f"#{key_tag(name)}" for name in CHANGED_KEYS}


def test_first_upload_sends_no_invalidation_but_removal_does(folder: Path) -> None:
    with serve_stack(folder) as stack:
        write_picture(folder / "new.jpg", 400, 100)
        wait_until(lambda: stack.get("/new.jpg?width=40").status == 200)
        wait_until(lambda: count_messages(stack, "refresh_queue_url") == 0)
        assert invalidated_items(stack) == []

        (folder / "new.jpg").unlink()
        wait_until(lambda: stack.get("/new.jpg?width=40").status == 404)
        assert invalidated_items(stack) == [[f"#{key_tag('new.jpg')}"]]


@pytest.mark.parametrize("invalidations_before", [0, 1], ids=["before the first", "between the two"])
def test_stale_render_cached_after_an_upload_is_invalidated_later(
    folder: Path, fast_program: Path, invalidations_before: int
) -> None:
    """The test simulates a slow render of the old original, cached before or after the first invalidation."""
    url = "/cats/1.jpg?width=30"
    with serve_stack(folder, root=fast_program) as stack:
        cache = stack.running.distribution.cache
        assert decoded_size(stack.get(url)) == (30, 20)
        ((key, stale_entry),) = [item for item in cache._entries.items() if item[1].url.startswith("/cats/1.jpg?")]

        write_picture(folder / "cats/1.jpg", 100, 300)
        if invalidations_before:
            wait_until(lambda: len(invalidated_items(stack)) == 1)
        cache.put(key, stale_entry)
        if invalidations_before:
            assert decoded_size(stack.get(url)) == (30, 20), "the old picture is cached until the second invalidation"

        wait_until(lambda: decoded_size(stack.get(url)) == (30, 90))
        wait_until(lambda: len(invalidated_items(stack)) == 2)
        assert invalidated_items(stack) == [[f"#{key_tag('cats/1.jpg')}"]] * 2
        assert decoded_size(stack.get(url)) == (30, 90)


@contextmanager
def refuse_invalidations(until: Callable[[], bool], monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Make CloudFront refuse invalidations with 503 until `until()` is true. Yield the number of refusals in a list."""
    original_create, refusals = InvalidationApi._create, [0]

    def create(self: InvalidationApi, body: bytes) -> Any:
        if not until():
            refusals[0] += 1
            raise ApiError(503, "ServiceUnavailable", "not now")
        return original_create(self, body)

    monkeypatch.setattr(InvalidationApi, "_create", create)
    yield refusals


def run_ops(stack: ServedStack, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m ops` against this stack."""
    outputs = folder / "outputs.json"
    outputs.write_text(json.dumps(stack.running.program.outputs | {"url": stack.running.url}))
    cloud = stack.running.cloud
    environment = {**os.environ, **cloud.credentials, "AWS_ENDPOINT_URL": cloud.url, "AWS_REGION": "us-east-1"}
    environment["AWS_ENDPOINT_URL_CLOUDFRONT"] = stack.running.url
    command = [sys.executable, "-m", "ops", *arguments, "--outputs", str(outputs)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_refused_invalidations_reach_cloudfront_after_redrive(
    tmp_path: Path, folder: Path, fast_program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = fast_program / "refresh/handler.py"
    handler.write_text(handler.read_text().replace("max_attempts=4, max_delay=4", "max_attempts=1, max_delay=1"))
    repaired = threading.Event()
    url = "/cats/1.jpg?width=30"
    with (
        refuse_invalidations(repaired.is_set, monkeypatch) as refusals,
        serve_stack(folder, root=fast_program) as stack,
    ):
        assert decoded_size(stack.get(url)) == (30, 20)
        write_picture(folder / "cats/1.jpg", 100, 300)
        wait_until(lambda: count_messages(stack, "dead_letters_queue_url") == 1)
        assert refusals[0] == 2
        assert decoded_size(stack.get(url)) == (30, 20), "the old picture is still cached"
        assert any("processing failed" in line for line in stack.logs)

        repaired.set()
        completed = run_ops(stack, tmp_path, "redrive")
        assert completed.returncode == 0, completed.stderr
        wait_until(lambda: decoded_size(stack.get(url)) == (30, 90))
        assert count_messages(stack, "dead_letters_queue_url") == 0


def test_function_killed_during_a_batch_invalidates_once(
    folder: Path, fast_program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original_create, killed_pids = InvalidationApi._create, []

    def create(self: InvalidationApi, body: bytes) -> Any:
        invalidation = original_create(self, body)
        if not killed_pids:
            for process in psutil.Process().children(recursive=True):
                if "refresh.handler.handler" in process.cmdline():
                    killed_pids.append(process.pid)
                    process.send_signal(signal.SIGKILL)
        return invalidation

    monkeypatch.setattr(InvalidationApi, "_create", create)
    with serve_stack(folder, root=fast_program) as stack:
        assert decoded_size(stack.get("/cats/1.jpg?width=30")) == (30, 20)
        write_picture(folder / "cats/1.jpg", 100, 300)
        wait_until(lambda: len(invalidated_items(stack)) == 2)
        assert decoded_size(stack.get("/cats/1.jpg?width=30")) == (30, 90)
        time.sleep(2)

        assert killed_pids
        assert len(invalidated_items(stack)) == 2, "the invalidation after the upload, and the second one later"


def test_duplicate_and_malformed_messages_do_not_stop_the_batch(folder: Path, fast_program: Path) -> None:
    record = {"eventName": "ObjectRemoved:DeleteMarkerCreated", "eventTime": "2026-11-21T08:34:44.748Z"}
    record["s3"] = {"object": {"key": "cats/1.jpg", "versionId": "v2", "sequencer": "01"}}  # type: ignore[assignment]
    valid_body = json.dumps({"Records": [record]})
    with serve_stack(folder, root=fast_program) as stack:
        stack.get("/cats/1.jpg?width=30")
        client, url = sqs(stack, "refresh_queue_url")
        bodies = [valid_body, "poison", valid_body]
        client.send_message_batch(
            QueueUrl=url, Entries=[{"Id": str(index), "MessageBody": body} for index, body in enumerate(bodies)]
        )
        wait_until(lambda: len(invalidated_items(stack)) == 2)
        client.send_message(QueueUrl=url, MessageBody=valid_body)
        wait_until(lambda: count_messages(stack, "dead_letters_queue_url") == 1)
        wait_until(lambda: count_messages(stack, "refresh_queue_url") == 0)

        assert invalidated_items(stack) == [[f"#{key_tag('cats/1.jpg')}"]] * 2
        dead_letters_client, dead_letters_url = sqs(stack, "dead_letters_queue_url")
        assert dead_letters_client.receive_message(QueueUrl=dead_letters_url)["Messages"][0]["Body"] == "poison"
        assert any("unreadable message" in line and "JSONDecodeError" in line for line in stack.logs)


def test_warm_widths_are_cached_before_the_first_viewer(tmp_path: Path, folder: Path, fast_program: Path) -> None:
    dev = fast_program / "Pulumi.dev.yaml"
    dev.write_text(dev.read_text() + "  edge-image-resizer:warmWidths: [40, 80]\n")
    with serve_stack(folder, root=fast_program) as stack:
        write_picture(folder / "cats/1.jpg", 100, 300)
        wait_until(lambda: any('"message":"warmed"' in line for line in stack.logs))

        assert all(is_hit(stack, f"/cats/1.jpg?width={width}") for width in (40, 80))
        assert stack.get("/cats/1.jpg?width=40", accept="image/webp,*/*").headers["x-cache"].startswith("Hit")
        assert not is_hit(stack, "/cats/1.jpg?width=50")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("infra/iam/policies.py", '"cloudfront:CreateInvalidation"', '"cloudfront:GetInvalidation"'),
        ("infra/iam/policies.py", '"s3:ListBucketVersions"', '"s3:GetBucketAcl"'),
        ("infra/iam/policies.py", '["s3:GetObject", "s3:PutObject"]', '["s3:GetObject"]'),
        ("infra/iam/policies.py", '"s3:ListBucket",', '"s3:GetBucketAcl",'),
        ("infra/iam/policies.py", '"sqs:ReceiveMessage", ', ""),
        ("infra/uploads/upload_queue.py", '"s3:ObjectCreated:*", ', ""),
        ("infra/uploads/refresh_function.py", "RefreshVariable.DISTRIBUTION: distribution.id,", ""),
    ],
    ids=[
        "create invalidations",
        "list versions",
        "record visible versions",
        "list stored renditions",
        "receive messages",
        "upload events",
        "distribution id",
    ],
)
def test_refresh_without_a_permission_or_part_invalidates_nothing(
    tmp_path: Path, folder: Path, file: str, old: str, new: str
) -> None:
    root = broken_program(tmp_path, file, old, new)
    with serve_stack(folder, root=root) as stack:
        assert decoded_size(stack.get("/cats/1.jpg?width=30")) == (30, 20)
        write_picture(folder / "cats/1.jpg", 100, 300)
        time.sleep(2.5)

        assert decoded_size(stack.get("/cats/1.jpg?width=30")) == (30, 20)


def test_bucket_that_may_not_write_to_the_queue_is_refused(tmp_path: Path, folder: Path) -> None:
    root = broken_program(tmp_path, "infra/iam/policies.py", '"s3.amazonaws.com"', '"sns.amazonaws.com"')

    with pytest.raises(ProgramError, match="does not let originals-"), serve_stack(folder, root=root):
        pass


def test_only_the_removal_of_what_viewers_see_is_invalidated(folder: Path, fast_program: Path) -> None:
    key, url = "cats/1.jpg", "/cats/1.jpg?width=30"
    with serve_stack(folder, root=fast_program) as stack:
        outputs = stack.running.program.outputs
        s3, bucket = stack.running.cloud.s3(outputs["originals_region"]), outputs["originals_bucket"]

        def remove(version: str) -> None:
            s3.delete_object(Bucket=bucket, Key=key, VersionId=version)
            wait_until(lambda: count_messages(stack, "refresh_queue_url") == 0)

        first = s3.list_object_versions(Bucket=bucket, Prefix=key)["Versions"][0]["VersionId"]
        second, third = (put_versioned(stack, key, folder / "cats/10.jpg") for _ in range(2))
        wait_until(lambda: len(invalidated_items(stack)) >= 2)
        wait_until(lambda: count_messages(stack, "refresh_queue_url") == 0)
        expected_count = len(invalidated_items(stack))

        remove(first)
        assert len(invalidated_items(stack)) == expected_count, "viewers did not see the first version"
        assert stack.get(url).status == 200
        remove(third)
        assert len(invalidated_items(stack)) == expected_count + 2, "viewers saw the third version"
        remove(second)
        assert len(invalidated_items(stack)) == expected_count + 4, "viewers saw the second version again"
        wait_until(lambda: stack.get(url).status == 404)


def put_versioned(stack: ServedStack, key: str, file: Path) -> str:
    outputs = stack.running.program.outputs
    s3 = stack.running.cloud.s3(outputs["originals_region"])
    return s3.put_object(Bucket=outputs["originals_bucket"], Key=key, Body=file.read_bytes())["VersionId"]


@pytest.mark.parametrize("is_removed", [False, True], ids=["overwritten", "removed"])
def test_stored_renditions_of_a_changed_original_are_deleted(
    folder: Path, fast_program: Path, is_removed: bool
) -> None:
    """The object takes the place of a stored rendition, whose key the edge function builds in the same way."""
    name, neighbor = (f"{stored_prefix(key)}abc-0123456789abcdef.png" for key in ("cats/1.jpg", "cats/10.jpg"))
    with serve_stack(folder, root=fast_program) as stack:
        outputs = stack.running.program.outputs
        s3 = stack.running.cloud.s3(outputs["originals_region"])
        for item, key in ((name, "cats/1.jpg"), (neighbor, "cats/10.jpg")):
            metadata = {"cache-tag": ",".join(tags(key))}
            s3.put_object(Bucket=outputs["renditions_bucket"], Key=item, Body=b"stored", Metadata=metadata)
        assert (stack.get(f"/{name}").body, stack.get(f"/{neighbor}").body) == (b"stored", b"stored")

        if is_removed:
            (folder / "cats/1.jpg").unlink()
        else:
            write_picture(folder / "cats/1.jpg", 100, 300)

        wait_until(lambda: stack.get(f"/{name}").status == 404)
        wait_until(lambda: len(invalidated_items(stack)) == 2)
        assert stack.get(f"/{neighbor}").body == b"stored"
        assert is_hit(stack, f"/{neighbor}")


def test_viewers_cannot_read_the_records_of_visible_versions(folder: Path) -> None:
    with serve_stack(folder) as stack:
        write_picture(folder / "cats/1.jpg", 100, 300)
        wait_until(lambda: len(invalidated_items(stack)) == 1)
        outputs = stack.running.program.outputs
        s3 = stack.running.cloud.s3(outputs["originals_region"])
        items = s3.list_objects_v2(Bucket=outputs["renditions_bucket"])["Contents"]
        (record,) = (item["Key"] for item in items if item["Key"].startswith(".versions/"))

        paths = [f"/{record}", f"/.renditions/../{record}", f"/.renditions/%2E%2E/{record}", f"/.renditions/{record}"]
        assert all(stack.get(path).status in (400, 403, 404) for path in paths)


def test_originals_above_the_limit_are_invalidated_by_folder(folder: Path, fast_program: Path) -> None:
    dev = fast_program / "Pulumi.dev.yaml"
    dev.write_text(dev.read_text() + "  edge-image-resizer:maxInvalidations: 2\n")
    slots = fast_program / "refresh/folder_invalidations.py"
    text = slots.read_text().replace("_SLOT_SECONDS: Final = 60", "_SLOT_SECONDS: Final = 2")
    slots.write_text(text.replace("_MARGIN_SECONDS: Final = 5", "_MARGIN_SECONDS: Final = 0"))
    keys = [f"shop/{number}.jpg" for number in range(30)]
    for key in keys:
        write_picture(folder / key, 300, 200)
    with serve_stack(folder, root=fast_program) as stack:
        urls = [f"/{key}?width=30" for key in keys]
        assert all(decoded_size(stack.get(url)) == (30, 20) for url in urls)
        for key in keys:
            write_picture(folder / key, 100, 300)

        for url in urls:
            wait_until(lambda url=url: decoded_size(stack.get(url)) == (30, 90))
        wait_until(lambda: count_messages(stack, "refresh_queue_url") == 0)
        items = [item for items in invalidated_items(stack) for item in items]

    assert f"#{folder_tag('shop/')}" in items
    assert len(items) < len(keys)


def test_dead_letter_queue_that_does_not_accept_the_queue_is_refused(tmp_path: Path, folder: Path) -> None:
    old = "source=self.queue.arn"
    root = broken_program(tmp_path, "infra/uploads/upload_queue.py", old, "source=self.dead_letter_queue.arn")

    with pytest.raises(ProgramError, match="does not name arn:aws:sqs"), serve_stack(folder, root=root):
        pass
