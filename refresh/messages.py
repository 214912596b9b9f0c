"""The messages of the refresh queue: S3's notifications of changed originals, and the function's own delayed tasks."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final
from urllib.parse import unquote_plus

_MALFORMED: Final = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""The errors that a malformed message can cause. A deeply nested JSON text causes RecursionError."""
_MAX_KEY_BYTES: Final = 1024
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html"""


class UnreadableMessage(Exception):
    """The message, or a record of it, is neither a change nor a delayed task. The text gives the reason."""


class TaskKind(StrEnum):
    """The kinds of delayed tasks."""

    REINVALIDATE = "reinvalidate"
    """The second invalidation of the same originals."""
    INVALIDATE_FOLDERS = "invalidate-folders"
    """The first invalidation of the folders of originals that changed faster than the limit."""
    REINVALIDATE_FOLDERS = "reinvalidate-folders"
    """The second invalidation of these folders."""
    WARM = "warm"
    """Requests for the usual sizes of the originals, after the second invalidation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The upload or the removal of one original."""

    key: str
    version: str
    """The S3 version id; empty if S3 sends none."""
    is_removal: bool
    is_removal_of_version: bool
    """Whether a version was removed permanently; viewers may not have seen this version."""
    time: datetime
    """The time at which S3 completed the change."""
    id: str
    """An id that is the same in every delivery of an event. Two events never have the same id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """The changes that S3 reports in one message."""

    changes: tuple[Change, ...]
    problems: tuple[str, ...]
    """The reasons why other records of the message are unreadable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayedTask:
    """A task that the refresh function sends to its own queue with a delay."""

    kind: TaskKind
    keys: tuple[str, ...]
    """The keys of the originals."""
    reference: str
    """The caller reference of the previous invalidation, or the number of the slot of an invalidation of folders."""

    def __str__(self) -> str:
        """Return the message body that `parse_message` reads."""
        return json.dumps({"refresh": self.kind, "keys": self.keys, "reference": self.reference})


def parse_message(body: str) -> Notification | DelayedTask:
    """Return the notification or the delayed task in a message.

    The test event that S3 sends when a notification is configured has no changes. Raises UnreadableMessage if the
    message as a whole is unreadable.
    """
    try:
        message = json.loads(body)
        if "refresh" in message:
            return _parse_task(message)
        if message.get("Event") == "s3:TestEvent":
            return Notification(changes=(), problems=())
        return _parse_notification(message["Records"])
    except _MALFORMED as error:
        raise UnreadableMessage(_reason(error)) from error


def _parse_task(message: dict[str, Any]) -> DelayedTask:
    kind, keys, reference = TaskKind(message["refresh"]), message["keys"], message["reference"]
    if not isinstance(keys, list) or not keys:
        raise ValueError("the delayed task has no list of keys")
    if not isinstance(reference, str):
        raise TypeError("the reference of the delayed task is not a text")
    if kind in (TaskKind.INVALIDATE_FOLDERS, TaskKind.REINVALIDATE_FOLDERS):
        int(reference)
    return DelayedTask(kind=kind, keys=tuple(map(_check_key, keys)), reference=reference)


def _parse_notification(records: Any) -> Notification:
    if not isinstance(records, list):
        raise TypeError("the records are not a list")
    results = list(_parse_changes(records))
    return Notification(
        changes=tuple(result for result in results if isinstance(result, Change)),
        problems=tuple(result for result in results if isinstance(result, str)),
    )


def _parse_changes(records: list[Any]) -> Iterator[Change | str]:
    """Yield the change of each record, or the reason why the record is unreadable."""
    for record in records:
        try:
            yield _parse_change(record)
        except _MALFORMED as error:
            yield _reason(error)


def _parse_change(record: dict[str, Any]) -> Change:
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    name, s3_object = record["eventName"], record["s3"]["object"]
    if not name.startswith(("ObjectCreated:", "ObjectRemoved:")):
        raise ValueError("the event is neither ObjectCreated nor ObjectRemoved")
    version = s3_object.get("versionId", "")
    if not isinstance(version, str):
        raise TypeError("the version id is not a text")
    time = datetime.fromisoformat(record["eventTime"])
    return Change(
        key=_check_key(unquote_plus(s3_object["key"])),
        version=version,
        is_removal=name.startswith("ObjectRemoved:"),
        is_removal_of_version=name == "ObjectRemoved:Delete",
        time=time if time.tzinfo else time.replace(tzinfo=UTC),
        id=f"{name} {s3_object['key']} {version} {record['eventTime']} {s3_object.get('sequencer', '')}",
    )


def _check_key(key: Any) -> str:
    """Return the key. Raises TypeError or ValueError if S3 cannot have an object with this key."""
    if not isinstance(key, str):
        raise TypeError("the key is not a text")
    # A text with half of a surrogate pair cannot be encoded, and raises UnicodeEncodeError, a ValueError.
    if not 0 < len(key.encode()) <= _MAX_KEY_BYTES:
        raise ValueError(f"the key does not have 1 to {_MAX_KEY_BYTES} bytes")
    return key


def _reason(error: Exception) -> str:
    # S3's messages contain the uploader's name and address, so the reason quotes at most the start of the error.
    return f"{type(error).__name__}: {error}"[:200]
