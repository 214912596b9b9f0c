"""What a message of the queue says: originals that changed, by S3; or what the function has put off, by itself."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import unquote_plus


class TaskKind(StrEnum):
    """What a delayed task does."""

    REINVALIDATE = "reinvalidate"
    WARM = "warm"


class UnreadableMessage(Exception):
    """The message is none of ours; says what was wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One original was put or removed."""

    key: str
    version: str
    """Of what was put; empty where S3 names none."""
    removed: bool
    time: datetime
    """When S3 had done it."""
    id: str
    """The same for every delivery of one event, and different for two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayedTask:
    """What is to be done with these originals, now that its time has come."""

    kind: TaskKind
    keys: tuple[str, ...]
    reference: str
    """Of the invalidation that it belongs to."""

    def __str__(self) -> str:
        """As `read` reads it."""
        return json.dumps({"refresh": self.kind, "keys": self.keys, "reference": self.reference})


def parse_message(body: str) -> list[Change] | DelayedTask:
    """Nothing for the message by which S3 tries a new notification; Unreadable for what is neither S3's nor ours."""
    try:
        message = json.loads(body)
        if "refresh" in message:
            return DelayedTask(
                kind=TaskKind(message["refresh"]), keys=_some(message["keys"]), reference=message["reference"]
            )
        return [] if message.get("Event") == "s3:TestEvent" else list(_changes(message["Records"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        # Not the message itself: S3's have the uploader's name and address.
        raise UnreadableMessage(f"{type(error).__name__}: {error}") from error


def _some(keys: Any) -> tuple[str, ...]:
    if not keys:
        raise ValueError("it names no original")
    return tuple(map(str, keys))


def _changes(records: list[dict[str, Any]]) -> Iterator[Change]:
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    for record in records:
        kind, thing = record["eventName"], record["s3"]["object"]
        if not kind.startswith(("ObjectCreated:", "ObjectRemoved:")):
            raise ValueError(f"{kind} is nothing that was asked for")
        version = thing.get("versionId", "")
        yield Change(
            key=unquote_plus(thing["key"]),
            version=version,
            removed=kind.startswith("ObjectRemoved:"),
            time=datetime.fromisoformat(record["eventTime"]),
            id=f"{kind} {thing['key']} {version} {record['eventTime']} {thing.get('sequencer', '')}",
        )
