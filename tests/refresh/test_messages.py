import json
from typing import Any

import pytest

from refresh.messages import Change, DelayedTask, TaskKind, UnreadableMessage, parse_message

TIME = "2026-11-21T08:34:44.748Z"


def event(kind: str = "ObjectCreated:Put", key: str = "cats/1.jpg", **more: Any) -> str:
    thing = {"key": key, "versionId": "v1", "sequencer": "0055AED6DCD90281E5"} | more
    record = {"eventName": kind, "eventTime": TIME, "s3": {"bucket": {"name": "originals"}, "object": thing}}
    return json.dumps({"Records": [record]})


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
def test_keys_are_read_as_s3_encodes_them(encoded: str, key: str) -> None:
    (change,) = parse_message(event(key=encoded))  # type: ignore[misc]

    assert isinstance(change, Change)
    assert (change.key, change.version, change.removed) == (key, "v1", False)


@pytest.mark.parametrize("kind", ["ObjectRemoved:DeleteMarkerCreated", "ObjectRemoved:Delete"])
def test_a_removal_is_one(kind: str) -> None:
    (change,) = parse_message(event(kind))  # type: ignore[misc]

    assert isinstance(change, Change)
    assert change.removed


def test_one_event_has_one_id_however_often_it_comes_and_two_have_two() -> None:
    one, same, later, removed = (
        parse_message(body)[0].id  # type: ignore[index, union-attr]
        for body in (event(), event(), event(sequencer="0055AED6DCD90281E6"), event("ObjectRemoved:Delete"))
    )

    assert one == same
    assert len({one, later, removed}) == 3


def test_s3s_trial_of_a_new_notification_is_nothing_to_do() -> None:
    assert parse_message('{"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "originals"}') == []


@pytest.mark.parametrize("kind", list(TaskKind))
def test_what_was_put_off_is_read_as_it_was_written(kind: TaskKind) -> None:
    message = DelayedTask(kind=kind, keys=("a b.jpg", "café.jpg"), reference="abc")

    assert parse_message(str(message)) == message


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not json",
        "[]",
        "7",
        "{}",
        '{"Records": [{}]}',
        '{"Records": 7}',
        event("ObjectRestore:Post"),
        '{"refresh": "tomorrow", "keys": [], "reference": "r"}',
        '{"refresh": "reinvalidate", "keys": 7, "reference": "r"}',
        '{"refresh": "reinvalidate", "keys": [], "reference": "r"}',
    ],
)
def test_what_is_neither_is_refused_without_showing_who_uploaded(body: str) -> None:
    with pytest.raises(UnreadableMessage) as raised:
        parse_message(body)

    assert str(raised.value)
    assert "originals" not in str(raised.value)
