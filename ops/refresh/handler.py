"""The function: a batch of the queue's messages in, the ids of those to be delivered again out."""

import hashlib
from functools import cache
from typing import Any, Final

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from botocore.config import Config

from edge.tags import key_tag
from ops.invalidation import Batch, send
from ops.patience import Patience
from ops.refresh.messages import AGAIN, WARM, Change, PutOff, Unreadable, read
from ops.refresh.settings import Settings
from ops.refresh.warming import warm

_WARMED_AT_ONCE: Final = 10
"""Originals per message, so that none takes longer than the function may."""

_PATIENCE: Final = Patience(attempts=6, longest=5)
"""At most half a minute of the function's time; then SQS has more of it."""

logger = Logger(service="refresh")


@cache
def _client(service: str) -> Any:
    # CloudFront is asked again by ops/patience.py, the others by botocore itself.
    attempts = 1 if service == "cloudfront" else 3
    return boto3.client(service, config=Config(retries={"mode": "standard", "total_max_attempts": attempts}))


@cache
def _settings() -> Settings:
    return Settings.of_environment()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """What fails is delivered again by SQS, five times, and then put with the dead letters."""
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    with processor(records=event["Records"], handler=_understood, lambda_context=context):
        understood = [result for status, result, _ in processor.process() if status == "success"]
    try:
        _carry_out([done for done in understood if done])
    except Exception:
        # What was understood comes again as a whole: an invalidation of the same changes is the same invalidation.
        logger.exception("nothing of this batch could be carried out")
        return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in event["Records"]]}
    return processor.response()


def _understood(record: dict[str, Any]) -> list[Change] | PutOff:
    try:
        message = read(record["body"])
    except Unreadable as error:
        told = {"reason": str(error), "message_id": record["messageId"]}
        logger.error("a message that is not understood", extra=told)  # noqa: TRY400  # the reason says it all
        raise
    return message if isinstance(message, PutOff) else [change for change in message if _is_cached(change)]


def _is_cached(change: Change) -> bool:
    """Whether there may be a rendition of what was there before: not of a first upload.

    What is cached of an original that did not exist is a 404 of a short life.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
    """
    if change.removed:
        return True
    if not change.version:  # not an event of a versioned bucket: better an invalidation too many
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


def _carry_out(messages: list[list[Change] | PutOff]) -> None:
    changes = {change.id: change for message in messages if isinstance(message, list) for change in message}
    if changes:
        _drop(sorted({change.key for change in changes.values()}), _reference(*changes))
    for message in messages:
        if isinstance(message, PutOff) and message.what == AGAIN:
            _drop_again(message)
        elif isinstance(message, PutOff):
            warm(_settings(), message.keys, logger)


def _drop(keys: list[str], reference: str) -> None:
    _invalidate(keys, reference)
    # A render that had read the old original when the new one came may be cached after this. It cannot be any more
    # once `settle` has passed, see docs/decisions.
    _put_off(PutOff(what=AGAIN, keys=tuple(keys), reference=reference))


def _drop_again(message: PutOff) -> None:
    reference = f"{message.reference}-again"
    _invalidate([*message.keys], reference)
    if _settings().warm_widths:
        for start in range(0, len(message.keys), _WARMED_AT_ONCE):
            keys = message.keys[start : start + _WARMED_AT_ONCE]
            _put_off(PutOff(what=WARM, keys=keys, reference=reference))


def _invalidate(keys: list[str], reference: str) -> None:
    tags = sorted({f"#{key_tag(key)}" for key in keys})
    made = send(_client("cloudfront"), _settings().distribution, Batch(tuple(tags), reference), _PATIENCE)
    logger.info("invalidated", extra={"invalidation": made.id, "keys": keys, "reference": reference})


def _put_off(message: PutOff) -> None:
    settings = _settings()
    _client("sqs").send_message(QueueUrl=settings.queue, MessageBody=str(message), DelaySeconds=settings.settle)


def _reference(*ids: str) -> str:
    """The same for the same changes, in whatever order they come."""
    return hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()[:32]
