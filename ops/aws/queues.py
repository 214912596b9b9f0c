"""The queues between an upload and its invalidation: how much waits, and what failed too often."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote_plus

from ops.aws.stack import Stack
from ops.errors import Failed

_AT_ONCE: Final = 10
"""Messages in one call of SQS."""
_HIDDEN: Final = 900
"""Seconds for which a dead letter is nobody else's, while somebody reads it and decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One message."""

    id: str
    receipt: str
    body: str
    attributes: dict[str, Any]
    sent: datetime
    receive_count: int
    """How often anybody took it."""

    @property
    def subjects(self) -> list[str]:
        """What it is about: event and key of each of S3's records, or how it begins if S3 did not write it."""
        try:
            records: Any = json.loads(self.body)["Records"]
            return [f"{one['eventName']} {unquote_plus(one['s3']['object']['key'])}" for one in records]
        except (ValueError, KeyError, TypeError):
            return [self.body[:80]]


def queue_url(stack: Stack, output: str) -> str | None:
    """None where the stack has no such queue."""
    return stack.outputs.get(output) or None


def require_queue_url(stack: Stack, output: str) -> str:
    """Failed where the stack has no such queue."""
    found = queue_url(stack, output)
    if found is None:
        raise Failed(
            f"the stack has no {output}: its uploads do not invalidate by themselves, so there is nothing to redrive"
        )
    return found


def count_messages(client: Any, queue: str) -> dict[str, int]:
    """How many messages wait, are being worked on, or are delayed; about, as SQS counts."""
    names = {"waiting": "", "in_work": "NotVisible", "delayed": "Delayed"}
    asked = {name: f"ApproximateNumberOfMessages{rest}" for name, rest in names.items()}
    found = client.get_queue_attributes(QueueUrl=queue, AttributeNames=list(asked.values()))["Attributes"]
    return {name: int(found.get(attribute, 0)) for name, attribute in asked.items()}


def receive(client: Any, queue: str, most: int) -> list[DeadLetter]:
    """At most so many; until they are given back, removed, or 15 minutes old, nobody else gets them."""
    taken: dict[str, DeadLetter] = {}
    while len(taken) < most:
        reply = client.receive_message(
            QueueUrl=queue,
            MaxNumberOfMessages=min(_AT_ONCE, most - len(taken)),
            VisibilityTimeout=_HIDDEN,
            WaitTimeSeconds=1,  # asks all of SQS's servers; without it, an empty answer proves nothing
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        if not reply.get("Messages"):
            break
        taken |= {message["MessageId"]: _letter(message) for message in reply["Messages"]}
    return list(taken.values())


def release(client: Any, queue: str, letters: Sequence[DeadLetter]) -> None:
    """Anybody can take them at once."""
    for part in _parts(letters):
        entries = [
            {"Id": str(place), "ReceiptHandle": letter.receipt, "VisibilityTimeout": 0}
            for place, letter in enumerate(part)
        ]
        client.change_message_visibility_batch(QueueUrl=queue, Entries=entries)


def move(
    client: Any, dead: str, alive: str, letters: Sequence[DeadLetter], moved: Callable[[DeadLetter], None]
) -> None:
    """First put, then removed: what is interrupted in between is there twice, never lost; a refresh can be repeated.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
    """
    for part in _parts(letters):
        entries = [
            {"Id": str(place), "MessageBody": letter.body, "MessageAttributes": letter.attributes}
            for place, letter in enumerate(part)
        ]
        sent = client.send_message_batch(QueueUrl=alive, Entries=entries)
        arrived = [part[int(entry["Id"])] for entry in sent.get("Successful", [])]
        gone = [{"Id": str(place), "ReceiptHandle": letter.receipt} for place, letter in enumerate(arrived)]
        if gone:
            client.delete_message_batch(QueueUrl=dead, Entries=gone)
        for letter in arrived:
            moved(letter)


def _letter(message: dict[str, Any]) -> DeadLetter:
    told = message.get("Attributes", {})
    attributes = message.get("MessageAttributes", {})
    return DeadLetter(
        id=message["MessageId"],
        receipt=message["ReceiptHandle"],
        body=message["Body"],
        attributes=attributes,
        sent=datetime.fromtimestamp(int(told.get("SentTimestamp", 0)) / 1000, UTC),
        receive_count=int(told.get("ApproximateReceiveCount", 0)),
    )


def _parts(letters: Sequence[DeadLetter]) -> Iterator[Sequence[DeadLetter]]:
    return (letters[start : start + _AT_ONCE] for start in range(0, len(letters), _AT_ONCE))
