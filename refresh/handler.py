"""The handler of the refresh function, which processes a batch of queue messages and returns the ids that failed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from botocore.config import Config

from common.cache_tags import key_tag
from common.invalidation import Batch, reference_digest, send_batch
from common.retry import RetryPolicy
from refresh.messages import Change, DelayedTask, TaskKind, UnreadableMessage, parse_message
from refresh.settings import Settings
from refresh.warmup import warm_renditions

if TYPE_CHECKING:
    from types_boto3_cloudfront import CloudFrontClient
    from types_boto3_s3 import S3Client
    from types_boto3_sqs import SQSClient

_WARMUP_RESERVE_MS: Final = 20_000
"""The remaining milliseconds below which no warm-up request starts. They exceed the timeout in refresh/warmup.py."""

_MIN_VERSION_LIFETIME: Final = timedelta(hours=12)
"""The age of a change up to which S3 still has the previous version, which expires after a day at the earliest."""

_RETRY_POLICY: Final = RetryPolicy(max_attempts=4, max_delay=4)
"""The policy of the CloudFront calls. In the worst case, one call takes most of the function's timeout.

The worst case is four attempts of 11 s (the timeouts in `_client_config`) and delays of 7 s. The visibility timeout of
the queue is longer than the function's timeout.
"""

logger = Logger(service="refresh")


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Process a batch of messages. Return the ids of the failed messages.

    SQS delivers a failed message five times, and then moves it to the dead-letter queue.
    """
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    with processor(records=event["Records"], handler=_parse_record, lambda_context=context):
        messages = {
            record["messageId"]: message for status, message, record in processor.process() if status == "success"
        }
    failed = {str(failure["itemIdentifier"]) for failure in processor.response()["batchItemFailures"]}
    failed |= _process_messages(messages, context.get_remaining_time_in_millis)
    return {"batchItemFailures": [{"itemIdentifier": id_} for id_ in sorted(failed)]}


def _parse_record(record: dict[str, Any]) -> Sequence[Change] | DelayedTask:
    """Return the delayed task of an SQS record, or the changes that can make cached renditions stale.

    Raises UnreadableMessage.
    """
    try:
        message = parse_message(record["body"])
    except UnreadableMessage as error:
        details = {"reason": str(error), "message_id": record["messageId"]}
        logger.error("unreadable message", extra=details)  # noqa: TRY400  # The reason replaces the traceback.
        raise
    return (
        message
        if isinstance(message, DelayedTask)
        else [change for change in message if _can_leave_stale_renditions(change)]
    )


def _process_messages(
    messages: Mapping[str, Sequence[Change] | DelayedTask], remaining_ms: Callable[[], int]
) -> set[str]:
    """Process the messages, whose keys are their ids. Return the ids of the failed messages.

    Invalidations come before warm-up requests, because an outdated picture is worse than a slow picture.
    """
    failed: set[str] = set()
    tasks = {id_: message for id_, message in messages.items() if isinstance(message, DelayedTask)}
    notifications = {id_: message for id_, message in messages.items() if not isinstance(message, DelayedTask)}
    # All notifications of a batch share one invalidation, so either all or none of them are processed. If SQS delivers
    # the same messages together again, the invalidation has the same reference.
    with _record_failure(notifications, failed):
        _invalidate_changes([change for changes in notifications.values() for change in changes])
    for id_, task in tasks.items():
        if task.kind is TaskKind.REINVALIDATE:
            with _record_failure([id_], failed):
                _reinvalidate(task)
    for task in tasks.values():
        if task.kind is TaskKind.WARM:
            _warm(task, lambda: remaining_ms() > _WARMUP_RESERVE_MS)
    return failed


@contextmanager
def _record_failure(ids: Iterable[str], failed: set[str]) -> Iterator[None]:
    """If the body of the `with` statement raises an exception, log the exception and add the ids to `failed`."""
    try:
        yield
    except Exception:
        logger.exception("processing failed", extra={"message_ids": [*ids]})
        failed.update(ids)


def _can_leave_stale_renditions(change: Change) -> bool:
    """Return whether CloudFront can have a cached rendition that was made before the change.

    After a first upload, CloudFront has no such rendition: for a missing original, CloudFront caches a 404 with a short
    TTL. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
    """
    if change.is_removal or datetime.now(UTC) - change.time > _MIN_VERSION_LIFETIME:
        return True
    # Without a version id, the function cannot look for an older version. An unnecessary invalidation does no harm.
    if change.version in ("", "null"):
        return True
    response = _s3().list_object_versions(
        Bucket=_settings().bucket,
        Prefix=change.key,
        KeyMarker=change.key,
        VersionIdMarker=change.version,
        MaxKeys=1,
    )
    older_versions = (*response.get("Versions", []), *response.get("DeleteMarkers", []))
    return any(version.get("Key") == change.key for version in older_versions)


def _invalidate_changes(changes: Sequence[Change]) -> None:
    """Invalidate the changed originals now, and again after `settle_seconds`.

    If the edge function read the old original just before the change, CloudFront can cache the rendition after the
    first invalidation. After `settle_seconds`, CloudFront has cached every such rendition, and the second invalidation
    drops them: docs/decisions/24-invalidate-twice.md.
    """
    if not changes:
        return
    keys = tuple(sorted({change.key for change in changes}))
    reference = _reference(change.id for change in changes)
    _invalidate(keys, reference)
    _delay(DelayedTask(kind=TaskKind.REINVALIDATE, keys=keys, reference=reference))


def _reinvalidate(task: DelayedTask) -> None:
    reference = f"{task.reference}-again"
    _invalidate(task.keys, reference)
    if _settings().warm_widths:
        _delay(DelayedTask(kind=TaskKind.WARM, keys=task.keys, reference=reference))


def _warm(task: DelayedTask, has_time: Callable[[], bool]) -> None:
    statuses = warm_renditions(_settings(), task.keys, has_time)
    logger.info("warmed", extra={"keys": task.keys, "statuses": statuses, "skipped": statuses.count(None)})


def _invalidate(keys: Sequence[str], reference: str) -> None:
    tags = tuple(sorted({f"#{key_tag(key)}" for key in keys}))
    invalidation = send_batch(_cloudfront(), _settings().distribution, Batch(tags, reference), _RETRY_POLICY)
    logger.info("invalidated", extra={"invalidation": invalidation.id, "keys": keys, "reference": reference})


def _delay(task: DelayedTask) -> None:
    settings = _settings()
    _sqs().send_message(QueueUrl=settings.queue, MessageBody=str(task), DelaySeconds=settings.settle_seconds)


def _reference(change_ids: Iterable[str]) -> str:
    """Return a caller reference that is the same for the same changes, in any order."""
    return reference_digest(sorted(set(change_ids)))


@cache
def _settings() -> Settings:
    return Settings.from_environment()


@cache
def _cloudfront() -> "CloudFrontClient":
    # common/retry.py retries these calls, so botocore must not retry them.
    return boto3.client("cloudfront", config=_client_config(max_attempts=1))


@cache
def _s3() -> "S3Client":
    return boto3.client("s3", config=_client_config(max_attempts=3))


@cache
def _sqs() -> "SQSClient":
    return boto3.client("sqs", config=_client_config(max_attempts=3))


def _client_config(*, max_attempts: int) -> Config:
    return Config(connect_timeout=3, read_timeout=8, retries={"mode": "standard", "total_max_attempts": max_attempts})
