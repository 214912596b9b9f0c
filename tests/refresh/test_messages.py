import json
from typing import Any

import pytest

from refresh.messages import Change, DelayedTask, TaskKind, UnreadableMessage, parse_message

TIME = "2026-11-21T08:34:44.748Z"


def notification(event: str = "ObjectCreated:Put", key: str = "cats/1.jpg", **s3_fields: Any) -> str:
    s3_object = {"key": key, "versionId": "v1", "sequencer": "0055AED6DCD90281E5"} | s3_fields
    record = {"eventName": event, "eventTime": TIME, "s3": {"bucket": {"name": "originals"}, "object": s3_object}}
    return json.dumps({"Records": [record]})


def parse_change(body: str) -> Change:
    (change,) = parse_message(body)  # type: ignore[misc]
    assert isinstance(change, Change)
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
    assert parse_message('{"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "originals"}') == []


@pytest.mark.parametrize("kind", list(TaskKind))
def test_a_delayed_task_is_parsed_as_it_was_written(kind: TaskKind) -> None:
    task = DelayedTask(kind=kind, keys=("a b.jpg", "café.jpg"), reference="abc")

    assert parse_message(str(task)) == task


UNREADABLE = {
    "empty": "",
    "not JSON": "not json",
    "a list": "[]",
    "a number": "7",
    "an empty object": "{}",
    "an empty record": '{"Records": [{}]}',
    "records that are not a list": '{"Records": 7}',
    "another event": notification("ObjectRestore:Post"),
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
