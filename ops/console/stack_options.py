"""The Click options that commands share: the selection of a stack, `--json` and `--debug`."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import click

from ops.console.argument_types import Text

_DEBUG: Final = "ops.debug"
"""The key of the `--debug` flag in `meta` of the Click context, which a group and its commands share."""

Callback = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSelection:
    """The values of the options that select a stack."""

    stack: str | None = None
    """The name of a Pulumi stack; with `local`, the name of a stack that the local engine serves."""
    outputs: str | None = None
    """The path of a file with the output of `pulumi stack output --json`."""
    local: bool = False
    """Whether to use the running local engine instead of AWS."""


def json_option(callback: Callback) -> Callback:
    """Add `--json` as the argument `as_json` of the callback."""
    return click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")(callback)


def debug_option(callback: Callback) -> Callback:
    """Add `--debug`, which `is_debug` reads."""
    return click.option(
        "--debug",
        is_flag=True,
        expose_value=False,
        callback=_remember_debug,
        help="Show tracebacks of errors.",
    )(callback)


def stack_selection_options(callback: Callback) -> Callback:
    """Add `--debug`, and `--stack`, `--outputs` and `--local` as three arguments of the callback."""
    stack_help = "Use the outputs of this Pulumi stack. With --local: use this local stack instead of dev."
    local_option = click.option("--local", is_flag=True, help="Use the running local engine (make run) instead of AWS.")
    return _aws_stack_options(local_option(debug_option(callback)), stack_help)


def stack_options(callback: Callback) -> Callback:
    """Add `--debug`, and the options that select a stack as one argument `selection` of the callback."""
    return stack_selection_options(_with_selection(callback))


def aws_stack_options(callback: Callback) -> Callback:
    """Add the same as `stack_options` without `--local`, for a command that the local engine does not support."""
    return _aws_stack_options(debug_option(_with_selection(callback)), "Use the outputs of this Pulumi stack.")


def _aws_stack_options(callback: Callback, stack_help: str) -> Callback:
    outputs_option = click.option(
        "--outputs",
        type=Text(),
        metavar="FILE",
        help="Read the outputs from a file written by `pulumi stack output --json`.",
    )
    return click.option("--stack", type=Text(), metavar="NAME", help=stack_help)(outputs_option(callback))


def _with_selection(callback: Callback) -> Callback:
    @functools.wraps(callback)
    def with_selection(
        *args: Any, stack: str | None, outputs: str | None, local: bool = False, **parameters: Any
    ) -> Any:
        return callback(*args, selection=StackSelection(stack=stack, outputs=outputs, local=local), **parameters)

    return with_selection


def is_debug(context: click.Context) -> bool:
    """Return whether the command line contains `--debug`, before or after the command."""
    return bool(context.meta.get(_DEBUG))


def _remember_debug(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        context.meta[_DEBUG] = True
