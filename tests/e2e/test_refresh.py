"""Test the refresh after an upload, through the declared queue, function and role."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import psutil
import pytest

from common.cache_tags import key_tag
from local.cloudfront.invalidation_api import ApiError, InvalidationApi
from local.program.program import ProgramError
from tests.e2e.test_freshness import eventually
from tests.support.decoded_pictures import size, write
from tests.support.served_stack import ROOT, Served, broken_program, served

ODD = ("cats/1.jpg", "with space.jpg", "with+plus.jpg", "café/猫.jpg")
PATHS = ("/cats/1.jpg", "/with%20space.jpg", "/with%2Bplus.jpg", "/caf%C3%A9/%E7%8C%AB.jpg")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (*ODD, "cats/10.jpg", "cats/1.jpg2.jpg"):
        write(tmp_path / "images" / name, 300, 200)
    return tmp_path / "images"


@pytest.fixture
def quick(tmp_path: Path) -> Path:
    """The program with short delays: the second invalidation after 2 s, retries after 1 s, two attempts."""
    settle = "_SETTLE_SECONDS: Final = "
    root = broken_program(tmp_path, "infra/uploads/refresh_function.py", f"{settle}180", f"{settle}2")
    queue = root / "infra" / "uploads" / "upload_queue.py"
    text = queue.read_text()
    text = text.replace("6 * consumer_timeout", "1").replace("_MAX_RECEIVES: Final = 5", "_MAX_RECEIVES: Final = 2")
    queue.write_text(text)
    return root


def invalidated(stack: Served) -> list[list[str]]:
    """Return the items of every invalidation, oldest first."""
    client: Any = boto3.client(
        "cloudfront",
        region_name="us-east-1",
        endpoint_url=stack.running.url,
        aws_access_key_id="any",
        aws_secret_access_key="one",
    )
    id_ = stack.running.distribution.id
    listed = client.list_invalidations(DistributionId=id_)["InvalidationList"].get("Items", [])
    made = [client.get_invalidation(DistributionId=id_, Id=each["Id"])["Invalidation"] for each in listed]
    return [each["InvalidationBatch"]["Paths"]["Items"] for each in reversed(made)]


def sqs(stack: Served, output: str) -> tuple[Any, str]:
    outputs = stack.running.program.outputs
    return stack.running.cloud.sqs(outputs["originals_region"]), outputs[output]


def waiting(stack: Served, output: str) -> int:
    client, url = sqs(stack, output)
    names = [f"ApproximateNumberOfMessages{which}" for which in ("", "NotVisible", "Delayed")]
    return sum(map(int, client.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"].values()))


def is_hit(stack: Served, path: str) -> bool:
    return stack.get(path).headers["x-cache"].startswith("Hit")


def test_overwrite_invalidates_every_size_and_no_neighbor(folder: Path) -> None:
    with served(folder) as stack:
        sizes = [f"{path}?{query}" for path in PATHS for query in ("width=30", "width=60&format=webp", "")]
        neighbours = ["/cats/10.jpg?width=30", "/cats/1.jpg2.jpg?width=30"]
        for url in (*sizes, *neighbours):
            stack.get(url)
        for name in ODD:
            write(folder / name, 100, 300)

        for url in sizes:
            eventually(lambda url=url: size(stack.get(url))[1] > size(stack.get(url))[0])
        assert all(is_hit(stack, url) for url in neighbours)
        tags = {item for items in invalidated(stack) for item in items}

    assert tags == {f"#{key_tag(name)}" for name in ODD}


def test_first_upload_sends_no_invalidation_but_removal_does(folder: Path) -> None:
    with served(folder) as stack:
        write(folder / "new.jpg", 400, 100)
        eventually(lambda: stack.get("/new.jpg?width=40").status == 200)
        eventually(lambda: waiting(stack, "refresh_queue_url") == 0)
        assert invalidated(stack) == []

        (folder / "new.jpg").unlink()
        eventually(lambda: stack.get("/new.jpg?width=40").status == 404)
        assert invalidated(stack) == [[f"#{key_tag('new.jpg')}"]]


@pytest.mark.parametrize("invalidations_before", [0, 1], ids=["before the first", "between the two"])
def test_stale_render_cached_after_an_upload_is_invalidated_later(
    folder: Path, quick: Path, invalidations_before: int
) -> None:
    """A slow render of the old original is cached before or after the first invalidation."""
    url = "/cats/1.jpg?width=30"
    with served(folder, root=quick) as stack:
        cache = stack.running.distribution.cache
        assert size(stack.get(url)) == (30, 20)
        ((key, old),) = [item for item in cache._entries.items() if item[1].url.startswith("/cats/1.jpg?")]

        write(folder / "cats/1.jpg", 100, 300)
        if invalidations_before:
            eventually(lambda: len(invalidated(stack)) == 1)
        cache.put(key, old)
        if invalidations_before:
            assert size(stack.get(url)) == (30, 20), "the old picture, until it has settled"

        eventually(lambda: size(stack.get(url)) == (30, 90))
        eventually(lambda: len(invalidated(stack)) == 2)
        assert invalidated(stack) == [[f"#{key_tag('cats/1.jpg')}"]] * 2
        assert size(stack.get(url)) == (30, 90)


@contextmanager
def refusing(until: Callable[[], bool], monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Let CloudFront refuse invalidations with 503 until `until()` is true."""
    plain, refused = InvalidationApi._create, [0]

    def create(self: InvalidationApi, body: bytes) -> Any:
        if not until():
            refused[0] += 1
            raise ApiError(503, "ServiceUnavailable", "not now")
        return plain(self, body)

    monkeypatch.setattr(InvalidationApi, "_create", create)
    yield refused


