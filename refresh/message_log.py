"""The log of the refresh function: one line in JSON for each message of the queue.

docs/request.md describes the fields of the line.
"""

import json
import time
import traceback
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from refresh.messages import UnreadableMessage

_MAX_TEXT: Final = 1_024
"""The maximum number of characters of a text. A key of S3 has at most 1,024 bytes."""
_MAX_TRACEBACK: Final = 16_000
"""The maximum number of characters of a traceback, so that a line is always shorter than one event of CloudWatch."""

_is_cold_start = True


class Outcome(StrEnum):
    """What became of a message."""

    INVALIDATED = "invalidated"
    """The cached renditions of the originals are invalidated."""
    DELAYED = "delayed"
    """Originals change faster than the limit, so their folders are invalidated when the next slot begins."""
    UNCHANGED = "unchanged"
    """No cached rendition can be stale."""
    WARMED = "warmed"
    """The usual sizes of the originals are requested."""
    REJECTED = "rejected"
    """The message, or a record of it, is unreadable. No attempt can succeed."""
    FAILED = "failed"
    """An exception occurred. SQS delivers the message again."""


class Reason(StrEnum):
    """The reason of a rejected or failed message."""

    UNREADABLE = "unreadable"
    TOO_EARLY = "too-early"
    """The message arrived before its slot began."""
    AWS = "aws"
    """A service refused a call, or did not respond."""
    UNEXPECTED = "unexpected"


class SlotHasNotBegun(Exception):
    """The message arrived before its slot began, for example because an operator moved it."""


class MessageLog:
    """The log of one batch."""

    def __init__(self, request_id: str) -> None:
        """`request_id` is Lambda's id of the invocation."""
        self._request_id = request_id
        self._started = time.perf_counter()

    def write(
        self,
        message_id: str,
        outcome: Outcome,
        *,
        kind: str = "",
        keys: Sequence[str] = (),
        error: Exception | None = None,
        details: dict[str, object] | None = None,
    ) -> None:
        """Print one line, in printable ASCII, about a message. If there is an error, it decides the outcome.

        `keys` are the keys of the originals that the message names. A field without a value is left out.
        """
        global _is_cold_start
        reason = _reason(error) if error else None
        if reason:
            outcome = Outcome.REJECTED if reason is Reason.UNREADABLE else Outcome.FAILED
        is_unexpected = reason not in (None, Reason.UNREADABLE)
        fields: dict[str, object] = {
            "request": self._request_id,
            "message": message_id,
            "outcome": outcome.value,
            "reason": reason.value if reason else None,
            "kind": kind,
            "key": keys[0][:_MAX_TEXT] if keys else None,
            "keys": len(keys) or None,
            **(details or {}),
            "detail": str(error)[:_MAX_TEXT] if error else None,
            "traceback": "".join(traceback.format_exception(error))[-_MAX_TRACEBACK:] if is_unexpected else None,
        }
        line = {name: _clean(value) for name, value in fields.items() if value not in (None, "", [])}
        line |= {"ms": {"function": round((time.perf_counter() - self._started) * 1000, 1)}, "cold": _is_cold_start}
        _is_cold_start = False
        print(json.dumps(line), flush=True)  # noqa: T201  # Lambda logs stdout.


def _reason(error: Exception) -> Reason:
    match error:
        case UnreadableMessage():
            return Reason.UNREADABLE
        case SlotHasNotBegun():
            return Reason.TOO_EARLY
        case ClientError() | BotoCoreError():
            return Reason.AWS
        case _:
            return Reason.UNEXPECTED


def _clean(value: object) -> object:
    """Return the value. Half of a surrogate pair, which some readers of JSON refuse, becomes a question mark."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else value
