"""What people see: results on standard output, all the rest on standard error; the only file that knows rich."""

import argparse
import contextlib
import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from ops.errors import Interrupted, Usage

Advance = Callable[[int], None]

_STYLES = {"error": "red", "deleted": "green", "hit": "green", "miss": "yellow"}
_ENDLESS = 1_000_000
"""Columns of what is no terminal: a file has no edge at which to cut."""


def line(text: str) -> None:
    """A line of the result."""
    sys.stdout.write(f"{escape_control_characters(text)}\n")


def json_result(value: Any) -> None:
    """The result as JSON."""
    sys.stdout.write(f"{json.dumps(value, indent=2)}\n")


def note(text: str) -> None:
    """A line beside the result."""
    sys.stderr.write(f"{escape_control_characters(text)}\n")
    sys.stderr.flush()


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> None:
    """A part of the result; the columns in `right` are numbers. Coloured and folded for a terminal, never in a file."""
    drawn = Table(box=None, pad_edge=False, show_header=any(head), header_style="bold", padding=(0, 2, 0, 0))
    for place, title in enumerate(head):
        side = "right" if place in right else "left"
        drawn.add_column(Text(title), justify=side, overflow="fold", no_wrap=not sys.stdout.isatty())
    for row in rows:
        drawn.add_row(*(Text(escape_control_characters(cell), style=_STYLES.get(cell, "")) for cell in row))
    console = Console(file=sys.stdout)
    if console.is_terminal:
        console.print(drawn)
        return
    kept = io.StringIO()
    Console(file=kept, width=_ENDLESS, color_system=None).print(drawn)
    sys.stdout.writelines(f"{line.rstrip()}\n" for line in kept.getvalue().splitlines())


@contextlib.contextmanager
def progress(what: str, total: int) -> Iterator[Advance]:
    """A bar on standard error, if that is a terminal. What is said meanwhile with `note` stands above it."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=console, disable=not console.is_terminal, transient=True, redirect_stdout=False
    ) as bar:
        task = bar.add_task(what, total=total)
        yield lambda steps: bar.advance(task, steps)


def confirm(question: str) -> bool:
    """What whoever sits there answers; no, unless it is y or yes."""
    note("")
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    try:
        answer = sys.stdin.readline()
    except KeyboardInterrupt:
        raise Interrupted("interrupted: nothing was changed") from None
    return answer.strip().lower() in ("y", "yes")


def require_confirmation_option(given: argparse.Namespace) -> None:
    """Usage where a question would have to be asked, and nobody could answer it."""
    if given.yes or given.dry_run:
        return
    if given.json:
        raise Usage("--json asks nobody: --yes does it without asking, --dry-run only shows")
    if not sys.stdin.isatty():
        raise Usage("there is no terminal on which to ask: --yes does it without asking, --dry-run only shows")


def escape_control_characters(text: str) -> str:
    """Control characters written out: what a bucket or a queue holds must not move anybody's cursor."""
    return "".join(
        character if character.isprintable() or character == "\n" else repr(character)[1:-1] for character in text
    )
