"""The messages of the refresh queue: S3's notifications of changed originals, and the function's own delayed tasks."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import unquote_plus


class UnreadableMessage(Exception):
    """The message is neither a notification nor a delayed task. The text of the exception gives the reason."""


class TaskKind(StrEnum):
    """The kinds of delayed tasks."""

    REINVALIDATE = "reinvalidate"
    """The second invalidation of the same originals."""
    WARM = "warm"
    """Requests for the usual sizes of the originals, after the second invalidation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The upload or the removal of one original."""

    key: str
    version: str
    """The S3 version id; empty if S3 sends none."""
    is_removal: bool
    time: datetime
    """The time at which S3 completed the change."""
    id: str
    """An id that is the same in every delivery of an event. Two events never have the same id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayedTask:
    """A task that the refresh function sends to its own queue with a delay."""

    kind: TaskKind
    keys: tuple[str, ...]
    """The keys of the originals."""
    reference: str
    """The caller reference of the previous invalidation."""

    def __str__(self) -> str:
        """Return the message body that `parse_message` reads."""
        return json.dumps({"refresh": self.kind, "keys": self.keys, "reference": self.reference})


def parse_message(body: str) -> list[Change] | DelayedTask:
    """Return the changes of a notification, or a delayed task.

    The test event that S3 sends when a notification is configured has no changes. Raises UnreadableMessage.
    """
    try:
        message = json.loads(body)
        if "refresh" in message:
            return _parse_task(message)
        return [] if message.get("Event") == "s3:TestEvent" else list(_parse_changes(message["Records"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        # The text does not quote the message, because S3's messages contain the uploader's name and address.
        raise UnreadableMessage(f"{type(error).__name__}: {error}") from error


def _parse_task(message: dict[str, Any]) -> DelayedTask:
    keys = message["keys"]
    if not keys:
        raise ValueError("the delayed task has no keys")
    return DelayedTask(kind=TaskKind(message["refresh"]), keys=tuple(map(str, keys)), reference=message["reference"])


def _parse_changes(records: list[dict[str, Any]]) -> Iterator[Change]:
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    for record in records:
        name, s3_object = record["eventName"], record["s3"]["object"]
        if not name.startswith(("ObjectCreated:", "ObjectRemoved:")):
            raise ValueError(f"the event {name} is neither ObjectCreated nor ObjectRemoved")
        version = s3_object.get("versionId", "")
        yield Change(
            key=unquote_plus(s3_object["key"]),
            version=version,
            is_removal=name.startswith("ObjectRemoved:"),
            time=datetime.fromisoformat(record["eventTime"]),
            id=f"{name} {s3_object['key']} {version} {record['eventTime']} {s3_object.get('sequencer', '')}",
        )
