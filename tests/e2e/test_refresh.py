"""Test the refresh after an upload with the declared queue, function and role."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from common.cache_tags import folder_tag, key_tag, stored_prefix, tags
from common.contract import RefreshVariable
from local.cloudfront.invalidation_api import ApiError
from local.program.program import ProgramError
from tests.support.decoded_pictures import decoded_size, write_picture
from tests.support.edits import REMOVED, Edit, edited_input, edited_json, edited_statement
from tests.support.processes import sandboxes
from tests.support.program_copies import set_constant
from tests.support.served_stack import ROOT, ServedStack, cloudfront_client, copy_program, serve_stack, wait_until

CHANGED_KEYS = ("cats/1.jpg", "with space.jpg", "with+plus.jpg", "café/猫.jpg")
CHANGED_PATHS = ("/cats/1.jpg", "/with%20space.jpg", "/with%2Bplus.jpg", "/caf%C3%A9/%E7%8C%AB.jpg")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (*CHANGED_KEYS, "cats/10.jpg", "cats/1.jpg2.jpg"):
        write_picture(tmp_path / "images" / name, 300, 200)
    return tmp_path / "images"


def edited_variable(name: RefreshVariable, value: Any) -> Edit:
    return edited_input("lambda/function", "refresh-function", f"environment.variables.{name}", value)


FAST = (
    edited_variable(RefreshVariable.SETTLE, "2"),
    edited_input("sqs/queue", "upload-queue", "visibilityTimeoutSeconds", 1),
    edited_json("sqs/queue", "upload-queue", "maxReceiveCount", 2, document="redrivePolicy"),
)
"""Short delays: the second invalidation follows after 2 s, and a message is retried once after 1 s."""


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
def test_stale_render_cached_after_an_upload_is_invalidated_later(folder: Path, invalidations_before: int) -> None:
    """The test simulates a slow render of the old original, cached before or after the first invalidation."""
    url = "/cats/1.jpg?width=30"
    with serve_stack(folder, edits=FAST) as stack:
        cache = stack.running.distribution.cache
        assert decoded_size(stack.get(url)) == (30, 20)
        ((key, stale_entry),) = [item for item in cache.entries().items() if item[1].url.startswith("/cats/1.jpg?")]
        was_cached: list[bool] = []

        def cache_stale_entry() -> None:
            if len(was_cached) == invalidations_before:
                cache.put(key, stale_entry)
            was_cached.append(key in cache.entries())

        stack.running.invalidation_api.before_create = cache_stale_entry
        write_picture(folder / "cats/1.jpg", 100, 300)
        wait_until(lambda: len(invalidated_items(stack)) == 2)

        assert was_cached == [True, bool(invalidations_before)]
        assert invalidated_items(stack) == [[f"#{key_tag('cats/1.jpg')}"]] * 2
        assert decoded_size(stack.get(url)) == (30, 90)


def run_ops(stack: ServedStack, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m ops` against this stack."""
    outputs = folder / "outputs.json"
    outputs.write_text(json.dumps(stack.running.program.outputs | {"url": stack.running.url}))
    cloud = stack.running.cloud
    environment = {**os.environ, **cloud.credentials, "AWS_ENDPOINT_URL": cloud.url, "AWS_REGION": "us-east-1"}
    environment["AWS_ENDPOINT_URL_CLOUDFRONT"] = stack.running.url
    command = [sys.executable, "-m", "ops", *arguments, "--outputs", str(outputs)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_refused_invalidations_reach_cloudfront_after_redrive(tmp_path: Path, folder: Path) -> None:
    root = copy_program(tmp_path)
    set_constant(root, "refresh/handler.py", "_RETRY_POLICY", "RetryPolicy(max_attempts=1, max_delay=1)")
    refusals: list[ApiError] = []

    def refuse() -> None:
        refusals.append(ApiError(503, "ServiceUnavailable", "not now"))
        raise refusals[-1]

    url = "/cats/1.jpg?width=30"
    with serve_stack(folder, root=root, edits=FAST) as stack:
        stack.running.invalidation_api.before_create = refuse
        assert decoded_size(stack.get(url)) == (30, 20)
        write_picture(folder / "cats/1.jpg", 100, 300)
        wait_until(lambda: count_messages(stack, "dead_letters_queue_url") == 1)
        assert len(refusals) == 2
        assert decoded_size(stack.get(url)) == (30, 20), "the old picture is still cached"
        assert any('"outcome": "failed"' in line for line in stack.logs)

        stack.running.invalidation_api.before_create = lambda: None
        completed = run_ops(stack, tmp_path, "redrive")
        assert completed.returncode == 0, completed.stderr
        wait_until(lambda: decoded_size(stack.get(url)) == (30, 90))
        assert count_messages(stack, "dead_letters_queue_url") == 0


def test_function_killed_during_a_batch_invalidates_once(folder: Path) -> None:
    killed_pids: list[int] = []

    def kill_function() -> None:
        if not killed_pids:
            for process in sandboxes("refresh.handler.handler"):
                killed_pids.append(process.pid)
                process.kill()

    with serve_stack(folder, edits=FAST) as stack:
        assert decoded_size(stack.get("/cats/1.jpg?width=30")) == (30, 20)
        stack.running.invalidation_api.before_create = kill_function
        write_picture(folder / "cats/1.jpg", 100, 300)
        wait_until(lambda: len(invalidated_items(stack)) == 2)
        assert decoded_size(stack.get("/cats/1.jpg?width=30")) == (30, 90)
        wait_until(lambda: count_messages(stack, "refresh_queue_url") == 0)

        assert killed_pids
        assert len(invalidated_items(stack)) == 2, "the invalidation after the upload, and the second one later"
        assert count_messages(stack, "dead_letters_queue_url") == 0


def test_overwrite_on_a_stack_with_a_key_is_refreshed(folder: Path) -> None:
    """The refresh function may not use the key, and writes its record with S3's own key."""
    with serve_stack(folder, stack="staging", edits=FAST) as stack:
        assert decoded_size(stack.get("/cats/1.jpg?width=30")) == (30, 20)
        write_picture(folder / "cats/1.jpg", 100, 300)

        wait_until(lambda: decoded_size(stack.get("/cats/1.jpg?width=30")) == (30, 90))


def test_duplicate_and_malformed_messages_do_not_stop_the_batch(folder: Path) -> None:
    record = {"eventName": "ObjectRemoved:DeleteMarkerCreated", "eventTime": "2026-11-21T08:34:44.748Z"}
    record["s3"] = {"object": {"key": "cats/1.jpg", "versionId": "v2", "sequencer": "01"}}  # type: ignore[assignment]
    valid_body = json.dumps({"Records": [record]})
    with serve_stack(folder, edits=FAST) as stack:
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
        assert any('"reason": "unreadable"' in line and "JSONDecodeError" in line for line in stack.logs)


def test_warm_widths_are_cached_before_the_first_viewer(folder: Path) -> None:
    with serve_stack(folder, edits=[*FAST, edited_variable(RefreshVariable.WARM_WIDTHS, "[40, 80]")]) as stack:
        write_picture(folder / "cats/1.jpg", 100, 300)
        wait_until(lambda: any('"outcome": "warmed"' in line for line in stack.logs))

        assert all(is_hit(stack, f"/cats/1.jpg?width={width}") for width in (40, 80))
        assert stack.get("/cats/1.jpg?width=40", accept="image/webp,*/*").headers["x-cache"].startswith("Hit")
        assert not is_hit(stack, "/cats/1.jpg?width=50")


def edited_permission(sid: str, actions: Any) -> Edit:
    return edited_statement("iam/rolePolicy", "refresh-function", sid, "Action", actions)


DENIED = "(AccessDenied) when calling the "


@pytest.mark.parametrize(
    ("edit", "log_text"),
    [
        (edited_permission("CreateInvalidations", "cloudfront:GetInvalidation"), DENIED + "CreateInvalidation"),
        (edited_permission("ListVersions", "s3:GetBucketAcl"), DENIED + "ListObjectVersions"),
        (edited_permission("KeepVisibleVersions", "s3:GetObject"), DENIED + "PutObject"),
        (edited_permission("ListStoredRenditions", "s3:GetBucketAcl"), DENIED + "ListObjectsV2"),
        (edited_variable(RefreshVariable.DISTRIBUTION, REMOVED), "KeyError"),
    ],
    ids=[
        "create invalidations",
        "list versions",
        "record visible versions",
        "list stored renditions",
        "distribution id",
    ],
)
def test_refresh_without_a_permission_or_setting_leaves_a_dead_letter(folder: Path, edit: Edit, log_text: str) -> None:
    with serve_stack(folder, edits=[*FAST, edit]) as stack:
        assert decoded_size(stack.get("/cats/1.jpg?width=30")) == (30, 20)
        write_picture(folder / "cats/1.jpg", 100, 300)
        wait_until(lambda: count_messages(stack, "dead_letters_queue_url") == 1)

        assert any('"outcome": "failed"' in line and log_text in line for line in stack.logs)
        assert invalidated_items(stack) == []
        assert decoded_size(stack.get("/cats/1.jpg?width=30")) == (30, 20)


def test_function_that_may_not_receive_messages_leaves_them_in_the_queue(folder: Path) -> None:
    edit = edited_permission("ReceiveAndSendMessages", lambda old: [*{*old} - {"sqs:ReceiveMessage"}])
    with serve_stack(folder, edits=[edit]) as stack:
        put_versioned(stack, "cats/1.jpg", folder / "cats/10.jpg")
        wait_until(lambda: any("cannot read the queue" in line and "AccessDenied" in line for line in stack.logs))

        assert count_messages(stack, "refresh_queue_url") == 2, "the test event of S3, and the event of the upload"
        assert invalidated_items(stack) == []


def test_upload_without_its_event_type_invalidates_nothing(folder: Path) -> None:
    """The removal of another original, after the upload, shows that the other events arrive."""
    edit = edited_input(
        "s3/bucketNotification",
        "upload-queue",
        "queues.0.events",
        lambda old: [event for event in old if event != "s3:ObjectCreated:*"],
    )
    with serve_stack(folder, edits=[edit]) as stack:
        assert decoded_size(stack.get("/cats/1.jpg?width=30")) == (30, 20)
        write_picture(folder / "large.jpg", 100, 300)
        put_versioned(stack, "cats/1.jpg", folder / "large.jpg")
        (folder / "cats/10.jpg").unlink()
        wait_until(lambda: invalidated_items(stack) != [])

        assert invalidated_items(stack) == [[f"#{key_tag('cats/10.jpg')}"]]
        assert decoded_size(stack.get("/cats/1.jpg?width=30")) == (30, 20)


def test_bucket_that_may_not_write_to_the_queue_is_refused(folder: Path) -> None:
    sns = {"Service": "sns.amazonaws.com"}
    edit = edited_statement("sqs/queuePolicy", "upload-queue", "AllowS3SendMessage", "Principal", sns)

    with (
        pytest.raises(ProgramError, match="does not let edge-image-resizer-dev-originals-"),
        serve_stack(folder, edits=[edit]),
    ):
        pass


def test_only_the_removal_of_what_viewers_see_is_invalidated(folder: Path) -> None:
    key, url = "cats/1.jpg", "/cats/1.jpg?width=30"
    with serve_stack(folder, edits=FAST) as stack:
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
def test_stored_renditions_of_a_changed_original_are_deleted(folder: Path, is_removed: bool) -> None:
    """The object takes the place of a stored rendition, whose key the edge function builds in the same way."""
    name, neighbor = (f"{stored_prefix(key)}abc-0123456789abcdef.png" for key in ("cats/1.jpg", "cats/10.jpg"))
    with serve_stack(folder, edits=FAST) as stack:
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


def test_originals_above_the_limit_are_invalidated_by_folder(tmp_path: Path, folder: Path) -> None:
    root = copy_program(tmp_path)
    set_constant(root, "refresh/folder_invalidations.py", "_SLOT_SECONDS", "2")
    set_constant(root, "refresh/folder_invalidations.py", "_MARGIN_SECONDS", "0")
    edits = [*FAST, edited_variable(RefreshVariable.MAX_CHANGES, "1")]
    keys = [f"shop/{number}.jpg" for number in range(30)]
    for key in keys:
        write_picture(folder / key, 300, 200)
    with serve_stack(folder, root=root, edits=edits) as stack:
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


def test_dead_letter_queue_that_does_not_accept_the_queue_is_refused(folder: Path) -> None:
    other = ["arn:aws:sqs:eu-central-1:123456789012:other"]
    edit = edited_json(
        "sqs/redriveAllowPolicy",
        "upload-queue-dead-letters",
        "sourceQueueArns",
        other,
        document="redriveAllowPolicy",
    )

    with pytest.raises(ProgramError, match="does not name arn:aws:sqs"), serve_stack(folder, edits=[edit]):
        pass
