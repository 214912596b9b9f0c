"""Functions for the cog blocks of the pages in this folder, which write the output of commands into the pages.

`PYTHONPATH=. cog -r docs/cost.md docs/operations.md` updates the pages; `cog --check` checks that they are current.
"""

import contextlib
import io
import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ops.__main__ import main

EXAMPLE_OUTPUTS: Final = Path(__file__).parent / "examples" / "outputs.json"
"""The outputs that the commands on the pages use for the stack prod."""
COLUMNS: Final = 100
"""The width of help texts on the pages, in columns."""


def show(command: str) -> None:
    """Write a console block with `python -m ops`, the command and its output."""
    _write(f"```console\n$ python -m ops {command}\n{command_output(command)}```\n")


def markdown(command: str) -> None:
    """Write the output of a command that prints Markdown, between empty lines."""
    _write(f"\n{command_output(command)}\n")


def command_output(command: str) -> str:
    """Return the standard output of a command. Raises RuntimeError if the command fails.

    `--stack prod` is replaced by the example outputs, so that the command needs neither Pulumi nor a network.
    """
    arguments = shlex.split(command.replace("--stack prod", f"--outputs {shlex.quote(str(EXAMPLE_OUTPUTS))}"))
    captured = io.StringIO()
    with contextlib.redirect_stdout(captured), _terminal_width(COLUMNS):
        try:
            status: object = main(arguments)
        except SystemExit as ended:  # --help raises SystemExit
            status = ended.code
    if status:
        raise RuntimeError(f"python -m ops {command} ended with status {status}")
    return captured.getvalue()


def _write(text: str) -> None:
    import cog  # cogapp provides this module only while it runs the blocks of a page

    cog.out(text)


@contextlib.contextmanager
def _terminal_width(columns: int) -> Iterator[None]:
    """Set the width that Click reads from the environment variable COLUMNS."""
    previous = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = str(columns)
    try:
        yield
    finally:
        if previous is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = previous
