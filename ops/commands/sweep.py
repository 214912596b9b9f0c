"""The command `sweep`, which deletes unused versions of the edge function."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from common.contract import PROJECT
from ops.aws.function_versions import (
    ClassifiedVersion,
    Deletion,
    DeletionOutcome,
    Retention,
    Version,
    classify_versions,
    delete_version,
    find_distributions_by_version,
    list_versions,
)
from ops.aws.stack import Stack, load_stack
from ops.console import output
from ops.console.argument_types import IntegerRange
from ops.console.formatting import format_number
from ops.console.stack_options import StackSelection, stack_options
from ops.errors import Failed, Interrupted, Usage

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient

_FUNCTION_NAME_PREFIX: Final = f"{PROJECT}-"

Target = Version | None
"""A version, or None for the function with all its versions."""


@click.command
@click.option("--function", metavar="NAME", help="The name or ARN of the edge function, if its stack was destroyed.")
@click.option(
    "--keep",
    type=IntegerRange(1, 1000),
    default=5,
    show_default=True,
    metavar="N",
    help="The number of newest versions to keep for a rollback.",
)
@click.option("--all-versions", is_flag=True, help="Delete the function itself, if its stack was destroyed.")
@click.option("--dry-run", is_flag=True, help="Show the versions, and delete none of them.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@stack_options
def sweep(
    *,
    function: str | None,
    keep: int,
    all_versions: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
    selection: StackSelection,
) -> int:
    """Delete the versions of the edge function that no distribution uses.

    The command shows all versions and asks for confirmation first. The exit status is 1 if a version could not be
    deleted, unless its replicas still exist.
    """
    output.require_confirmation(yes=yes, dry_run=dry_run, as_json=as_json)
    stack, function_name = _find_function(function, selection)
    client = stack.lambda_()
    versions = _classify(stack, client, function_name, keep)
    if all_versions:
        versions = _require_unused(function_name, versions)
    targets: list[Target] = (
        [None] if all_versions else [classified.version for classified in versions if classified.is_deletable]
    )
    if not as_json:
        _print_versions(function_name, versions)
    deletions: dict[Target, Deletion] = {}
    if targets and not dry_run and (yes or output.confirm(_question(function_name, targets))):
        _delete(client, function_name, targets, deletions)
    if as_json:
        _print_json(function_name, versions, deletions, all_versions=all_versions)
    else:
        _print_deletions(function_name, targets, deletions)
    has_failed = any(deletion.outcome is DeletionOutcome.FAILED for deletion in deletions.values())
    return Failed.status if has_failed else 0


def _find_function(function: str | None, selection: StackSelection) -> tuple[Stack, str]:
    """Return the stack, which has no outputs if only the function was given, and the name of the function."""
    if function:
        name = function.rpartition(":function:")[2].partition(":")[0]
        if not name.startswith(_FUNCTION_NAME_PREFIX):
            raise Usage(
                f"{name} is not a function of this project: the names of its functions begin with "
                f"{_FUNCTION_NAME_PREFIX}"
            )
        is_stack_selected = selection != StackSelection()
        return (load_stack(selection) if is_stack_selected else Stack(name=None, outputs={})), name
    stack = load_stack(selection)
    name = stack.outputs.get("edge_function_name") or _name_after_destroy(stack)
    if not name:
        raise Failed(
            "the stack has no output edge_function_name: if the stack was destroyed, give the name of its function "
            "with --function NAME"
        )
    return stack, name


def _name_after_destroy(stack: Stack) -> str:
    """Return the name of the function that `pulumi destroy` has left behind, or an empty string."""
    arns = [str(arn) for arn in stack.outputs.get("left_after_destroy") or [] if ":function:" in str(arn)]
    return arns[0].rpartition(":function:")[2] if arns else ""


def _classify(stack: Stack, client: "LambdaClient", function: str, keep: int) -> list[ClassifiedVersion]:
    """Return all versions, newest first. Failed if there are none."""
    versions = list_versions(client, function)
    if not versions:
        raise Failed(
            f"there is no function {function} with versions in us-east-1: check that the account (AWS_PROFILE) is right"
        )
    is_of_stack = function == stack.outputs.get("edge_function_name")
    return classify_versions(
        versions,
        find_distributions_by_version(stack.cloudfront()),
        current=stack.outputs.get("edge_function_arn") if is_of_stack else None,
        keep=keep,
    )


def _require_unused(function: str, versions: Sequence[ClassifiedVersion]) -> list[ClassifiedVersion]:
    """Return the versions as deletable. Failed if one of them is in use."""
    uses = [
        f"version {classified.version.number} is {classified.reason}"
        for classified in versions
        if classified.retention is Retention.IN_USE
    ]
    if uses:
        raise Failed(f"{function} is in use ({'; '.join(uses)}): --all-versions requires that the stack is destroyed")
    return [ClassifiedVersion(version=classified.version, retention=Retention.DELETABLE) for classified in versions]


def _print_versions(function: str, versions: Sequence[ClassifiedVersion]) -> None:
    output.print_line(f"{function}, in us-east-1\n")
    rows = [
        (
            str(classified.version.number),
            classified.version.modified[:16],
            format_number(classified.version.size),
            classified.reason or "can be deleted",
        )
        for classified in versions
    ]
    output.print_table(("version", "published", "bytes", ""), rows, right=(0, 2))


def _question(function: str, targets: Sequence[Target]) -> str:
    what = f"the function {function} with all its versions" if None in targets else f"{len(targets)} versions"
    return f"delete {what}? A deleted version cannot be restored, only built again."


def _delete(
    client: "LambdaClient", function: str, targets: Sequence[Target], deletions: dict[Target, Deletion]
) -> None:
    """Delete the targets, and record each result in `deletions`."""
    with output.progress_bar("deleting", len(targets)) as advance:
        try:
            for target in targets:
                deletions[target] = delete_version(client, function, target)
                advance(1)
        except KeyboardInterrupt:
            deleted = sum(deletion.outcome is DeletionOutcome.DELETED for deletion in deletions.values())
            raise Interrupted(
                f"interrupted; {deleted} of {len(targets)} were deleted: repeat the command to continue"
            ) from None


def _print_deletions(function: str, targets: Sequence[Target], deletions: dict[Target, Deletion]) -> None:
    if not targets:
        output.print_line("\nnothing to delete")
    elif deletions:
        rows = [(str(target.number) if target else function, deletion.text) for target, deletion in deletions.items()]
        output.print_line("")
        output.print_table(("version", "result"), rows)


def _print_json(
    function: str,
    versions: Sequence[ClassifiedVersion],
    deletions: dict[Target, Deletion],
    *,
    all_versions: bool,
) -> None:
    def outcome(target: Target) -> str | None:
        return deletions[target].text if target in deletions else None

    result: dict[str, Any] = {
        "function": function,
        "versions": [
            {
                "version": classified.version.number,
                "arn": classified.version.arn,
                "kept_because": classified.reason or None,
                "outcome": outcome(classified.version),
            }
            for classified in versions
        ],
    }
    output.print_json(result | ({"outcome": outcome(None)} if all_versions else {}))
