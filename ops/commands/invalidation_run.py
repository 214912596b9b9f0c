"""Sending the invalidations of one call of `invalidate`, and waiting until CloudFront has completed them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from common.invalidation import Batch, StillInProgress, send_batches, wait_until_completed
from common.retry import RetryPolicy
from ops.aws.error_messages import explain
from ops.console import output
from ops.errors import Failed, Interrupted

if TYPE_CHECKING:
    from types_boto3_cloudfront import CloudFrontClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The invalidations of one call of the command."""

    client: "CloudFrontClient"
    distribution_id: str
    name: str
    """The name of the run. After an interruption, `--run` with this name continues the run."""
    batches: Sequence[Batch]
    retry_policy: RetryPolicy

    @property
    def paths(self) -> int:
        """The number of paths and tags that CloudFront bills."""
        return sum(len(batch.items) for batch in self.batches)


def send(run: Run) -> list[str]:
    """Send all batches, and return the IDs of their invalidations in the same order.

    Raises Failed if a request fails, and Interrupted if the operator presses Ctrl-C. If a part was sent, the message
    contains the option that continues the run.
    """
    ids: list[str] = []
    with output.progress_bar("sending", run.paths) as advance:
        try:
            for batch, invalidation in send_batches(run.client, run.distribution_id, run.batches, run.retry_policy):
                ids.append(invalidation.id)
                advance(len(batch.items))
        except (ClientError, BotoCoreError) as error:
            # If a response was lost, CloudFront may have created the invalidation.
            is_partial = ids or isinstance(error, HTTPClientError)
            advice = f"; {_how_to_continue(run, ids)}" if is_partial else ""
            raise Failed(f"{explain(error)}{advice}") from error
        except KeyboardInterrupt:
            raise Interrupted(f"interrupted; {_how_to_continue(run, ids)}") from None
    return ids


def wait(run: Run, ids: Sequence[str], max_wait: int) -> None:
    """Wait until CloudFront has completed the invalidations.

    Raises Failed if a request fails or if the time exceeds `max_wait` seconds, and Interrupted if the operator presses
    Ctrl-C.
    """
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


def _how_to_continue(run: Run, ids: Sequence[str]) -> str:
    return (
        f"{len(ids)} of {len(run.batches)} invalidations were sent. To send only the others, repeat the command with "
        f"--run {run.name}"
    )


def _remaining(ids: Sequence[str], completed: Sequence[str]) -> str:
    return (
        f"all invalidations were sent, and {len(ids) - len(completed)} of {len(ids)} are still in progress. "
        "The command status shows them"
    )
