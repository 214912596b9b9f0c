import json
from typing import Any

import pytest

from refresh.messages import Change, DelayedTask, Notification, TaskKind, UnreadableMessage, parse_message

TIME = "2026-11-21T08:34:44.748Z"


def notification(event: str = "ObjectCreated:Put", key: str = "cats/1.jpg", **s3_fields: Any) -> str:
    s3_object = {"key": key, "versionId": "v1", "sequencer": "0055AED6DCD90281E5"} | s3_fields
    record = {"eventName": event, "eventTime": TIME, "s3": {"bucket": {"name": "originals"}, "object": s3_object}}
    return json.dumps({"Records": [record]})


def parse_change(body: str) -> Change:
    message = parse_message(body)
    assert isinstance(message, Notification)
    (change,) = message.changes
    return change


@pytest.mark.parametrize(
    ("encoded", "key"),
    [
        ("cats/1.jpg", "cats/1.jpg"),
        ("a+b.jpg", "a b.jpg"),
        ("a%2Bb.jpg", "a+b.jpg"),
        ("caf%C3%A9/%E7%8C%AB.jpg", "café/猫.jpg"),
        ("100%25.jpg", "100%.jpg"),
        ("cats%2F1.jpg", "cats/1.jpg"),
    ],
)
def test_keys_are_decoded_as_s3_encodes_them(encoded: str, key: str) -> None:
    change = parse_change(notification(key=encoded))

    assert (change.key, change.version, change.is_removal) == (key, "v1", False)


@pytest.mark.parametrize("event", ["ObjectRemoved:DeleteMarkerCreated", "ObjectRemoved:Delete"])
def test_a_removal_is_recognized(event: str) -> None:
    assert parse_change(notification(event)).is_removal


def test_change_ids_are_equal_for_the_same_event_only() -> None:
    first, same, later, removed = (
        parse_change(body).id
        for body in (
            notification(),
            notification(),
            notification(sequencer="0055AED6DCD90281E6"),
            notification("ObjectRemoved:Delete"),
        )
    )

    assert first == same
    assert len({first, later, removed}) == 3


def test_the_test_event_of_s3_contains_no_change() -> None:
    assert parse_message('{"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "originals"}') == Notification(
        changes=(), problems=()
    )


@pytest.mark.parametrize("kind", list(TaskKind))
def test_a_delayed_task_is_parsed_as_it_was_written(kind: TaskKind) -> None:
    task = DelayedTask(kind=kind, keys=("a b.jpg", "café.jpg"), reference="29")

    assert parse_message(str(task)) == task


UNREADABLE = {
    "empty": "",
    "not JSON": "not json",
    "a list": "[]",
    "a number": "7",
    "an empty object": "{}",
    "records that are not a list": '{"Records": 7}',
    "an unknown task": '{"refresh": "tomorrow", "keys": [], "reference": "r"}',
    "keys that are not a list": '{"refresh": "reinvalidate", "keys": 7, "reference": "r"}',
    "no keys": '{"refresh": "reinvalidate", "keys": [], "reference": "r"}',
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_other_messages_are_unreadable_and_not_quoted(body: str) -> None:
    """The error does not quote the message, because the message could contain the uploader's name and address."""
    with pytest.raises(UnreadableMessage) as raised:
        parse_message(body)

    assert str(raised.value)
    assert "originals" not in str(raised.value)


UNREADABLE_RECORDS = {
    "an empty record": "{}",
    "no record": "null",
    "another event": notification("ObjectRestore:Post"),
    "an empty key": notification(key=""),
    "a time without a date": notification().replace(TIME, "08:34"),
}


@pytest.mark.parametrize("body", UNREADABLE_RECORDS.values(), ids=UNREADABLE_RECORDS.keys())
def test_an_unreadable_record_is_a_problem_and_is_not_quoted(body: str) -> None:
    record = json.loads(body)["Records"][0] if "Records" in body else json.loads(body)
    message = parse_message(json.dumps({"Records": [record, json.loads(notification())["Records"][0]]}))

    assert isinstance(message, Notification)
    (change,), (problem,) = message.changes, message.problems
    assert change.key == "cats/1.jpg"
    assert "originals" not in problem


@pytest.mark.parametrize(
    ("event", "expected"),
    [("ObjectCreated:Put", False), ("ObjectRemoved:DeleteMarkerCreated", False), ("ObjectRemoved:Delete", True)],
)
def test_only_a_permanent_removal_is_the_removal_of_a_version(event: str, expected: bool) -> None:
    assert parse_change(notification(event)).is_removal_of_version is expected
