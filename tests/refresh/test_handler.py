"""The refresh function with moto's S3, and with fakes for CloudFront and SQS."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pytest
from botocore.exceptions import ClientError

from common.cache_tags import folder_tag, key_tag, stored_prefix
from refresh import handler as module
from refresh.folder_invalidations import FolderInvalidations
from refresh.messages import DelayedTask, TaskKind, parse_message
from tests.refresh.conftest import Buckets, Clock, CloudFront, Queue

pytestmark = pytest.mark.usefixtures("buckets")


def removal(key: str, sequencer: str = "01") -> str:
    record = {"eventName": "ObjectRemoved:DeleteMarkerCreated", "eventTime": "2026-11-21T08:34:44.748Z"}
    return json.dumps(
        {"Records": [record | {"s3": {"object": {"key": key, "versionId": "v", "sequencer": sequencer}}}]}
    )


def task(kind: TaskKind, *keys: str, reference: str = "r") -> str:
    return str(DelayedTask(kind=kind, keys=keys, reference=reference))


def failed_indices(*bodies: str, remaining_ms: int = 60_000) -> list[str]:
    """Run the handler with these messages, and return the indices of the failed messages."""
    records = [{"messageId": str(index), "body": body} for index, body in enumerate(bodies)]
    context = SimpleNamespace(
        function_name="f",
        memory_limit_in_mb=256,
        invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:f",
        aws_request_id="r",
        get_remaining_time_in_millis=lambda: remaining_ms,
    )
    response: Any = module.handler({"Records": records}, context)
    return [failure["itemIdentifier"] for failure in response["batchItemFailures"]]


def tags(*keys: str) -> list[str]:
    return sorted(f"#{key_tag(key)}" for key in keys)


def test_a_batch_is_invalidated_then_reinvalidated_then_warmed(cloudfront: CloudFront, queue: Queue) -> None:
    assert failed_indices(removal("a.jpg"), removal("b.jpg"), removal("a.jpg")) == []

    ((reference, items),) = cloudfront.created
    assert items == tags("a.jpg", "b.jpg")
    ((delayed, seconds),) = queue.sent
    keys = ("a.jpg", "b.jpg")
    assert parse_message(delayed) == DelayedTask(kind=TaskKind.REINVALIDATE, keys=keys, reference=reference)
    assert seconds == 180

    assert failed_indices(delayed) == []
    again = f"{reference}-again"
    assert cloudfront.created[1] == (again, tags("a.jpg", "b.jpg"))
    assert parse_message(queue.bodies[1]) == DelayedTask(kind=TaskKind.WARM, keys=keys, reference=again)


def test_reference_is_the_same_for_the_same_changes_in_any_order(cloudfront: CloudFront, queue: Queue) -> None:
    failed_indices(removal("a.jpg"), removal("b.jpg"))
    failed_indices(removal("b.jpg"), removal("a.jpg"))
    failed_indices(removal("a.jpg", "02"), removal("b.jpg"))
    for delayed in queue.bodies[:2]:
        failed_indices(delayed)

    first, other_changes, reinvalidation = (reference for reference, _ in cloudfront.created)
    assert first != other_changes
    assert reinvalidation == f"{first}-again"
    assert cloudfront.calls == 5


def test_a_failure_does_not_affect_the_other_messages(cloudfront: CloudFront, queue: Queue) -> None:
    cloudfront.failing_items = set(tags("bad.jpg"))

    assert failed_indices(removal("a.jpg"), task(TaskKind.REINVALIDATE, "bad.jpg"), "poison") == ["1", "2"]
    assert [items for _, items in cloudfront.created] == [tags("a.jpg")]

    assert failed_indices(removal("bad.jpg"), task(TaskKind.REINVALIDATE, "c.jpg")) == ["0"]
    assert cloudfront.created[-1] == ("r-again", tags("c.jpg"))


def test_failed_or_skipped_warmup_does_not_fail_its_message(cloudfront: CloudFront, queue: Queue) -> None:
    warm = task(TaskKind.WARM, "a.jpg")

    assert failed_indices(warm, removal("b.jpg")) == []
    assert failed_indices(*[warm] * 10, remaining_ms=5_000) == []
    assert [items for _, items in cloudfront.created] == [tags("b.jpg")]


MALFORMED = {
    "half of a surrogate pair": json.dumps({"Records": [{}]})
    .replace("{}", removal("x.jpg")[13:-2])
    .replace("x.jpg", r"\ud800.jpg"),
    "a key that is a number": removal("7").replace('"7"', "7"),
    "a version that is a number": removal("a.jpg").replace('"v"', "7"),
    "a key of 2000 bytes": removal("x" * 2000),
    "a number of 5000 digits": f'{{"Records": {"9" * 5000}}}',
    "deeply nested": f'{{"Records": {"[" * 100_000}',
    "deeply nested and complete": f'{{"Records": {"[" * 50_000}{"]" * 50_000}}}',
    "a task without a list": '{"refresh": "reinvalidate", "keys": "abc", "reference": "r"}',
    "a task with half of a surrogate pair": r'{"refresh": "reinvalidate", "keys": ["\ud800"], "reference": "r"}',
    "a task whose slot is no number": task(TaskKind.INVALIDATE_FOLDERS, "a/b.jpg", reference="soon"),
    "a task whose slot is in the future": task(TaskKind.INVALIDATE_FOLDERS, "a/b.jpg", reference="9" * 12),
    "a task whose slot is huge": task(TaskKind.REINVALIDATE_FOLDERS, "a/b.jpg", reference="9" * 400),
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_message_fails_alone(body: str, cloudfront: CloudFront, queue: Queue) -> None:
    others = [removal(f"{number}.jpg") for number in range(9)]

    assert failed_indices(*others[:4], body, *others[4:]) == ["4"]
    assert [items for _, items in cloudfront.created] == [tags(*(f"{number}.jpg" for number in range(9)))]


def test_a_malformed_record_fails_its_message_but_not_its_neighbors(cloudfront: CloudFront, queue: Queue) -> None:
    records = [json.loads(removal(key))["Records"][0] for key in ("a.jpg", "b.jpg")]
    body = json.dumps({"Records": [records[0], {"eventName": 7}, "text", None, records[1]]})

    assert failed_indices(body, removal("c.jpg")) == ["0"]
    assert [items for _, items in cloudfront.created] == [tags("a.jpg", "b.jpg", "c.jpg")]


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return the lines of the log, which must be printable ASCII."""
    lines = capsys.readouterr().out.splitlines()
    assert all(line.isascii() and line.isprintable() and len(line) < 262_144 for line in lines)
    return [json.loads(line) for line in lines]


