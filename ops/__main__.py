"""The command line: `python -m ops COMMAND`. Every command is a module of `ops.commands`."""

import errno
import io
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any, Final

import click
from botocore.exceptions import BotoCoreError, ClientError

from ops.aws.error_messages import explain
from ops.commands.compare import compare
from ops.commands.cost import cost
from ops.commands.dashboard import dashboard
from ops.commands.invalidate import invalidate
from ops.commands.logs import logs
from ops.commands.page import page
from ops.commands.prices import prices
from ops.commands.redrive import redrive
from ops.commands.status import status
from ops.commands.sweep import sweep
from ops.commands.warm import warm
from ops.console import output
from ops.console.stack_options import is_debug, stack_selection_options
from ops.errors import BUG, Failed, Interrupted, OpsError

PROGRAM: Final = os.environ.get("OPS_PROGRAM", "python -m ops")
"""The name of the command in messages. `bin/ops` sets it to its own name."""
_WRITE_ERRORS: Final = (errno.EDQUOT, errno.EFBIG, errno.EIO, errno.ENOSPC, errno.EPIPE)
"""The errors of a full disk, a disk that fails, and a pipe whose reader has closed it."""


@click.group(
    commands=[invalidate, warm, status, logs, dashboard, page, redrive, sweep, cost, compare, prices],
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit status: 0 done, 1 failed, 2 wrong command line, 3 bug, 130 interrupted.",
)
@stack_selection_options
@click.pass_context
def cli(context: click.Context, **selection: Any) -> None:
    """Operate a deployed stack and estimate its cost.

    The options that select the stack can be before or after COMMAND. Put -- before keys that begin with a dash.
    """
    name = context.invoked_subcommand or ""
    command = cli.get_command(context, name)
    accepted = {parameter.name for parameter in command.params} if command else set[str | None]()
    defaults = {option: value for option, value in selection.items() if value}
    if unused := [f"--{option}" for option in defaults if option not in accepted]:
        raise click.UsageError(f"{name} does not use {', '.join(unused)}.", context)
    context.default_map = {name: defaults}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status.

    Raises SystemExit with status 0 after `--help`, and with status 2 if Click rejects the command line.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A key may contain characters that the encoding of the terminal does not have.
            stream.reconfigure(errors="backslashreplace")
    try:
        # Without arguments, the command lists its commands.
        words = [*(sys.argv[1:] if arguments is None else arguments)] or ["--help"]
        with cli.make_context(PROGRAM, words) as context:
            exit_status = _run_command(context)
        sys.stdout.flush()
    except click.exceptions.Exit as help_shown:
        raise SystemExit(help_shown.exit_code) from None
    except click.UsageError as error:
        _print_usage_error(error)
        raise SystemExit(error.exit_code) from None
    except OSError as error:
        if error.errno not in _WRITE_ERRORS:
            raise
        return _discard_output(error)
    return exit_status


def _discard_output(error: OSError) -> int:
    """Return the exit status after standard output could not be written."""
    # Without this line, Python would raise the error again when it flushes standard output at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    # Programs such as head close the pipe when they have read enough, so a closed pipe needs no message.
    if not isinstance(error, BrokenPipeError):
        output.print_note(f"{PROGRAM}: the output cannot be written completely: {error.strerror}")
    return Failed.status


def _run_command(context: click.Context) -> int:
    try:
        return _invoke(context)
    except OpsError as error:
        _print_traceback(context, error)
        output.print_note(f"{PROGRAM} {context.invoked_subcommand}: {error}")
        return error.status
    except (click.UsageError, click.exceptions.Exit):
        raise
    except Exception as error:  # any other exception is a bug
        if isinstance(error, OSError) and error.errno in _WRITE_ERRORS:
            raise
        _print_traceback(context, error)
        output.print_note(
            f"{PROGRAM}: this is a bug; please report it to the project's maintainers, with the command and the "
            f"output of --debug: {type(error).__name__}: {error}"
        )
        return BUG


def _invoke(context: click.Context) -> int:
    """Run the command and return its exit status.

    Raises Failed if AWS rejects a request, and Interrupted if the operator presses Ctrl-C.
    """
    try:
        exit_status: int = cli.invoke(context)
    except (ClientError, BotoCoreError) as error:
        raise Failed(explain(error)) from error
    except KeyboardInterrupt:
        raise Interrupted("interrupted") from None
    except click.UsageError as error:
        command = cli.commands.get(context.invoked_subcommand or "")
        if error.ctx is None and command:  # Click does not name the command if an option has no value
            error.ctx = click.Context(command, parent=context, info_name=command.name)
        raise
    return exit_status


def _print_traceback(context: click.Context, error: Exception) -> None:
    if is_debug(context) or os.environ.get("OPS_DEBUG"):
        traceback.print_exception(error)


def _print_usage_error(error: click.UsageError) -> None:
    command = error.ctx.command_path if error.ctx else PROGRAM
    if error.ctx:
        output.print_note(error.ctx.get_usage())
    output.print_note(f"{command}: {error.format_message()}\nTry '{command} --help' for help.")


if __name__ == "__main__":
    sys.exit(main())
