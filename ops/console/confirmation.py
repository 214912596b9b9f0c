"""The question before an action that is expensive or hard to undo.

An operator who answers no has used the command correctly, so the exit status is 0. A script never reaches the question:
without a terminal and without `--yes`, the exit status is 2.
"""

import sys
from collections.abc import Callable
from typing import Any

import click

from ops.console import output
from ops.errors import Interrupted, Usage


def yes_option(callback: Callable[..., Any]) -> Callable[..., Any]:
    """Add the flag `--yes`, whose value callers pass to `confirm`."""
    return click.option("--yes", is_flag=True, help="Do not ask for confirmation.")(callback)


def require_confirmation(*, yes: bool, dry_run: bool, as_json: bool) -> None:
    """Check that a command which always asks can ask.

    Raises Usage if it cannot, because of `--json` or because standard input is not a terminal.
    """
    if yes or dry_run:
        return
    advice = "use --yes to proceed without confirmation, or --dry-run to change nothing"
    if as_json:
        raise Usage(f"with --json the command cannot ask for confirmation: {advice}")
    if not sys.stdin.isatty():
        raise Usage(f"standard input is not a terminal, so the command cannot ask for confirmation: {advice}")


def require_terminal(question: str) -> None:
    """Check that a command which asks this question can ask it. Raises Usage if standard input is not a terminal.

    A command that sends requests before its question calls this function first, so that a script fails before them.
    """
    if not sys.stdin.isatty():
        raise Usage(
            f"{question} The command cannot ask this question, because standard input is not a terminal. Add --yes to "
            "proceed without the question"
        )


def confirm(question: str, *, yes: bool) -> bool:
    """Ask the operator a question on standard error. Return True only for the replies y and yes.

    With `yes`, return True without the question. Raises Usage if standard input is not a terminal, and Interrupted if
    the operator presses Ctrl-C.
    """
    if yes:
        return True
    require_terminal(question)
    output.print_note("")
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    try:
        reply = sys.stdin.readline()
    except KeyboardInterrupt:
        raise Interrupted("interrupted: nothing was changed") from None
    return reply.strip().lower() in ("y", "yes")
