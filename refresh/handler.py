"""The function: a batch of the queue's messages in, the ids of those to be delivered again out."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from botocore.config import Config

from common.cache_tags import key_tag
from common.invalidation import Batch, send_batch
from common.retry import RetryPolicy
from refresh.messages import Change, DelayedTask, TaskKind, UnreadableMessage, parse_message
from refresh.settings import Settings
from refresh.warmup import warm

_RESERVE: Final = 20_000
"""Milliseconds of the function's time that warming leaves: no request that it begins takes longer."""

_YOUNG: Final = timedelta(hours=12)
"""An event of this age or less: the version before it cannot have expired yet, since that takes a day at least."""

_RETRY_POLICY: Final = RetryPolicy(max_attempts=4, max_delay=4)
"""With the time-outs below, most of the function's time at worst; SQS has more of it."""

logger = Logger(service="refresh")


@cache
def _client(service: str) -> Any:
    # CloudFront is asked again by common/retry.py, the others by botocore itself.
    attempts = 1 if service == "cloudfront" else 3
    retries: Any = {"mode": "standard", "total_max_attempts": attempts}
    return boto3.client(service, config=Config(connect_timeout=3, read_timeout=8, retries=retries))


@cache
def _settings() -> Settings:
    return Settings.from_environment()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """What fails is delivered again by SQS, five times, and then put with the dead letters."""
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    with processor(records=event["Records"], handler=parse_record, lambda_context=context):
        understood = [
            (record["messageId"], result) for status, result, record in processor.process() if status == "success"
        ]
    failed = {str(each["itemIdentifier"]) for each in processor.response()["batchItemFailures"]}
    failed |= process_messages(understood, context.get_remaining_time_in_millis)
    return {"batchItemFailures": [{"itemIdentifier": id_} for id_ in sorted(failed)]}


def parse_record(record: dict[str, Any]) -> list[Change] | DelayedTask:
    try:
        message = parse_message(record["body"])
    except UnreadableMessage as error:
        told = {"reason": str(error), "message_id": record["messageId"]}
        logger.error("a message that is not understood", extra=told)  # noqa: TRY400  # the reason says it all
        raise
    return message if isinstance(message, DelayedTask) else [change for change in message if _is_cached(change)]


def _is_cached(change: Change) -> bool:
    """Whether there may be a rendition of what was there before: not of a first upload.

    What is cached of an original that did not exist is a 404 of a short life.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
    """
    if change.removed or datetime.now(UTC) - change.time > _YOUNG:
        return True
    if change.version in ("", "null"):  # not an event of a versioned bucket: better an invalidation too many
        return True
    older = _client("s3").list_object_versions(
        Bucket=_settings().bucket,
        Prefix=change.key,
        KeyMarker=change.key,
        VersionIdMarker=change.version,
        MaxKeys=1,
    )
    before = [*older.get("Versions", []), *older.get("DeleteMarkers", [])]
    return any(version["Key"] == change.key for version in before)


def process_messages(messages: list[tuple[str, Any]], left: Callable[[], int]) -> set[str]:
    """The ids of the messages of which it could not be. `left` is the function's time, in milliseconds."""
    uploads = {id_: message for id_, message in messages if isinstance(message, list)}
    changes = {change.id: change for message in uploads.values() for change in message}
    again = {id_: message for id_, message in messages if _is(message, TaskKind.REINVALIDATE)}
    failed: set[str] = set()
    # What makes old pictures go comes before what makes new ones quick.
    if changes:
        failed |= _tried(uploads, lambda: _drop(sorted({each.key for each in changes.values()}), _reference(*changes)))
    for id_, message in again.items():
        failed |= _tried([id_], lambda message=message: _drop_again(message))
    for _, message in messages:
        if _is(message, TaskKind.WARM):
            warm(_settings(), message.keys, logger, lambda: left() > _RESERVE)
    return failed


def _tried(ids: Iterable[str], act: Callable[[], None]) -> set[str]:
    """These ids, if it fails: an invalidation of the same changes is the same one when they come again together."""
    try:
        act()
    except Exception:
        logger.exception("this could not be carried out", extra={"message_ids": [*ids]})
        return {*ids}
    return set()


def _is(message: Any, kind: TaskKind) -> bool:
    return isinstance(message, DelayedTask) and message.kind is kind


def _drop(keys: list[str], reference: str) -> None:
    _invalidate(keys, reference)
    # A render that had read the old original when the new one came may be cached after this. It cannot be any more
    # once `settle` has passed, see docs/decisions.
    _put_off(DelayedTask(kind=TaskKind.REINVALIDATE, keys=tuple(keys), reference=reference))


def _drop_again(message: DelayedTask) -> None:
    reference = f"{message.reference}-again"
    _invalidate([*message.keys], reference)
    if _settings().warm_widths:
        _put_off(DelayedTask(kind=TaskKind.WARM, keys=message.keys, reference=reference))


def _invalidate(keys: list[str], reference: str) -> None:
    tags = sorted({f"#{key_tag(key)}" for key in keys})
    made = send_batch(_client("cloudfront"), _settings().distribution, Batch(tuple(tags), reference), _RETRY_POLICY)
    logger.info("invalidated", extra={"invalidation": made.id, "keys": keys, "reference": reference})


def _put_off(message: DelayedTask) -> None:
    settings = _settings()
    _client("sqs").send_message(QueueUrl=settings.queue, MessageBody=str(message), DelaySeconds=settings.settle)


def _reference(*ids: str) -> str:
    """The same for the same changes, in whatever order they come."""
    return hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()[:32]
