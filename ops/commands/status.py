"""python -m ops status: how the stack is, on one screen."""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime

from ops.aws import stack
from ops.aws.health import HealthCheck, check_health
from ops.console import output
from ops.errors import Failed


def options(parser: argparse.ArgumentParser) -> None:
    """Those of the command."""
    parser.add_argument("--json", action="store_true", help="for machines")
    stack.add_stack_options(parser)


def run(given: argparse.Namespace) -> int:
    """1 if one of the lines could not be had; what they say changes nothing about it."""
    found = stack.load_stack(given)
    told = check_health(found, datetime.now(UTC))
    if given.json:
        output.json_result({"stack": found.name} | {line.name.replace(" ", "_"): line.value for line in told})
    else:
        show(found.name, told)
    return 0 if all(line.is_known for line in told) else Failed.status


def show(name: str | None, told: Sequence[HealthCheck]) -> None:
    """The screen."""
    rows = [("stack", name or "of unknown name"), *((line.name, line.text) for line in told)]
    output.table(("", ""), rows)
