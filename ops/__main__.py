"""python -m ops: one command at a time; each is a file of its own."""

import argparse
import sys
from collections.abc import Sequence
from typing import Final

from ops import compare, cost, pricelist

_COMMANDS: Final = {"cost": cost, "compare": compare, "prices": pricelist}


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 0 when the command is done. Arguments that cannot be used end in SystemExit with 2."""
    parser = argparse.ArgumentParser(prog="python -m ops", description="What a stack costs.")
    commands = parser.add_subparsers(title="commands", metavar="command", required=True)
    for name, module in _COMMANDS.items():
        sentence = (module.__doc__ or "").partition(": ")[2]
        command = commands.add_parser(
            name, help=sentence, description=sentence, usage=f"python -m ops {name} [options]"
        )
        command.set_defaults(run=module.run)
        module.options(command)
    options = parser.parse_args(arguments)
    return options.run(options)


if __name__ == "__main__":
    sys.exit(main())
