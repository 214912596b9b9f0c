"""The question before an action that is expensive or hard to undo.

An operator who answers no has used the command correctly, so the exit status is 0. A script never reaches the question:
without a terminal and without `--yes`, the exit status is 2.
"""

import sys
from collections.abc import Callable
from typing import Any

import click

from ops.console import output
from ops.errors import Usage


def yes_option(callback: Callable[..., Any]) -> Callable[..., Any]:
    """Add the flag `--yes`, whose value callers pass to `confirm`."""
    return click.option("--yes", is_flag=True, help="Do not ask for confirmation.")(callback)


def confirm(question: str, *, yes: bool) -> bool:
    """Return whether the operator agrees. With `yes`, return True without a question.

    The question is printed on standard error. Only the replies y and yes mean agreement. Raises Usage if standard input
    is not a terminal, and Interrupted if the operator presses Ctrl-C.
    """
    if yes:
        return True
    require_terminal(question)
    return output.confirm(question)


def require_terminal(question: str) -> None:
    """Raise Usage if standard input is not a terminal.

    A command that sends requests before its question calls this function first, so that a script fails before them.
    """
    if not sys.stdin.isatty():
        raise Usage(
            f"{question} The command cannot ask this question, because standard input is not a terminal. Add --yes to "
            "proceed without the question"
        )
