"""Output: results go to standard output, everything else to standard error. No other module imports rich."""

import contextlib
import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

Advance = Callable[[int], None]
"""A function that advances a progress bar by a number of steps."""

_STYLES: Final = {"error": "red", "deleted": "green", "hit": "green", "miss": "yellow"}
_UNLIMITED_WIDTH: Final = 1_000_000
"""The width in columns that rich uses for a file or a pipe. The width is so large that rich folds and cuts no line."""


def print_line(text: str) -> None:
    """Print text, which may have several lines, as part of the result."""
    sys.stdout.write(f"{escape_control_characters(text)}\n")


def print_json(value: Any) -> None:
    """Print the result as JSON."""
    sys.stdout.write(f"{json.dumps(value, indent=2)}\n")


def print_note(text: str) -> None:
    """Print text that is not part of the result on standard error."""
    sys.stderr.write(f"{escape_control_characters(text)}\n")
    sys.stderr.flush()


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> None:
    """Print a table as part of the result. The columns with an index in `right` are aligned to the right.

    On a terminal, the table has colors, and long cells are folded. In a file or a pipe, the table has no
    colors and no folded cells.
    """
    table = Table(box=None, pad_edge=False, show_header=any(header), header_style="bold", padding=(0, 2, 0, 0))
    for index, title in enumerate(header):
        justify = "right" if index in right else "left"
        table.add_column(Text(title), justify=justify, overflow="fold", no_wrap=not sys.stdout.isatty())
    for row in rows:
        # A line feed in a cell would let a key look like another row.
        cells = ((cell, escape_control_characters(cell).replace("\n", "\\n")) for cell in row)
        table.add_row(*(Text(text, style=_STYLES.get(cell, "")) for cell, text in cells))
    console = Console(file=sys.stdout)
    if console.is_terminal:
        console.print(table)
        return
    buffer = io.StringIO()
    Console(file=buffer, width=_UNLIMITED_WIDTH, color_system=None).print(table)
    sys.stdout.writelines(f"{line.rstrip()}\n" for line in buffer.getvalue().splitlines())


@contextlib.contextmanager
def progress_bar(description: str, total: int) -> Iterator[Advance]:
    """Show a progress bar if standard error is a terminal. Notes appear above the bar."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=console, disable=not console.is_terminal, transient=True, redirect_stdout=False
    ) as progress:
        task = progress.add_task(description, total=total)
        yield lambda steps: progress.advance(task, steps)


def escape_control_characters(text: str) -> str:
    """Return a text with its control characters as escape sequences.

    Without escape sequences, a key or a message of AWS could control the terminal of the operator.
    """
    return "".join(
        character if character.isprintable() or character == "\n" else repr(character)[1:-1] for character in text
    )
