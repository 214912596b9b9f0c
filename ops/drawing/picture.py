"""Draws a whole dashboard as a PNG, in the grid of 24 columns of the console."""

import re
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from ops.aws.dashboards import WidgetData
from ops.drawing.charts import INK, MUTED, draw_chart, draw_numbers, legend_rows

_COLUMN: Final = 0.56
"""The width of a grid unit in inches."""
_ROW: Final = 0.42
"""The height of a grid unit in inches."""
_GAP: Final = 0.08
"""The space around each widget in inches."""
_DOTS_PER_INCH: Final = 90
_COLUMNS: Final = 24
_MARKUP: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)|`([^`]*)`|\*\*(.*?)\*\*")
"""A link, code or bold text in Markdown."""
_CHARACTER: Final = 0.068
"""The mean width of a character of a text widget in inches."""


def write_picture(path: Path, title: str, widgets: Sequence[WidgetData]) -> None:
    """Write a PNG with all widgets below the title. Raises OSError if the file cannot be written."""
    rows = max((widget.y + widget.height for widget in widgets), default=1) + 1
    figure = Figure(figsize=(_COLUMNS * _COLUMN, rows * _ROW), facecolor="#f2f3f3")
    figure.text(0.008, 1 - 0.55 / rows, title, fontsize=10, color=MUTED, va="center")
    for widget in widgets:
        _draw_widget(figure, rows, widget)
    figure.savefig(path, dpi=_DOTS_PER_INCH, format="png")


def draw_widget_alone(widget: WidgetData) -> Figure:
    """Return a figure with one chart, without title and background."""
    figure = Figure(figsize=(widget.width * _COLUMN - 0.2, widget.height * _ROW - 0.5))
    _draw_content(figure, widget, (0.0, 0.0, 1.0, 1.0))
    figure.patch.set_alpha(0)
    return figure


def _draw_widget(figure: Figure, rows: int, widget: WidgetData) -> None:
    """Draw the background, the title and the content of a widget. Row 0 of the figure is the title."""
    width, height = _COLUMNS * _COLUMN, rows * _ROW
    left, bottom = widget.x * _COLUMN + _GAP, height - (widget.y + 1 + widget.height) * _ROW + _GAP
    inner_width, inner_height = widget.width * _COLUMN - 2 * _GAP, widget.height * _ROW - 2 * _GAP
    background = figure.add_axes((0, 0, 1, 1), zorder=-1)
    background.set_axis_off()
    background.set_xlim(0, width)
    background.set_ylim(0, height)
    background.add_patch(
        FancyBboxPatch(
            (left, bottom),
            inner_width,
            inner_height,
            boxstyle="round,pad=0,rounding_size=0.04",
            facecolor="white",
            edgecolor="#d5dbdb",
            linewidth=0.8,
        )
    )
    top = bottom + inner_height
    if widget.kind == "text":
        _draw_text(background, left + 0.15, top - 0.14, inner_width - 0.3, widget.properties.get("markdown", ""))
        return
    title = widget.properties.get("title", "")
    background.text(left + 0.15, top - 0.2, title, fontsize=9, fontweight="bold", color=INK, va="center")
    box = (left / width, bottom / height, inner_width / width, (inner_height - 0.35) / height)
    _draw_content(figure, widget, box)


def _draw_content(figure: Figure, widget: WidgetData, box: tuple[float, float, float, float]) -> None:
    """Draw a chart or numbers into a part of the figure, with space for the labels of the axes and for the legend."""
    left, bottom, width, height = box
    figure_width, figure_height = figure.get_size_inches()
    if widget.properties.get("view") == "singleValue":
        draw_numbers(figure.add_axes((left, bottom, width, height)), widget)
        return
    x, y = 0.62 / figure_width, (0.34 + 0.16 * legend_rows(widget)) / figure_height
    axes = figure.add_axes((left + x, bottom + y, width - x - 0.2 / figure_width, height - y - 0.06 / figure_height))
    draw_chart(axes, widget)


def _draw_text(axes: Axes, x: float, y: float, width: float, markdown: str) -> None:
    """Draw text from the top. Headings are bold, and links are shown as their text."""
    for line in markdown.splitlines():
        heading = re.match(r"(#+) ", line)
        plain = _MARKUP.sub(r"\1\2\3", line[len(heading[0]) if heading else 0 :])
        size = (13 if len(heading[1]) == 1 else 11) if heading else 8
        for part in textwrap.wrap(plain, int(width / _CHARACTER)) or [""]:
            axes.text(
                *(x, y, part),
                fontsize=size,
                fontweight="bold" if heading else "normal",
                color=INK,
                va="top",
                parse_math=False,
            )
            y -= size / 72 * 1.55 if part else 0.08
