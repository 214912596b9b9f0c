"""Sending the invalidations of one call of `invalidate`, and waiting until CloudFront has completed them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from common.invalidation import Batch, Invalidation, StillInProgress, send_batches, wait_until_completed
from common.retry import RetryPolicy, call_with_retry
from ops.aws.error_messages import explain
from ops.console import output
from ops.errors import Failed, Interrupted

if TYPE_CHECKING:
    from types_boto3_cloudfront import CloudFrontClient
    from types_boto3_cloudfront.type_defs import InvalidationSummaryTypeDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The invalidations of one call of the command."""

    client: "CloudFrontClient"
    stack: str
    """The name of the stack for messages; the ID of the distribution if the name is unknown."""
    distribution_id: str
    name: str
    """The name of the run. After an interruption, `--run` with this name continues the run."""
    is_repeated: bool
    """Whether the operator gave the name, so that CloudFront may have received the batches before."""
    batches: Sequence[Batch]
    retry_policy: RetryPolicy

    @property
    def paths(self) -> int:
        """The number of paths and tags in all batches."""
        return sum(len(batch.items) for batch in self.batches)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBatch:
    """A batch that CloudFront has received."""

    id: str
    """The ID of its invalidation."""
    paths: int
    """The number of its paths and tags."""
    is_new: bool
    """Whether this call created the invalidation. CloudFront bills only new invalidations."""


def send(run: Run) -> list[SentBatch]:
    """Send all batches, and return them in the same order.

    Raises Failed if a request fails, and Interrupted if the operator presses Ctrl-C. If a part was sent, the message
    contains the option that continues the run.
    """
    sent: list[SentBatch] = []
    earlier = _newest_invalidations(run) if run.is_repeated else []
    with output.progress_bar("sending", run.paths) as advance:
        try:
            for batch, invalidation in send_batches(run.client, run.distribution_id, run.batches, run.retry_policy):
                is_new = not _is_earlier(invalidation, earlier)
                sent.append(SentBatch(id=invalidation.id, paths=len(batch.items), is_new=is_new))
                advance(len(batch.items))
        except (ClientError, BotoCoreError) as error:
            # If a response was lost, CloudFront may have created the invalidation.
            is_partial = sent or isinstance(error, HTTPClientError)
            advice = f"; {_how_to_continue(run, sent)}" if is_partial else ""
            raise Failed(f"{explain(error)}{advice}") from error
        except KeyboardInterrupt:
            raise Interrupted(f"interrupted; {_how_to_continue(run, sent)}") from None
    return sent


def wait(run: Run, sent: Sequence[SentBatch], max_wait: int) -> None:
    """Wait until CloudFront has completed the invalidations.

    Raises Failed if a request fails or if the time exceeds `max_wait` seconds, and Interrupted if the operator presses
    Ctrl-C.
    """
    ids = [batch.id for batch in sent]
    completed: list[str] = []
    with output.progress_bar("waiting for CloudFront", len(ids)) as advance:
        try:
            for id_ in wait_until_completed(run.client, run.distribution_id, ids, run.retry_policy, seconds=max_wait):
                completed.append(id_)
                advance(1)
        except StillInProgress:
            raise Failed(f"not completed after {max_wait} s; {_remaining(ids, completed)}") from None
        except (ClientError, BotoCoreError) as error:
            raise Failed(f"{explain(error)}; {_remaining(ids, completed)}") from error
        except KeyboardInterrupt:
            raise Interrupted(f"interrupted; {_remaining(ids, completed)}") from None


def _newest_invalidations(run: Run) -> "Sequence[InvalidationSummaryTypeDef]":
    """Return the newest 100 invalidations of the distribution, newest first.

    https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ListInvalidations.html
    """
    response = call_with_retry(
        lambda: run.client.list_invalidations(DistributionId=run.distribution_id, MaxItems="100"), run.retry_policy
    )
    return response["InvalidationList"].get("Items", [])


def _is_earlier(invalidation: Invalidation, earlier: "Sequence[InvalidationSummaryTypeDef]") -> bool:
    """Return whether the invalidation existed when CloudFront listed its newest invalidations, `earlier`.

    CloudFront responds in the same way to a new and to a repeated caller reference. The response to the latter has the
    ID and the creation time of the earlier invalidation.
    https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_InvalidationBatch.html
    """
    if invalidation.id in {summary["Id"] for summary in earlier}:
        return True
    # An invalidation that is older than the list is on a later page.
    return bool(earlier and invalidation.created_at and invalidation.created_at < earlier[-1]["CreateTime"])


def _how_to_continue(run: Run, sent: Sequence[SentBatch]) -> str:
    return (
        f"{len(sent)} of {len(run.batches)} invalidations were sent. To send only the others, repeat the command with "
        f"--run {run.name}"
    )


def _remaining(ids: Sequence[str], completed: Sequence[str]) -> str:
    return (
        f"all invalidations were sent, and {len(ids) - len(completed)} of {len(ids)} are still in progress. "
        "The command status shows them"
    )
