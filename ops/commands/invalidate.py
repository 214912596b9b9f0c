"""The command `invalidate`, which removes renditions from CloudFront's caches by their cache tags."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime

import click

from common.invalidation import EVERYTHING, invalidation_item, new_run_name, split_into_batches
from common.retry import RetryPolicy
from ops.aws.stack import Stack, load_stack
from ops.commands import invalidation_report, invalidation_run
from ops.console import key_arguments, output
from ops.console.argument_types import IntegerRange, RunName, Text
from ops.console.stack_options import StackSelection, stack_options
from ops.errors import Usage


@click.command(short_help="Invalidate originals or folders in CloudFront.")
@click.argument("keys", nargs=-1, metavar="[KEY]...", help="A key such as cats/1.jpg, or a folder such as cats/.")
@click.option(
    "--from",
    "keys_file",
    type=Text(),
    metavar="FILE",
    help="Read more keys and folders from a file, one per line; - is standard input.",
)
@click.option("--all", "everything", is_flag=True, help="Invalidate all cached objects, with the wildcard path /*.")
@click.option("--dry-run", is_flag=True, help="Show the invalidations and their price, without sending them.")
@click.option("--no-wait", is_flag=True, help="Print the IDs of the invalidations without waiting for completion.")
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
    help="Continue an earlier run: CloudFront neither repeats nor bills its invalidations again.",
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

    The command invalidates one cache tag for each key. For a folder, one cache tag covers everything below the folder.
    """
    names = _read_names(keys, keys_file, everything=everything)
    stack = load_stack(selection)
    distribution_id = stack.output("distribution_id")
    run_name = run_name or new_run_name(datetime.now(UTC))
    items = [EVERYTHING] if everything else [invalidation_item(name) for name in names]
    batches = split_into_batches(items, run_name)
    if dry_run:
        invalidation_report.print_preview(distribution_id, batches, names, as_json=as_json)
        return 0
    for warning in key_arguments.suspicious_keys(names):
        output.print_note(warning)
    run = invalidation_run.Run(
        client=stack.cloudfront(max_attempts=1),
        distribution_id=distribution_id,
        name=run_name,
        batches=batches,
        retry_policy=_retry_policy(stack),
    )
    ids = invalidation_run.send(run)
    if not no_wait:
        invalidation_run.wait(run, ids, max_wait)
    invalidation_report.print_result(run, ids, is_completed=not no_wait, as_json=as_json)
    return 0


def _read_names(keys: Sequence[str], keys_file: str | None, *, everything: bool) -> list[str]:
    """Return the keys and folders. Raises Usage if there are none without `--all`, or some with `--all`."""
    names = key_arguments.read_names(keys, keys_file)
    if everything and (names or keys_file):
        raise Usage("--all invalidates everything: do not combine it with keys, folders or --from")
    if not everything and not names:
        raise Usage("nothing to invalidate: give keys or folders, or a file with --from, or --all")
    return names


def _retry_policy(stack: Stack) -> RetryPolicy:
    if stack.is_local:  # The local engine has no quota, so no pause between batches is needed.
        return RetryPolicy(on_retry=_report_retry, items_per_second=math.inf)
    return RetryPolicy(on_retry=_report_retry)


def _report_retry(seconds: float) -> None:
    output.print_note(f"CloudFront is throttling requests; retrying in {seconds:.1f} s")
