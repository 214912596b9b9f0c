"""The output of `sweep`: the versions and the results of deletions, as tables or as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from ops.aws.function_versions import ClassifiedVersion, Deletion, Target
from ops.aws.stack import GLOBAL_REGION
from ops.console import output
from ops.console.formatting import format_number


def print_versions(function: str, versions: Sequence[ClassifiedVersion]) -> None:
    """Print a table of the versions, with the reason why the command keeps a version."""
    output.print_line(f"{function}, in {GLOBAL_REGION}\n")
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


def print_deletions(function: str, targets: Sequence[Target], deletions: Mapping[Target, Deletion]) -> None:
    """Print a table of the deletions, or that there is nothing to delete. After a dry run, `deletions` is empty."""
    if not targets:
        output.print_line("\nnothing to delete")
    elif deletions:
        rows = [(str(target.number) if target else function, deletion.text) for target, deletion in deletions.items()]
        output.print_line("")
        output.print_table(("version", "result"), rows)


def print_json(
    function: str,
    versions: Sequence[ClassifiedVersion],
    deletions: Mapping[Target, Deletion],
    *,
    all_versions: bool,
) -> None:
    """Print the versions and the outcomes as one JSON object. An outcome is null without an attempt to delete."""

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
