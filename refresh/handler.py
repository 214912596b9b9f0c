"""The handler of the refresh function, which processes a batch of queue messages and returns the ids that failed."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from common.cache_tags import key_tag
from common.invalidation import Batch, reference_digest, send_batch
from common.retry import RetryPolicy
from refresh import clients
from refresh.change_rate import ChangeRate
from refresh.folder_invalidations import FolderInvalidations
from refresh.messages import Change, DelayedTask, Notification, TaskKind, UnreadableMessage, parse_message
from refresh.stored_renditions import delete_stale_renditions
from refresh.visible_versions import can_leave_stale_renditions
from refresh.warmup import warm_renditions

_WARMUP_RESERVE_MS: Final = 20_000
"""The remaining milliseconds below which no warm-up request starts. They exceed the timeout in refresh/warmup.py."""

_CONCURRENCY: Final = 10
"""The number of originals that are checked at the same time: the number of messages in a batch."""

_MAX_KEYS_PER_TASK: Final = 25
"""The number of keys, each of at most 1024 bytes, that fit into a message of SQS even with every character escaped."""

_RETRY_POLICY: Final = RetryPolicy(max_attempts=4, max_delay=4)
"""The policy of the CloudFront calls. In the worst case, one call takes most of the function's timeout.

The worst case is four attempts of 11 s (the timeouts in refresh/clients.py) and delays of 7 s. The visibility timeout
of the queue is longer than the function's timeout.
"""

# A key can contain control characters. As ASCII, they cannot reach the terminal of a reader of the log.
logger = Logger(service="refresh", json_serializer=partial(json.dumps, default=str, separators=(",", ":")))

change_rate = ChangeRate()
folder_invalidations = FolderInvalidations()


class SlotHasNotBegun(Exception):
    """The message arrived before its slot began, for example because an operator moved it."""


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
    failed |= process_messages(messages, context.get_remaining_time_in_millis)
    return {"batchItemFailures": [{"itemIdentifier": id_} for id_ in sorted(failed)]}


def _parse_record(record: dict[str, Any]) -> Notification | DelayedTask:
    """Return the message in an SQS record. Raises UnreadableMessage."""
    try:
        message = parse_message(record["body"])
    except UnreadableMessage as error:
        _log_unreadable(str(error), record)
        raise
    for problem in message.problems if isinstance(message, Notification) else ():
        _log_unreadable(problem, record)
    return message


def _log_unreadable(reason: str, record: dict[str, Any]) -> None:
    logger.error("unreadable message", extra={"reason": reason, "message_id": record["messageId"]})


def process_messages(messages: Mapping[str, Notification | DelayedTask], remaining_ms: Callable[[], int]) -> set[str]:
    """Process the messages, whose keys are their ids. Return the ids of the failed messages.

    Invalidations come before warm-up requests, because an outdated picture is worse than a slow picture.
    """
    failed: set[str] = set()
    tasks = {id_: message for id_, message in messages.items() if isinstance(message, DelayedTask)}
    notifications = {id_: message for id_, message in messages.items() if isinstance(message, Notification)}
    # A message with an unreadable record becomes a dead letter. Its other records are processed.
    failed |= {id_ for id_, message in notifications.items() if message.problems}
    changes = _stale_changes(notifications, failed)
    # All notifications of a batch share one invalidation, so either all or none of them are processed. If SQS delivers
    # the same messages together again, the invalidation has the same reference.
    with _record_failure(notifications, failed):
        _invalidate_changes(changes)
    for id_, task in tasks.items():
        if task.kind is not TaskKind.WARM:
            with _record_failure([id_], failed):
                _TASKS[task.kind](task)
    for id_, task in tasks.items():
        if task.kind is TaskKind.WARM:
            with _record_failure([id_], failed):
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


def _stale_changes(notifications: Mapping[str, Notification], failed: set[str]) -> list[Change]:
    """Return the changes of the originals whose cached renditions can be stale.

    If an original cannot be checked, the ids of the messages about this original are added to `failed`.
    """
    ids: dict[str, set[str]] = {}
    changes: dict[str, list[Change]] = {}
    for id_, notification in notifications.items():
        for change in notification.changes:
            ids.setdefault(change.key, set()).add(id_)
            changes.setdefault(change.key, []).append(change)

    stale: list[Change] = []

    def check(key: str) -> None:
        # One invalidation covers all changes of the original that precede it.
        with _record_failure(ids[key], failed):
            if any(map(can_leave_stale_renditions, changes[key])):
                stale.extend(changes[key])

    if changes:
        with ThreadPoolExecutor(_CONCURRENCY) as pool:
            list(pool.map(check, changes))
    return stale


def _invalidate_changes(changes: Sequence[Change]) -> None:
    """Invalidate the changed originals now, and again after `settle_seconds`.

    If the edge function read the old original just before the change, CloudFront can cache the rendition after the
    first invalidation. After `settle_seconds`, CloudFront has cached every such rendition, and the second invalidation
    drops them: docs/decisions/24-invalidate-twice.md.

    If originals change faster than the limit, their folders are invalidated instead, when the next slot begins.
    """
    if not changes:
        return
    keys = tuple(sorted({change.key for change in changes}))
    if change_rate.exceeds(clients.settings().max_changes, len(keys)):
        _delay_until_slot(TaskKind.INVALIDATE_FOLDERS, keys, folder_invalidations.next_slot())
        return
    reference = reference_digest(sorted({change.id for change in changes}))
    _invalidate(keys, reference)
    _delay(TaskKind.REINVALIDATE, keys, reference, clients.settings().settle_seconds)


def _reinvalidate(task: DelayedTask) -> None:
    reference = f"{task.reference}-again"
    _invalidate(task.keys, reference)
    if clients.settings().warm_widths:
        _delay(TaskKind.WARM, task.keys, reference, clients.settings().settle_seconds)


def _invalidate(keys: Sequence[str], reference: str) -> None:
    delete_stale_renditions(keys)
    _send(Batch(tuple(sorted({f"#{key_tag(key)}" for key in keys})), reference), keys)


def _invalidate_folders(task: DelayedTask) -> None:
    _invalidate_slot(task)
    second_slot = folder_invalidations.next_slot(clients.settings().settle_seconds)
    _delay_until_slot(TaskKind.REINVALIDATE_FOLDERS, task.keys, second_slot)


def _invalidate_slot(task: DelayedTask) -> None:
    """Send the invalidations of the task's slot that this process has not sent yet."""
    slot = int(task.reference)
    if not folder_invalidations.has_begun(slot):
        # An invalidation now would not cover the changes until then. SQS delivers the message again later.
        raise SlotHasNotBegun(f"slot {slot}")
    delete_stale_renditions(task.keys)
    for batch in folder_invalidations.batches(slot, task.keys):
        _send(batch, task.keys)
        folder_invalidations.remember(slot, batch)


