"""The command `invalidate`, which removes renditions from CloudFront's caches by their cache tags."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from common.invalidation import (
    EVERYTHING,
    Batch,
    StillInProgress,
    invalidation_item,
    new_run_name,
    send_batches,
    split_into_batches,
    wait_until_completed,
)
from common.retry import RetryPolicy
from ops.aws.error_messages import explain
from ops.aws.stack import Stack, load_stack
from ops.commands import invalidation_preview
from ops.console import key_arguments, output
from ops.console.argument_types import IntegerRange, RunName
from ops.console.stack_options import StackSelection, stack_options
from ops.errors import Failed, Interrupted, Usage

if TYPE_CHECKING:
    from types_boto3_cloudfront import CloudFrontClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The invalidations of one call of the command."""

    client: "CloudFrontClient"
    distribution_id: str
    name: str
    batches: Sequence[Batch]
    retry_policy: RetryPolicy

    @property
    def paths(self) -> int:
        """The number of paths and tags that CloudFront bills."""
        return sum(len(batch.items) for batch in self.batches)


@click.command
@click.argument("keys", nargs=-1, metavar="[KEY]...", help="A key such as cats/1.jpg, or a folder such as cats/.")
@click.option(
    "--from", "keys_file", metavar="FILE", help="Read more keys and folders from a file, one per line; - is stdin."
)
@click.option("--all", "everything", is_flag=True, help="Invalidate all cached objects, with the wildcard path /*.")
@click.option("--dry-run", is_flag=True, help="Show the invalidations and their price, and send nothing.")
@click.option("--no-wait", is_flag=True, help="Print the invalidation IDs, and do not wait for completion.")
@click.option(
    "--wait",
    "max_wait",
    type=IntegerRange(1, 86_400),
    default=900,
    show_default=True,
    metavar="SECONDS",
    help="The maximum time to wait for completion.",
)
@click.option(
    "--run",
    "run_name",
    type=RunName(),
    metavar="NAME",
    help="Continue an earlier run: invalidations that it has sent are not sent or billed again.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@stack_options
def invalidate(
    *,
    keys: Sequence[str],
    keys_file: str | None,
    everything: bool,
    dry_run: bool,
    no_wait: bool,
    max_wait: int,
    run_name: str | None,
    as_json: bool,
    selection: StackSelection,
) -> int:
    """Create CloudFront invalidations for originals and all their renditions.

    The invalidations name cache tags: one for each key, and one for each folder with everything below it.
    """
    names = _read_names(keys, keys_file, everything=everything)
    stack = load_stack(selection)
    distribution_id = stack.output("distribution_id")
    name = run_name or new_run_name(datetime.now(UTC))
    batches = split_into_batches([EVERYTHING] if everything else [invalidation_item(name) for name in names], name)
    if dry_run:
        invalidation_preview.print_preview(distribution_id, batches, names, as_json=as_json)
        return 0
    for warning in key_arguments.suspicious_keys(names):
        output.print_note(warning)
    run = Run(
        client=stack.cloudfront(max_attempts=1),
        distribution_id=distribution_id,
        name=name,
        batches=batches,
        retry_policy=_retry_policy(stack),
    )
    ids = _send(run)
    if not no_wait:
        _wait(run, ids, max_wait)
    _print_result(run, ids, status="sent" if no_wait else "done", as_json=as_json)
    return 0


def _read_names(keys: Sequence[str], keys_file: str | None, *, everything: bool) -> list[str]:
    names = key_arguments.read_names(keys, keys_file)
    if everything and (names or keys_file):
        raise Usage("--all invalidates everything: do not combine it with keys, folders or --from")
    if not everything and not names:
        raise Usage("nothing to invalidate: give keys or folders, or a file with --from, or --all")
    return names


def _retry_policy(stack: Stack) -> RetryPolicy:
    if stack.is_local:  # the local engine has no quota, so it needs no pauses between batches
        return RetryPolicy(on_retry=_report_retry, items_per_second=math.inf)
    return RetryPolicy(on_retry=_report_retry)


def _send(run: Run) -> list[str]:
    """Return the IDs of the invalidations. Failed and Interrupted say how to continue the run."""
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


def _how_to_continue(run: Run, ids: Sequence[str]) -> str:
    return (
        f"{len(ids)} of {len(run.batches)} invalidations were sent: to send the others, without paying for any of them "
        f"twice, repeat the command with --run {run.name}"
    )


def _wait(run: Run, ids: Sequence[str], max_wait: int) -> None:
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


def _remaining(ids: Sequence[str], completed: Sequence[str]) -> str:
    return (
        f"all invalidations were sent, and CloudFront continues with {len(ids) - len(completed)} of {len(ids)}: "
        "the command status shows them"
    )


def _print_result(run: Run, ids: Sequence[str], *, status: str, as_json: bool) -> None:
    if as_json:
        invalidations = [{"id": id_, "paths": len(batch.items)} for id_, batch in zip(ids, run.batches, strict=True)]
        output.print_json(
            {
                "distribution_id": run.distribution_id,
                "run": run.name,
                "status": status,
                "paths": run.paths,
                "usd_at_most": invalidation_preview.max_usd(run.paths),
                "invalidations": invalidations,
            }
        )
    elif status == "sent":
        for id_ in ids:
            output.print_line(id_)
    else:
        counts = invalidation_preview.count_text(run.paths, len(ids))
        output.print_line(f"{status}: {counts}; {invalidation_preview.cost_text(run.paths)}")


def _report_retry(seconds: float) -> None:
    output.print_note(f"CloudFront is throttling requests; retrying in {seconds:.1f} s")
