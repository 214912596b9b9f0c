"""python -m ops: one command at a time; each is a file of its own."""

import argparse
import io
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from ops.aws.error_messages import explain
from ops.commands import compare, cost, invalidate, prices, redrive, status, sweep, warm
from ops.console import output
from ops.errors import BUG, Failed, Interrupted, OpsError

_COMMANDS: Final = {
    "invalidate": invalidate,
    "warm": warm,
    "status": status,
    "redrive": redrive,
    "sweep": sweep,
    "cost": cost,
    "compare": compare,
    "prices": prices,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status. Arguments that cannot be used, and --help, end in SystemExit as argparse has it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a key may hold what the terminal's encoding does not
    options = _parsed(arguments)
    told = options.debug or bool(os.environ.get("OPS_DEBUG"))
    try:
        return _ended(lambda: options.execute(options))
    except OpsError as error:
        if told:
            traceback.print_exception(error)
        output.note(f"python -m ops {options.command}: {error}")
        return error.status
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whoever read has seen enough; nothing is left to be flushed
        return Failed.status
    except Exception as error:  # noqa: BLE001  # the one place where everything ends
        return _bug(error, told=told)


def _ended(run: Callable[[], int]) -> int:
    """What the command returns, or one of our own errors."""
    try:
        status = run()
        sys.stdout.flush()
    except (ClientError, BotoCoreError) as error:
        raise Failed(explain(error)) from error
    except KeyboardInterrupt:
        raise Interrupted("interrupted") from None
    return status


def _bug(error: Exception, *, told: bool) -> int:
    if told:
        traceback.print_exception(error)
    output.note(
        f"python -m ops: this is a bug; please report it to the project's maintainers, with the command and what "
        f"--debug adds: {type(error).__name__}: {error}"
    )
    return BUG


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Names may stand anywhere, and which stack it is about before the command too; argparse has one place for each."""
    parser = _parser()
    given = sys.argv[1:] if arguments is None else [*arguments]
    values = {place + 1 for place, word in enumerate(given) if word in ("--stack", "--outputs")}
    place = next((place for place, word in enumerate(given) if word in _COMMANDS and place not in values), 0)
    options, others = parser.parse_known_args([*given[place : place + 1], *given[:place], *given[place + 1 :]])
    if others and (not hasattr(options, "names") or any(other.startswith("-") for other in others)):
        parser.error(f"unrecognized arguments: {' '.join(others)}")
    if others:
        options.names = [*options.names, *others]
    return options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ops",
        description="What people do to a stack that runs, and what it costs.",
        epilog="Ends with 0 done, 1 failed, 2 wrong command line, 3 bug, 130 interrupted.",
    )
    commands = parser.add_subparsers(title="commands", metavar="command", required=True, dest="command")
    for name, module in _COMMANDS.items():
        said = (module.__doc__ or "").partition(": ")[2]
        usage = f"python -m ops {name} {getattr(module, 'USAGE', '[options]')}"
        command = commands.add_parser(name, help=said, description=said, usage=usage)
        command.set_defaults(execute=module.run)
        module.options(command)
        command.add_argument("--debug", action="store_true", help="show where an error comes from")
    return parser


if __name__ == "__main__":
    sys.exit(main())
