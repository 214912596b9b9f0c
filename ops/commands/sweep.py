"""python -m ops sweep: deletes versions of the edge function that nobody uses, after it has shown them."""

import argparse
from collections.abc import Sequence
from typing import Any, Final

from common.contract import PROJECT
from ops.aws import stack
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
from ops.aws.stack import Stack
from ops.console import output
from ops.console.argument_types import integer_between
from ops.console.formatting import format_number
from ops.errors import Failed, Interrupted, Usage

_OURS: Final = f"{PROJECT}-"


def options(parser: argparse.ArgumentParser) -> None:
    """Those of the command."""
    parser.add_argument("--function", metavar="NAME", help="name or ARN of the edge function, when its stack is gone")
    parser.add_argument(
        "--keep",
        type=integer_between(1, 1000),
        default=5,
        metavar="N",
        help="how many of the newest stay to go back to (5)",
    )
    parser.add_argument("--all-versions", action="store_true", help="when the stack is gone: the function itself")
    parser.add_argument("--dry-run", action="store_true", help="only show them")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--json", action="store_true", help="for machines")
    stack.add_stack_options(parser)


def run(given: argparse.Namespace) -> int:
    """1 if one could not be deleted for another reason than that its replicas are still there."""
    output.require_confirmation_option(given)
    found, function = _function(given)
    client = found.client("lambda")
    told = _verdicts(given, found, client, function)
    going: list[Version | None] = [None] if given.all_versions else [one.version for one in told if one.is_deletable]
    if not given.json:
        _show(function, told)
    outcomes: dict[Version | None, Deletion] = {}
    if going and not given.dry_run and (given.yes or output.confirm(_question(function, going))):
        _delete(client, function, going, outcomes)
    return _report(given, function, told, going, outcomes)


def _function(given: argparse.Namespace) -> tuple[Stack, str]:
    if given.function:
        name = given.function.rpartition(":function:")[2].partition(":")[0]
        if not name.startswith(_OURS):
            raise Usage(f"{name} is no function of this project: their names begin with {_OURS}")
        named = given.stack or given.outputs or given.local
        return (stack.load_stack(given) if named else Stack(name=None, outputs={})), name
    found = stack.load_stack(given)
    left = [str(arn) for arn in found.outputs.get("left_after_destroy") or [] if ":function:" in str(arn)]
    name = found.outputs.get("edge_function_name") or "".join(left[:1]).rpartition(":function:")[2]
    if not name:
        raise Failed("the stack has no edge_function_name: when it is gone, name its function with --function NAME")
    return found, name


def _verdicts(given: argparse.Namespace, found: Stack, client: Any, function: str) -> list[ClassifiedVersion]:
    """Of all versions. Failed where nothing may go: there are none, or the whole is asked for and is in use."""
    there = list_versions(client, function)
    if not there:
        raise Failed(
            f"there is no function {function} with versions in us-east-1: is it the right account (AWS_PROFILE)?"
        )
    current = found.outputs.get("edge_function_arn") if function == found.outputs.get("edge_function_name") else None
    told = classify_versions(
        there, find_distributions_by_version(found.client("cloudfront")), current=current, keep=given.keep
    )
    if not given.all_versions:
        return told
    if in_use := [f"version {one.version.number} is {one.reason}" for one in told if one.retention is Retention.IN_USE]:
        raise Failed(f"{function} is in use ({'; '.join(in_use)}): --all-versions is for after pulumi destroy")
    return [ClassifiedVersion(version=one.version, retention=Retention.DELETABLE) for one in told]


def _show(function: str, told: Sequence[ClassifiedVersion]) -> None:
    output.line(f"{function}, in us-east-1\n")
    rows = [
        (
            str(one.version.number),
            one.version.modified[:16],
            format_number(one.version.size),
            one.reason or "can be deleted",
        )
        for one in told
    ]
    output.table(("version", "published", "bytes", ""), rows, right=(0, 2))


def _question(function: str, going: Sequence[Version | None]) -> str:
    what = f"the function {function} with all its versions" if None in going else f"{len(going)} versions"
    return f"delete {what}? They cannot be had back, only built anew."


def _delete(
    client: Any, function: str, going: Sequence[Version | None], outcomes: dict[Version | None, Deletion]
) -> None:
    with output.progress("deleting", len(going)) as advance:
        try:
            for version in going:
                outcomes[version] = delete_version(client, function, version)
                advance(1)
        except KeyboardInterrupt:
            gone = sum(deletion.outcome is DeletionOutcome.DELETED for deletion in outcomes.values())
            raise Interrupted(f"interrupted; {gone} of {len(going)} are gone: the same again goes on") from None


def _report(
    given: argparse.Namespace,
    function: str,
    told: Sequence[ClassifiedVersion],
    going: Sequence[Version | None],
    outcomes: dict[Version | None, Deletion],
) -> int:
    if given.json:
        whole_outcome = {"outcome": _text(outcomes.get(None))} if given.all_versions else {}
        rows = [
            {"version": one.version.number, "arn": one.version.arn, "stays": one.reason or None}
            | {"outcome": _text(outcomes.get(one.version))}
            for one in told
        ]
        output.json_result({"function": function, "versions": rows} | whole_outcome)
    elif not going:
        output.line("\nnothing to delete")
    elif outcomes:
        rows = [(str(version.number) if version else function, deletion.text) for version, deletion in outcomes.items()]
        output.line("")
        output.table(("deleted", ""), rows)
    has_failed = any(deletion.outcome is DeletionOutcome.FAILED for deletion in outcomes.values())
    return Failed.status if has_failed else 0


def _text(deletion: Deletion | None) -> str | None:
    return deletion.text if deletion else None