def _warm(task: DelayedTask, has_time: Callable[[], bool]) -> None:
    statuses = warm_renditions(clients.settings(), task.keys, has_time)
    logger.info("warmed", extra={"keys": task.keys, "statuses": statuses, "skipped": statuses.count(None)})


def _send(batch: Batch, keys: Sequence[str]) -> None:
    invalidation = send_batch(clients.cloudfront(), clients.settings().distribution, batch, _RETRY_POLICY)
    details = {"invalidation": invalidation.id, "items": len(batch.items), "keys": keys, "reference": batch.reference}
    logger.info("invalidated", extra=details)


def _delay_until_slot(kind: TaskKind, keys: Sequence[str], slot: int) -> None:
    _delay(kind, keys, str(slot), folder_invalidations.delay_until(slot))


def _delay(kind: TaskKind, keys: Sequence[str], reference: str, seconds: int) -> None:
    for start in range(0, len(keys), _MAX_KEYS_PER_TASK):
        task = DelayedTask(kind=kind, keys=tuple(keys[start : start + _MAX_KEYS_PER_TASK]), reference=reference)
        clients.sqs().send_message(QueueUrl=clients.settings().queue, MessageBody=str(task), DelaySeconds=seconds)


_TASKS: Final[dict[TaskKind, Callable[[DelayedTask], None]]] = {
    TaskKind.REINVALIDATE: _reinvalidate,
    TaskKind.INVALIDATE_FOLDERS: _invalidate_folders,
    TaskKind.REINVALIDATE_FOLDERS: _invalidate_slot,
}
