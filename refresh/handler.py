"""The handler of the refresh function, which processes a batch of queue messages and returns the ids that failed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from common.cache_tags import key_tag
from common.invalidation import Batch, reference_digest, send_batch
from common.retry import RetryPolicy
from refresh import clients
from refresh.change_rate import ChangeRate
from refresh.folder_invalidations import FolderInvalidations
from refresh.message_log import MessageLog, Outcome, SlotHasNotBegun
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

change_rate = ChangeRate()
folder_invalidations = FolderInvalidations()


def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Process a batch of messages. Return the ids of the failed messages.

    SQS delivers a failed message five times, and then moves it to the dead-letter queue.
    """
    log = MessageLog(context.aws_request_id)
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    with processor(records=event["Records"], handler=partial(_parse_record, log=log), lambda_context=context):
        messages = {
            record["messageId"]: message for status, message, record in processor.process() if status == "success"
        }
    failed = {str(failure["itemIdentifier"]) for failure in processor.response()["batchItemFailures"]}
    failed |= process_messages(messages, context.get_remaining_time_in_millis, log)
    return {"batchItemFailures": [{"itemIdentifier": id_} for id_ in sorted(failed)]}


def _parse_record(record: dict[str, Any], log: MessageLog) -> Notification | DelayedTask:
    """Return the message in an SQS record. Raises UnreadableMessage."""
    try:
        return parse_message(record["body"])
    except UnreadableMessage as error:
        log.write(record["messageId"], Outcome.REJECTED, error=error)
        raise


def process_messages(
    messages: Mapping[str, Notification | DelayedTask], remaining_ms: Callable[[], int], log: MessageLog
) -> set[str]:
    """Process and log the messages, whose keys are their ids. Return the ids of the failed messages.

    Invalidations come before warm-up requests, because an outdated picture is worse than a slow picture.
    """
    failed: dict[str, Exception] = {}
    tasks = {id_: message for id_, message in messages.items() if isinstance(message, DelayedTask)}
    notifications = {id_: message for id_, message in messages.items() if isinstance(message, Notification)}
    # A message with an unreadable record becomes a dead letter. Its other records are processed.
    failed |= {
        id_: UnreadableMessage("; ".join(message.problems))
        for id_, message in notifications.items()
        if message.problems
    }
    _process_notifications(notifications, failed, log)
    for id_, task in tasks.items():
        if task.kind is not TaskKind.WARM:
            details: dict[str, object] = {}
            with _record_failure([id_], failed):
                details["invalidations"] = _TASKS[task.kind](task)
            error = failed.get(id_)
            log.write(id_, Outcome.INVALIDATED, kind=task.kind, keys=task.keys, error=error, details=details)
    for id_, task in tasks.items():
        if task.kind is TaskKind.WARM:
            details = {}
            with _record_failure([id_], failed):
                details = _warm(task, lambda: remaining_ms() > _WARMUP_RESERVE_MS)
            error = failed.get(id_)
            log.write(id_, Outcome.WARMED, kind=task.kind, keys=task.keys, error=error, details=details)
    return set(failed)


def _process_notifications(
    notifications: Mapping[str, Notification], failed: dict[str, Exception], log: MessageLog
) -> None:
    """Invalidate the changed originals, and log the notifications. Failures are added to `failed`.

    All notifications of a batch share one invalidation, so either all or none of them are processed. If SQS delivers
    the same messages together again, the invalidation has the same reference.
    """
    changes = _stale_changes(notifications, failed)
    outcome, invalidations = Outcome.UNCHANGED, list[str]()
    with _record_failure(notifications, failed):
        outcome, invalidations = _invalidate_changes(changes)
    stale_keys = {change.key for change in changes}
    for id_, notification in notifications.items():
        keys = [change.key for change in notification.changes]
        is_stale = not stale_keys.isdisjoint(keys)
        log.write(
            id_,
            outcome if is_stale else Outcome.UNCHANGED,
            kind="change",
            keys=keys,
            error=failed.get(id_),
            details={"invalidations": invalidations} if is_stale and invalidations else None,
        )


