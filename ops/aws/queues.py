"""The queue of the refresh function and its dead-letter queue."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_plus

from ops.aws.stack import Stack
from ops.errors import Failed

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.literals import QueueAttributeNameType
    from types_boto3_sqs.type_defs import (
        DeleteMessageBatchRequestEntryTypeDef,
        MessageTypeDef,
        SendMessageBatchRequestEntryTypeDef,
    )

_BATCH_SIZE: Final = 10
"""The maximum number of messages in one SQS request."""
_MAX_SUBJECTS: Final = 10
"""The maximum number of records of one message that are shown. S3 sends one record in a message."""
_MAX_BODY_CHARACTERS: Final = 80
_MAX_KEY_CHARACTERS: Final = 1024
_VISIBILITY_TIMEOUT: Final = 900
"""The seconds in which no other consumer receives the dead letters, while the operator reads and confirms."""
_COUNTS: Final[dict[str, "QueueAttributeNameType"]] = {
    "waiting": "ApproximateNumberOfMessages",
    "in_flight": "ApproximateNumberOfMessagesNotVisible",
    "delayed": "ApproximateNumberOfMessagesDelayed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A message that the refresh function failed to process five times."""

    id: str
    receipt: str
    """The receipt handle, which SQS requires to delete or release the message."""
    body: str
    attributes: dict[str, Any]
    sent: datetime
    receive_count: int

    @property
    def subjects(self) -> list[str]:
        """The event and the key of each S3 record, or the start of the body if S3 did not send the message.

        At most `_MAX_SUBJECTS` records are shown. The body can be any text.
        """
        try:
            records: Any = json.loads(self.body)["Records"]
            subjects = [_subject(record) for record in records[:_MAX_SUBJECTS]]
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            subjects = []
        return subjects or [self.body[:_MAX_BODY_CHARACTERS]]


def queue_url(stack: Stack, output: str) -> str | None:
    """Return the queue URL in the output with this name, or None if the stack does not have the queue."""
    return stack.outputs.get(output) or None


def require_queue_url(stack: Stack, output: str) -> str:
    """Return the queue URL in the output with this name. Raises Failed if the stack does not have the queue."""
    url = queue_url(stack, output)
    if url is None:
        raise Failed(
            f"the stack has no output {output}: without a refresh function, there are no dead letters to redrive"
        )
    return url


def count_messages(client: "SQSClient", queue: str) -> dict[str, int]:
    """Return three approximate numbers, with the keys `waiting`, `in_flight` and `delayed`.

    They count messages that wait, messages that a consumer has received but not deleted (in flight), and delayed
    messages.
    """
    attributes = client.get_queue_attributes(QueueUrl=queue, AttributeNames=list(_COUNTS.values()))["Attributes"]
    return {name: int(attributes.get(attribute, 0)) for name, attribute in _COUNTS.items()}


def receive(client: "SQSClient", queue: str, limit: int) -> list[DeadLetter]:
    """Receive at most `limit` dead letters.

    No other consumer receives these dead letters for 15 minutes, unless `release` makes them visible earlier.
    """
    letters: dict[str, DeadLetter] = {}
    while len(letters) < limit:
        response = client.receive_message(
            QueueUrl=queue,
            MaxNumberOfMessages=min(_BATCH_SIZE, limit - len(letters)),
            VisibilityTimeout=_VISIBILITY_TIMEOUT,
            # With long polling, SQS queries all of its servers, so an empty response means that the queue is empty.
            WaitTimeSeconds=1,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        if not response.get("Messages"):
            break
        letters |= {letter.id: letter for letter in map(_parse_message, response["Messages"])}
    return list(letters.values())


def release(client: "SQSClient", queue: str, letters: Sequence[DeadLetter]) -> None:
    """Make dead letters visible to other consumers again."""
    for batch in _batches(letters):
        client.change_message_visibility_batch(
            QueueUrl=queue,
            Entries=[
                {"Id": str(index), "ReceiptHandle": letter.receipt, "VisibilityTimeout": 0}
                for index, letter in enumerate(batch)
            ],
        )


def move(
    client: "SQSClient",
    source: str,
    target: str,
    letters: Sequence[DeadLetter],
    on_moved: Callable[[DeadLetter], None],
) -> None:
    """Move dead letters from the queue `source` to the queue `target`, and call `on_moved` for each moved letter.

    Each letter is sent before it is deleted. After an interruption, a letter can be in both queues, but no letter is
    lost. The refresh function may process the same letter twice without harm.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
    """
    for batch in _batches(letters):
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(index), "MessageBody": letter.body, "MessageAttributes": letter.attributes}
            for index, letter in enumerate(batch)
        ]
        response = client.send_message_batch(QueueUrl=target, Entries=entries)
        sent = [batch[int(entry["Id"])] for entry in response.get("Successful", [])]
        if sent:
            client.delete_message_batch(QueueUrl=source, Entries=_delete_entries(sent))
        for letter in sent:
            on_moved(letter)


def delete(
    client: "SQSClient", queue: str, letters: Sequence[DeadLetter], on_deleted: Callable[[DeadLetter], None]
) -> None:
    """Delete dead letters from the queue, and call `on_deleted` for each deleted letter."""
    for batch in _batches(letters):
        response = client.delete_message_batch(QueueUrl=queue, Entries=_delete_entries(batch))
        for entry in response.get("Successful", []):
            on_deleted(batch[int(entry["Id"])])


def _delete_entries(letters: Sequence[DeadLetter]) -> "list[DeleteMessageBatchRequestEntryTypeDef]":
    """Return the entries of a batch, whose IDs are the indices of the letters."""
    return [{"Id": str(index), "ReceiptHandle": letter.receipt} for index, letter in enumerate(letters)]


def _parse_message(message: "MessageTypeDef") -> DeadLetter:
    fields: Any = message
    system_attributes = fields.get("Attributes", {})
    return DeadLetter(
        id=fields["MessageId"],
        receipt=fields["ReceiptHandle"],
        body=fields["Body"],
        attributes=fields.get("MessageAttributes", {}),
        sent=datetime.fromtimestamp(int(system_attributes.get("SentTimestamp", 0)) / 1000, UTC),
        receive_count=int(system_attributes.get("ApproximateReceiveCount", 0)),
    )


def _subject(record: Any) -> str:
    """Return the event and the key of a record. Raises an error that `subjects` handles if the record has neither."""
    name, key = record["eventName"], record["s3"]["object"]["key"]
    if not isinstance(name, str):
        raise TypeError("the name of the event is not a text")
    return f"{name[:_MAX_BODY_CHARACTERS]} {unquote_plus(key)[:_MAX_KEY_CHARACTERS]}"


def _batches(letters: Sequence[DeadLetter]) -> Iterator[Sequence[DeadLetter]]:
    return (letters[start : start + _BATCH_SIZE] for start in range(0, len(letters), _BATCH_SIZE))
