"""The command `invalidate`, which removes renditions from CloudFront's caches by their cache tags."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

import click

from common.invalidation import EVERYTHING, invalidation_item, new_run_name, split_into_batches
from common.retry import RetryPolicy
from ops.aws.stack import Stack, load_stack
from ops.commands import invalidation_report, invalidation_run
from ops.commands.invalidation_check import check_names
from ops.commands.invalidation_run import Run
from ops.console import confirmation, key_arguments, output
from ops.console.argument_types import IntegerRange, RunName, Text
from ops.console.stack_options import StackSelection, json_option, stack_options
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
@key_arguments.literal_option
@click.option("--strict", is_flag=True, help="Fail if the bucket never had one of the keys or folders.")
@click.option("--dry-run", is_flag=True, help="Show the invalidations and their price, without sending them.")
@confirmation.yes_option
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
@json_option
@stack_options
def invalidate(
    *,
    keys: Sequence[str],
    keys_file: str | None,
    everything: bool,
    literal: bool,
    strict: bool,
    dry_run: bool,
    yes: bool,
    no_wait: bool,
    max_wait: int,
    run_name: str | None,
    as_json: bool,
    selection: StackSelection,
) -> int:
    """Create CloudFront invalidations for originals and all their renditions.

    The command invalidates one cache tag for each key. For a folder, one cache tag covers everything below the folder.

    The command asks for confirmation before it invalidates everything, more than 10 folders, or paths for more than 10
    USD. The exit status is 0 after the answer no, because the command did what the operator wanted, and 2 if it cannot
    ask.
    """
    names = _read_names(keys, keys_file, everything=everything, literal=literal)
    stack = load_stack(selection)
    if not literal:
        _refuse_hosts(stack, names)
    run = _plan_run(stack, names, run_name)
    question = None if dry_run else invalidation_report.question(run.stack, names)
    if question and not yes:
        confirmation.require_terminal(question)
    for warning in key_arguments.suspicious_keys(names):
        output.print_note(f"warning: {warning}")
    check_names(stack, names, is_strict=strict)
    if dry_run:
        invalidation_report.print_preview(run, names, as_json=as_json)
        return 0
    if question and not confirmation.confirm(question, yes=yes):
        invalidation_report.print_refusal(run, as_json=as_json)
        return 0
    sent = invalidation_run.send(run)
    if not no_wait:
        invalidation_run.wait(run, sent, max_wait)
    invalidation_report.print_result(run, sent, is_completed=not no_wait, as_json=as_json)
    return 0


def _read_names(keys: Sequence[str], keys_file: str | None, *, everything: bool, literal: bool) -> list[str]:
    """Return the keys and folders. Raises Usage if there are none without `--all`, or some with `--all`."""
    names = key_arguments.read_names(keys, keys_file, literal=literal)
    if everything and (names or keys_file):
        raise Usage("--all invalidates everything: do not combine it with keys, folders or --from")
    if not everything and not names:
        raise Usage("nothing to invalidate: give keys or folders, or a file with --from, or --all")
    return names


def _refuse_hosts(stack: Stack, names: Sequence[str]) -> None:
    hosts = {urlsplit(stack.outputs.get("url", "")).netloc, stack.outputs.get("distribution_domain_name", "")} - {""}
    key_arguments.refuse_hosts(names, hosts, stack.outputs.get("originals_bucket", ""))


def _plan_run(stack: Stack, names: Sequence[str], run_name: str | None) -> Run:
    """Return the run that invalidates the names, or everything if there are none."""
    distribution_id = stack.output("distribution_id")
    name = run_name or new_run_name(datetime.now(UTC))
    return Run(
        client=stack.cloudfront(max_attempts=1),
        stack=f"{stack.name or distribution_id}{' (local engine)' if stack.is_local else ''}",
        distribution_id=distribution_id,
        name=name,
        is_repeated=run_name is not None,
        batches=split_into_batches([invalidation_item(key) for key in names] or [EVERYTHING], name),
        retry_policy=_retry_policy(stack),
    )


def _retry_policy(stack: Stack) -> RetryPolicy:
    if stack.is_local:  # The local engine has no quota, so no pause between batches is needed.
        return RetryPolicy(on_retry=_report_retry, items_per_second=math.inf)
    return RetryPolicy(on_retry=_report_retry)


def _report_retry(seconds: float) -> None:
    output.print_note(f"CloudFront is throttling requests; retrying in {seconds:.1f} s")