def test_each_message_is_logged_in_one_line_with_its_outcome(
    cloudfront: CloudFront, queue: Queue, buckets: Buckets, capsys: pytest.CaptureFixture[str]
) -> None:
    cloudfront.failing_items = set(tags("bad.jpg"))
    version = buckets.put("new.jpg")
    upload = json.loads(removal("new.jpg").replace("ObjectRemoved:DeleteMarkerCreated", "ObjectCreated:Put"))
    upload["Records"][0]["eventTime"] = datetime.now(UTC).isoformat()
    upload["Records"][0]["s3"]["object"]["versionId"] = version

    failed_indices(
        "poison",
        removal("a.jpg"),
        json.dumps(upload),
        task(TaskKind.REINVALIDATE, "b.jpg", "c.jpg"),
        task(TaskKind.REINVALIDATE, "bad.jpg"),
        task(TaskKind.INVALIDATE_FOLDERS, "a/b.jpg", reference="9" * 12),
        task(TaskKind.WARM, "a.jpg"),
    )

    lines = sorted(logged(capsys), key=lambda line: line["message"])
    assert all(line.pop("request") == "r" and line.pop("ms").keys() == {"function"} for line in lines)
    assert sum(line.pop("cold") for line in lines) <= 1
    details = {line["message"]: (line.pop("detail"), line.pop("traceback", "")) for line in lines if "detail" in line}
    reinvalidated = {"kind": "reinvalidate", "key": "b.jpg", "keys": 2, "invalidations": ["I1"]}
    too_early = {"kind": "invalidate-folders", "key": "a/b.jpg", "keys": 1}
    warmed = {"kind": "warm", "key": "a.jpg", "keys": 1, "requests": 1, "errors": 1, "skipped": 0}
    assert lines == [
        {"message": "0", "outcome": "rejected", "reason": "unreadable"},
        {
            "message": "1",
            "outcome": "invalidated",
            "kind": "change",
            "key": "a.jpg",
            "keys": 1,
            "invalidations": ["I1"],
        },
        {"message": "2", "outcome": "unchanged", "kind": "change", "key": "new.jpg", "keys": 1},
        {"message": "3", "outcome": "invalidated", **reinvalidated},
        {
            "message": "4",
            "outcome": "failed",
            "reason": "unexpected",
            "kind": "reinvalidate",
            "key": "bad.jpg",
            "keys": 1,
        },
        {"message": "5", "outcome": "failed", "reason": "too-early", **too_early},
        {"message": "6", "outcome": "warmed", **warmed},
    ]
    assert details.keys() == {"0", "4", "5"}
    assert details["0"] == ("JSONDecodeError: Expecting value: line 1 column 1 (char 0)", "")
    assert details["4"][0] == "not now"
    assert "create_invalidation" in details["4"][1]