def ops(stack: Served, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m ops` against this stack."""
    outputs = folder / "outputs.json"
    outputs.write_text(json.dumps(stack.running.program.outputs | {"url": stack.running.url}))
    cloud = stack.running.cloud
    environment = {**os.environ, **cloud.credentials, "AWS_ENDPOINT_URL": cloud.url, "AWS_REGION": "us-east-1"}
    environment["AWS_ENDPOINT_URL_CLOUDFRONT"] = stack.running.url
    command = [sys.executable, "-m", "ops", *arguments, "--outputs", str(outputs)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_refused_invalidations_reach_cloudfront_after_redrive(
    tmp_path: Path, folder: Path, quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (quick / "refresh/handler.py").read_text()
    (quick / "refresh/handler.py").write_text(
        text.replace("max_attempts=4, max_delay=4", "max_attempts=1, max_delay=1")
    )
    mended: list[bool] = []
    url = "/cats/1.jpg?width=30"
    with refusing(lambda: bool(mended), monkeypatch) as refused, served(folder, root=quick) as stack:
        assert size(stack.get(url)) == (30, 20)
        write(folder / "cats/1.jpg", 100, 300)
        eventually(lambda: waiting(stack, "dead_letters_queue_url") == 1)
        assert refused[0] == 2
        assert size(stack.get(url)) == (30, 20), "the old picture is still cached"
        assert any("processing failed" in line for line in stack.logs)

        mended.append(True)
        done = ops(stack, tmp_path, "redrive", "--yes")
        assert done.returncode == 0, done.stderr
        eventually(lambda: size(stack.get(url)) == (30, 90))
        assert waiting(stack, "dead_letters_queue_url") == 0


def test_function_killed_during_a_batch_invalidates_once(
    folder: Path, quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, killed = InvalidationApi._create, []

    def create(self: InvalidationApi, body: bytes) -> Any:
        made = plain(self, body)
        if not killed:
            for process in psutil.Process().children(recursive=True):
                if "refresh.handler.handler" in process.cmdline():
                    killed.append(process.pid)
                    process.send_signal(signal.SIGKILL)
        return made

    monkeypatch.setattr(InvalidationApi, "_create", create)
    with served(folder, root=quick) as stack:
        assert size(stack.get("/cats/1.jpg?width=30")) == (30, 20)
        write(folder / "cats/1.jpg", 100, 300)
        eventually(lambda: len(invalidated(stack)) == 2)
        assert size(stack.get("/cats/1.jpg?width=30")) == (30, 90)
        time.sleep(2)

        assert killed
        assert len(invalidated(stack)) == 2, "the one, and the one after it has settled"


def test_duplicate_and_malformed_messages_do_not_stop_the_batch(folder: Path, quick: Path) -> None:
    record = {"eventName": "ObjectRemoved:DeleteMarkerCreated", "eventTime": "2026-11-21T08:34:44.748Z"}
    record["s3"] = {"object": {"key": "cats/1.jpg", "versionId": "v2", "sequencer": "01"}}  # type: ignore[assignment]
    good = json.dumps({"Records": [record]})
    with served(folder, root=quick) as stack:
        stack.get("/cats/1.jpg?width=30")
        client, url = sqs(stack, "refresh_queue_url")
        bodies = [good, "poison", good]
        client.send_message_batch(
            QueueUrl=url, Entries=[{"Id": str(place), "MessageBody": body} for place, body in enumerate(bodies)]
        )
        eventually(lambda: len(invalidated(stack)) == 2)
        client.send_message(QueueUrl=url, MessageBody=good)
        eventually(lambda: waiting(stack, "dead_letters_queue_url") == 1)
        eventually(lambda: waiting(stack, "refresh_queue_url") == 0)

        assert invalidated(stack) == [[f"#{key_tag('cats/1.jpg')}"]] * 2
        dead, letters = sqs(stack, "dead_letters_queue_url")
        assert dead.receive_message(QueueUrl=letters)["Messages"][0]["Body"] == "poison"
        assert any("unreadable message" in line and "JSONDecodeError" in line for line in stack.logs)


def test_warm_widths_are_cached_before_the_first_viewer(tmp_path: Path, folder: Path, quick: Path) -> None:
    dev = quick / "Pulumi.dev.yaml"
    dev.write_text(dev.read_text() + "  edge-image-resizer:warmWidths: [40, 80]\n")
    with served(folder, root=quick) as stack:
        write(folder / "cats/1.jpg", 100, 300)
        eventually(lambda: any('"message":"warmed"' in line for line in stack.logs))

        assert all(is_hit(stack, f"/cats/1.jpg?width={width}") for width in (40, 80))
        assert stack.get("/cats/1.jpg?width=40", accept="image/webp,*/*").headers["x-cache"].startswith("Hit")
        assert not is_hit(stack, "/cats/1.jpg?width=50")


@pytest.mark.parametrize(
    ("file", "what", "instead"),
    [
        ("infra/iam/policies.py", '"cloudfront:CreateInvalidation"', '"cloudfront:GetInvalidation"'),
        ("infra/iam/policies.py", '"s3:ListBucketVersions"', '"s3:ListBucket"'),
        ("infra/iam/policies.py", '"sqs:ReceiveMessage", ', ""),
        ("infra/uploads/upload_queue.py", ', "s3:ObjectCreated:*"', ""),
        ("infra/uploads/refresh_function.py", '"DISTRIBUTION": distribution.id,', ""),
    ],
)
def test_refresh_without_a_permission_or_part_invalidates_nothing(
    tmp_path: Path, folder: Path, file: str, what: str, instead: str
) -> None:
    what = what.replace(', "s3:ObjectCreated:*"', '"s3:ObjectCreated:*", ')
    root = broken_program(tmp_path, file, what, instead)
    with served(folder, root=root) as stack:
        assert size(stack.get("/cats/1.jpg?width=30")) == (30, 20)
        write(folder / "cats/1.jpg", 100, 300)
        time.sleep(2.5)

        assert size(stack.get("/cats/1.jpg?width=30")) == (30, 20)


def test_bucket_that_may_not_write_to_the_queue_is_refused(tmp_path: Path, folder: Path) -> None:
    root = broken_program(tmp_path, "infra/iam/policies.py", '"s3.amazonaws.com"', '"sns.amazonaws.com"')

    with pytest.raises(ProgramError, match="does not let originals-"), served(folder, root=root):
        pass


def test_late_event_looks_only_at_versions_before_its_own(folder: Path, quick: Path) -> None:
    with served(folder, root=quick) as stack:
        outputs = stack.running.program.outputs
        s3 = stack.running.cloud.s3(outputs["originals_region"])
        eventually(lambda: waiting(stack, "refresh_queue_url") == 0)
        write(folder / "cats/1.jpg", 100, 300)
        eventually(lambda: len(invalidated(stack)) == 2)
        listed = s3.list_object_versions(Bucket=outputs["originals_bucket"], Prefix="cats/1.jpg")["Versions"]
        new, old = (each["VersionId"] for each in listed if each["Key"] == "cats/1.jpg")

        client, url = sqs(stack, "refresh_queue_url")
        eventually(lambda: waiting(stack, "refresh_queue_url") == 0)
        for version, after in ((old, 2), (new, 4)):
            thing = {"key": "cats/1.jpg", "versionId": version, "sequencer": f"late {version}"}
            now = datetime.now(UTC).isoformat()
            record = {"eventName": "ObjectCreated:Put", "eventTime": now, "s3": {"object": thing}}
            client.send_message(QueueUrl=url, MessageBody=json.dumps({"Records": [record]}))
            eventually(lambda: waiting(stack, "refresh_queue_url") == 0)
            assert len(invalidated(stack)) == after
