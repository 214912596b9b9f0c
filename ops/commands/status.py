"""The command `status`, which shows the health of a stack on one screen."""

from collections.abc import Sequence
from datetime import UTC, datetime

import click

from ops.aws.health import HealthCheck, check_health
from ops.aws.stack import load_stack
from ops.console import output
from ops.console.stack_options import StackSelection, json_option, stack_options
from ops.errors import Failed


@click.command(short_help="Show the health of a stack on one screen.")
@json_option
@stack_options
def status(*, as_json: bool, selection: StackSelection) -> int:
    """Show the health of a stack on one screen.

    The command checks the distribution, its invalidations, the queues, the alarms and the metrics. The exit status is
    1 if AWS did not provide the data of a check, and otherwise 0, even if a check shows a problem.
    """
    stack = load_stack(selection)
    checks = check_health(stack, datetime.now(UTC))
    if as_json:
        output.print_json({"stack": stack.name} | {check.name.replace(" ", "_"): check.value for check in checks})
    else:
        _print_checks(stack.name, checks)
    return 0 if all(check.is_known for check in checks) else Failed.status


def _print_checks(stack_name: str | None, checks: Sequence[HealthCheck]) -> None:
    rows = [("stack", stack_name or "unknown"), *((check.name, check.text) for check in checks)]
    output.print_table(("", ""), rows)