def test_unreadable_record_is_logged_without_the_uploader(
    cloudfront: CloudFront, queue: Queue, capsys: pytest.CaptureFixture[str]
) -> None:
    body = json.loads(removal("a.jpg"))
    body["Records"].append({"eventName": "Else", "requestParameters": {"sourceIPAddress": "203.0.113.9"}})

    failed_indices(json.dumps(body))

    (line,) = logged(capsys)
    assert (line["outcome"], line["reason"], line["key"]) == ("rejected", "unreadable", "a.jpg")
    assert "203.0.113.9" not in str(line)


def test_refused_call_of_aws_has_its_own_reason(
    cloudfront: CloudFront, queue: Queue, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(change: object) -> bool:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListObjectVersions")

    monkeypatch.setattr(module, "can_leave_stale_renditions", refuse)

    assert failed_indices(removal("a.jpg")) == ["0"]

    (line,) = logged(capsys)
    assert (line["outcome"], line["reason"]) == ("failed", "aws")
    assert "ListObjectVersions" in line["detail"]


@pytest.mark.parametrize("name", ["%7f%c2%9b%e2%80%a8%c2%85", "%0a{%22outcome%22:%22warmed%22}%0d", "%22,%22x%22:%22"])
def test_hostile_key_stays_one_text_of_one_line(
    name: str, cloudfront: CloudFront, queue: Queue, capsys: pytest.CaptureFixture[str]
) -> None:
    failed_indices(removal(f"{name}.jpg"))

    (line,) = logged(capsys)
    assert (line["key"], line["outcome"]) == (f"{unquote(name)}.jpg", "invalidated")


@pytest.mark.usefixtures("limit")
def test_originals_above_the_limit_are_invalidated_by_folder_later(
    cloudfront: CloudFront, queue: Queue, clock: Clock
) -> None:
    keys = ("shop/a/1.jpg", "shop/a/2.jpg", "shop/b/3.jpg")
    folders = sorted(f"#{folder_tag(folder)}" for folder in ("shop/a/", "shop/b/"))

    assert failed_indices(*map(removal, keys)) == []
    assert cloudfront.created == []
    ((first, seconds),) = queue.sent
    assert parse_message(first) == DelayedTask(kind=TaskKind.INVALIDATE_FOLDERS, keys=keys, reference="1001")
    assert seconds == 65  # the slot has begun on the clocks of all processes

    assert failed_indices(first) == ["0"], "the slot has not begun"
    clock.now += seconds
    assert failed_indices(first) == []
    assert [items for _, items in cloudfront.created] == [[folder] for folder in folders]

    second, seconds = queue.sent[1]
    assert parse_message(second) == DelayedTask(kind=TaskKind.REINVALIDATE_FOLDERS, keys=keys, reference="1005")
    assert seconds >= 180
    clock.now += seconds
    assert failed_indices(second) == []
    assert [items for _, items in cloudfront.created] == [[folder] for folder in folders] * 2
    assert len(queue.sent) == 2


@pytest.mark.parametrize("is_limited", [False, True])
def test_stored_renditions_are_deleted_before_both_invalidations(
    is_limited: bool,
    buckets: Buckets,
    cloudfront: CloudFront,
    queue: Queue,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    if is_limited:
        request.getfixturevalue("limit")
    stored_at_invalidation: list[list[str]] = []
    create = cloudfront.create_invalidation

    def create_invalidation(**arguments: Any) -> Any:
        stored_at_invalidation.append(buckets.renditions())
        return create(**arguments)

    monkeypatch.setattr(cloudfront, "create_invalidation", create_invalidation)
    names = [f"{stored_prefix(f'{number}.jpg')}abc-0123456789abcdef.png" for number in range(4)]

    def store_renditions() -> None:
        for name in names:
            buckets.s3.put_object(Bucket="renditions", Key=name, Body=b"x")

    store_renditions()
    failed_indices(*(removal(f"{number}.jpg") for number in range(3)))
    for _ in range(1 + is_limited):
        clock.now += 300
        failed_indices(queue.bodies[-1])
        store_renditions()

    assert stored_at_invalidation == [[names[3]]] * 2


def test_next_slot_begins_after_the_margin() -> None:
    slots = [FolderInvalidations(lambda now=now: now).next_slot() for now in (0, 54.9, 55, 59.9, 60)]

    assert slots == [1, 1, 2, 2, 2]
    assert FolderInvalidations(lambda: 0).next_slot(delay=55) == 2
