"""The Click options that commands share: which stack a command uses, and whether errors show a traceback."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import click

_DEBUG: Final = "ops.debug"
"""The key in the metadata of the Click context, which a group and its commands share."""

Callback = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSelection:
    """The options that select a stack, as the operator gave them."""

    stack: str | None = None
    """The name of a Pulumi stack, or with `local` the name of a stack that the local engine serves."""
    outputs: str | None = None
    """The path of a file with the output of `pulumi stack output --json`."""
    local: bool = False
    """Whether to use the running local engine instead of AWS."""


def debug_option(callback: Callback) -> Callback:
    """Add `--debug`."""
    return click.option(
        "--debug",
        is_flag=True,
        expose_value=False,
        callback=_remember_debug,
        help="Show the traceback of an error.",
    )(callback)


def stack_selection_options(callback: Callback) -> Callback:
    """Add `--stack`, `--outputs` and `--local` as three arguments of the callback, and `--debug`."""
    options = (
        click.option(
            "--stack",
            metavar="NAME",
            help="Use the outputs of this Pulumi stack. With --local: the name of the local stack (dev).",
        ),
        click.option(
            "--outputs",
            metavar="FILE",
            help="Use the output of `pulumi stack output --json` from a file, without Pulumi.",
        ),
        click.option("--local", is_flag=True, help="Use the running local engine (make run) instead of AWS."),
        debug_option,
    )
    for option in reversed(options):
        callback = option(callback)
    return callback


def stack_options(callback: Callback) -> Callback:
    """Add the options that select a stack as one argument `selection` of the callback, and `--debug`."""

    @functools.wraps(callback)
    def with_selection(*args: Any, stack: str | None, outputs: str | None, local: bool, **others: Any) -> Any:
        return callback(*args, selection=StackSelection(stack=stack, outputs=outputs, local=local), **others)

    return stack_selection_options(with_selection)


def is_debug(context: click.Context) -> bool:
    """Return whether `--debug` was given to the group or to the command."""
    return bool(context.meta.get(_DEBUG))


def _remember_debug(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        context.meta[_DEBUG] = True
