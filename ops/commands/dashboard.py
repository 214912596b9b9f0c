"""The command `dashboard`, which draws a dashboard with its data, without the console of AWS."""

import importlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click

from ops.aws.dashboards import NAMES, count_widgets, read_dashboard
from ops.aws.stack import load_stack
from ops.console import output
from ops.console.argument_types import IntegerRange, Text
from ops.console.stack_options import StackSelection, stack_options
from ops.errors import Failed, Usage

_WRITERS: Final = {".png": ("ops.drawing.picture", "write_picture"), ".html": ("ops.drawing.html_page", "write_page")}


@click.command(short_help="Draw a dashboard as a picture or a page.")
@click.option("--preview", type=Text(), required=True, metavar="FILE", help="The file to write: FILE.png or FILE.html.")
@click.option("--name", type=click.Choice(NAMES), default="application", show_default=True, help="The dashboard.")
@click.option(
    "--hours",
    type=IntegerRange(1, 336),
    default=3,
    show_default=True,
    metavar="N",
    help="How many hours the graphs show.",
)
@stack_options
def dashboard(*, preview: str, name: str, hours: int, selection: StackSelection) -> int:
    """Draw a dashboard of the stack with its data, as the console of CloudWatch lays it out.

    The command reads the dashboard and its metrics from CloudWatch, and writes a file that needs no AWS account.
    """
    path = Path(preview)
    if path.suffix.lower() not in _WRITERS:
        raise Usage(f"{preview} ends neither with .png nor with .html")
    write = _writer(path.suffix.lower())
    stack = load_stack(selection)
    now = datetime.now(UTC)
    widgets: list[Any] = []
    with output.progress_bar("Widgets", count_widgets(stack, name)) as advance:
        for widget in read_dashboard(stack, name, now, hours):
            widgets.append(widget)
            advance(1)
    title = f"{stack.outputs['dashboards'][name]}, {hours} h to {now:%Y-%m-%d %H:%M} UTC"
    try:
        write(path, title, widgets)
    except OSError as error:
        raise Failed(f"{preview} cannot be written: {error.strerror}") from error
    graphs = [widget for widget in widgets if widget.kind == "metric"]
    empty = sum(not any(line.values for line in widget.series) for widget in graphs)
    output.print_line(f"{preview}: graphs {len(graphs)}, without data {empty}")
    for error in dict.fromkeys(widget.error for widget in graphs if widget.error):
        output.print_note(error)
    return Failed.status if any(widget.error for widget in graphs) else 0


def _writer(suffix: str) -> Any:
    """Return the function that writes the file. The module needs matplotlib, which operators may not have."""
    module, function = _WRITERS[suffix]
    try:
        return getattr(importlib.import_module(module), function)
    except ModuleNotFoundError as error:
        raise Failed(f"{error.name} is not installed: run make setup, or install matplotlib with pip") from error