@contextmanager
def _record_failure(ids: Iterable[str], failed: dict[str, Exception]) -> Iterator[None]:
    """If the body of the `with` statement raises an exception, add it to `failed` for each of the ids."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  # The log line of each message has the exception.
        failed.update(dict.fromkeys(ids, error))


def _stale_changes(notifications: Mapping[str, Notification], failed: dict[str, Exception]) -> list[Change]:
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


def _invalidate_changes(changes: Sequence[Change]) -> tuple[Outcome, list[str]]:
    """Invalidate the changed originals now, and again after `settle_seconds`. Return the ids of the invalidations.

    If the edge function read the old original just before the change, CloudFront can cache the rendition after the
    first invalidation. After `settle_seconds`, CloudFront has cached every such rendition, and the second invalidation
    drops them: docs/decisions/24-invalidate-twice.md.

    If originals change faster than the limit, their folders are invalidated instead, when the next slot begins.
    """
    if not changes:
        return Outcome.UNCHANGED, []
    keys = tuple(sorted({change.key for change in changes}))
    if change_rate.exceeds(clients.settings().max_changes, len(keys)):
        _delay_until_slot(TaskKind.INVALIDATE_FOLDERS, keys, folder_invalidations.next_slot())
        return Outcome.DELAYED, []
    reference = reference_digest(sorted({change.id for change in changes}))
    invalidations = _invalidate(keys, reference)
    _delay(TaskKind.REINVALIDATE, keys, reference, clients.settings().settle_seconds)
    return Outcome.INVALIDATED, invalidations


def _reinvalidate(task: DelayedTask) -> list[str]:
    reference = f"{task.reference}-again"
    invalidations = _invalidate(task.keys, reference)
    if clients.settings().warm_widths:
        _delay(TaskKind.WARM, task.keys, reference, clients.settings().settle_seconds)
    return invalidations


def _invalidate(keys: Sequence[str], reference: str) -> list[str]:
    delete_stale_renditions(keys)
    return [_send(Batch(tuple(sorted({f"#{key_tag(key)}" for key in keys})), reference))]


def _invalidate_folders(task: DelayedTask) -> list[str]:
    invalidations = _invalidate_slot(task)
    second_slot = folder_invalidations.next_slot(clients.settings().settle_seconds)
    _delay_until_slot(TaskKind.REINVALIDATE_FOLDERS, task.keys, second_slot)
    return invalidations


def _invalidate_slot(task: DelayedTask) -> list[str]:
    """Send the invalidations of the task's slot that this process has not sent yet, and return their ids."""
    slot = int(task.reference)
    if not folder_invalidations.has_begun(slot):
        # An invalidation now would not cover the changes until then. SQS delivers the message again later.
        raise SlotHasNotBegun(f"slot {slot}")
    delete_stale_renditions(task.keys)
    invalidations: list[str] = []
    for batch in folder_invalidations.batches(slot, task.keys):
        invalidations.append(_send(batch))
        folder_invalidations.remember(slot, batch)
    return invalidations


def _warm(task: DelayedTask, has_time: Callable[[], bool]) -> dict[str, object]:
    """Request the usual sizes of the originals, and return the numbers of requests for the log."""
    statuses = warm_renditions(clients.settings(), task.keys, has_time)
    skipped = statuses.count(None)
    errors = sum(status is not None and not 200 <= status < 400 for status in statuses)
    return {"requests": len(statuses) - skipped, "errors": errors, "skipped": skipped}


def _send(batch: Batch) -> str:
    """Send an invalidation, and return its id."""
    return send_batch(clients.cloudfront(), clients.settings().distribution, batch, _RETRY_POLICY).id


def _delay_until_slot(kind: TaskKind, keys: Sequence[str], slot: int) -> None:
    _delay(kind, keys, str(slot), folder_invalidations.delay_until(slot))


def _delay(kind: TaskKind, keys: Sequence[str], reference: str, seconds: int) -> None:
    for start in range(0, len(keys), _MAX_KEYS_PER_TASK):
        task = DelayedTask(kind=kind, keys=tuple(keys[start : start + _MAX_KEYS_PER_TASK]), reference=reference)
        clients.sqs().send_message(QueueUrl=clients.settings().queue, MessageBody=str(task), DelaySeconds=seconds)


_TASKS: Final[dict[TaskKind, Callable[[DelayedTask], list[str]]]] = {
    TaskKind.REINVALIDATE: _reinvalidate,
    TaskKind.INVALIDATE_FOLDERS: _invalidate_folders,
    TaskKind.REINVALIDATE_FOLDERS: _invalidate_slot,
}
