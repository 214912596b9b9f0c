"""The command `sweep`, which deletes unused versions of the edge function."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import click

from common.contract import PROJECT
from ops.aws.function_versions import (
    ClassifiedVersion,
    Deletion,
    DeletionOutcome,
    Retention,
    Target,
    classify_versions,
    delete_version,
    find_distributions_by_version,
    list_versions,
)
from ops.aws.stack import GLOBAL_REGION, Stack, load_stack
from ops.commands import sweep_report
from ops.console import confirmation, output
from ops.console.argument_types import IntegerRange, Text
from ops.console.stack_options import StackSelection, aws_stack_options, json_option
from ops.errors import Failed, Interrupted, Usage

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient

_FUNCTION_NAME_PREFIX: Final = f"{PROJECT}-"


@click.command(short_help="Delete unused versions of the edge function.")
@click.option(
    "--function", type=Text(), metavar="NAME", help="The name or ARN of an edge function whose stack was destroyed."
)
@click.option(
    "--keep",
    type=IntegerRange(1, 1000),
    default=5,
    show_default=True,
    metavar="N",
    help="The number of newest versions to keep for a rollback.",
)
@click.option(
    "--all-versions", is_flag=True, help="Delete the function with all its versions. Its stack must be destroyed."
)
@click.option("--dry-run", is_flag=True, help="Show the versions without deleting them.")
@confirmation.yes_option
@json_option
@aws_stack_options
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
    deleted. A version whose replicas still exist does not count as a failure.
    """
    confirmation.require_confirmation(yes=yes, dry_run=dry_run, as_json=as_json)
    stack, function_name = _find_function(function, selection)
    client = stack.lambda_()
    versions = _classify(stack, client, function_name, keep)
    if all_versions:
        versions = _require_unused(function_name, versions)
    targets: list[Target] = (
        [None] if all_versions else [classified.version for classified in versions if classified.is_deletable]
    )
    if not as_json:
        sweep_report.print_versions(function_name, versions)
    is_confirmed = bool(targets) and not dry_run and confirmation.confirm(_question(function_name, targets), yes=yes)
    deletions = _delete(client, function_name, targets) if is_confirmed else {}
    if as_json:
        sweep_report.print_json(function_name, versions, deletions, all_versions=all_versions)
    else:
        sweep_report.print_deletions(function_name, targets, deletions)
    has_failed = any(deletion.outcome is DeletionOutcome.FAILED for deletion in deletions.values())
    return Failed.status if has_failed else 0


def _find_function(function: str | None, selection: StackSelection) -> tuple[Stack, str]:
    """Return the stack and the name of its edge function.

    `function` is the value of `--function`. Without options that select a stack, the returned stack has no outputs.
    """
    is_stack_selected = selection != StackSelection()
    if function:
        name = function.rpartition(":function:")[2].partition(":")[0]
        if not name.startswith(_FUNCTION_NAME_PREFIX):
            raise Usage(
                f"{name} is not a function of this project: give a name that begins with {_FUNCTION_NAME_PREFIX}"
            )
        return (load_stack(selection) if is_stack_selected else Stack(name=None, outputs={})), name
    if not is_stack_selected:
        raise Usage(
            "no stack is selected: add --stack NAME or --outputs FILE, or --function NAME if the stack was destroyed"
        )
    stack = load_stack(selection)
    name = stack.outputs.get("edge_function_name") or _name_after_destroy(stack)
    if not name:
        raise Failed(
            "the stack has no output edge_function_name: if the stack was destroyed, give the name of its function "
            "with --function NAME"
        )
    return stack, name


def _name_after_destroy(stack: Stack) -> str:
    """Return the name of the function that `pulumi destroy` has not deleted, or an empty string."""
    arns = [str(arn) for arn in stack.outputs.get("left_after_destroy") or [] if ":function:" in str(arn)]
    return arns[0].rpartition(":function:")[2] if arns else ""


def _classify(stack: Stack, client: "LambdaClient", function: str, keep: int) -> list[ClassifiedVersion]:
    """Return all versions, newest first. Raises Failed if there are none."""
    versions = list_versions(client, function)
    if not versions:
        raise Failed(
            f"there is no function {function} with versions in {GLOBAL_REGION}: check the account (AWS_PROFILE)"
        )
    is_of_stack = function == stack.outputs.get("edge_function_name")
    return classify_versions(
        versions,
        find_distributions_by_version(stack.cloudfront()),
        current=stack.outputs.get("edge_function_arn") if is_of_stack else None,
        keep=keep,
    )


def _require_unused(function: str, versions: Sequence[ClassifiedVersion]) -> list[ClassifiedVersion]:
    """Return all versions as deletable. Raises Failed if a version is in use."""
    uses = [
        f"version {classified.version.number} is {classified.reason}"
        for classified in versions
        if classified.retention is Retention.IN_USE
    ]
    if uses:
        raise Failed(f"{function} is in use ({'; '.join(uses)}): destroy its stack before you use --all-versions")
    return [ClassifiedVersion(version=classified.version, retention=Retention.DELETABLE) for classified in versions]


def _question(function: str, targets: Sequence[Target]) -> str:
    if None in targets:
        subject = f"the function {function} with all its versions"
    else:
        subject = "1 version" if len(targets) == 1 else f"{len(targets)} versions"
    return f"delete {subject}? A deleted version cannot be restored, only built again."


def _delete(client: "LambdaClient", function: str, targets: Sequence[Target]) -> dict[Target, Deletion]:
    """Delete the targets, and return the result by target. A failed deletion does not prevent the others."""
    deletions: dict[Target, Deletion] = {}
    with output.progress_bar("deleting", len(targets)) as advance:
        try:
            for target in targets:
                deletions[target] = delete_version(client, function, target)
                advance(1)
        except KeyboardInterrupt:
            deleted = sum(deletion.outcome is DeletionOutcome.DELETED for deletion in deletions.values())
            raise Interrupted(
                f"interrupted; {deleted} of {len(targets)} deletions are done: repeat the command to continue"
            ) from None
    return deletions
