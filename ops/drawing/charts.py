"""Draws the data of one widget into axes of matplotlib: lines, stacked areas and single numbers."""

from collections.abc import Sequence
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ops.aws.dashboards import Series, WidgetData

COLORS: Final = (
    *("#1f77b4", "#ff7f0e", "#2ca02c", "#9467bd", "#8c564b", "#e377c2", "#17becf"),
    *("#bcbd22", "#7f7f7f", "#aec7e8", "#ffbb78", "#98df8a", "#c5b0d5"),
)
INK: Final = "#16191f"
MUTED: Final = "#687078"
LIMIT: Final = "#d13212"
_GRID: Final = "#e9ebed"
_FEW_POINTS: Final = 30
"""The number of points up to which each point has a mark, so that a single point is visible."""
_FAR: Final = 4
"""A threshold that is so many times higher than the data is not drawn to scale, because the data would be flat."""


def draw_chart(axes: Axes, widget: WidgetData) -> None:
    """Draw a graph with its annotations, or `no data`."""
    series = [line for line in widget.series if line.values]
    properties = widget.properties
    _style(axes, widget)
    if not series:
        _draw_note(axes, widget.error or "no data")
        return
    if properties.get("stacked"):
        _draw_areas(axes, series)
    else:
        _draw_lines(axes, series)
    axis = properties.get("yAxis", {}).get("left", {})
    top = _top(properties, series)
    axes.set_ylim(axis.get("min", 0), axis.get("max", top))
    _draw_limits(axes, properties.get("annotations", {}).get("horizontal", []))
    # The console shows the legend below the graph, too.
    figure: Any = axes.figure
    height = axes.get_position().height * figure.get_size_inches()[1]
    axes.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, -0.24 / height),
        borderaxespad=0,
        ncols=_legend_columns(widget),
        fontsize=7,
        frameon=False,
        handlelength=1.2,
        columnspacing=1.2,
        labelcolor=INK,
    )


def legend_rows(widget: WidgetData) -> int:
    """Return the number of rows that the legend of a graph needs."""
    count = sum(bool(line.values) for line in widget.series)
    return -(-count // _legend_columns(widget))


def _legend_columns(widget: WidgetData) -> int:
    return max(1, min(len(widget.series), widget.width * 3 // 8))


def draw_numbers(axes: Axes, widget: WidgetData) -> None:
    """Draw the newest value of each series as a large number above its label."""
    axes.set_axis_off()
    count = max(len(widget.series), 1)
    for index, series in enumerate(widget.series):
        x = (index + 0.5) / count
        value = format_value(series.values[-1]) if series.values else "no data"
        axes.text(x, 0.62, value, ha="center", va="center", fontsize=20 if series.values else 11, color=INK)
        axes.text(x, 0.2, series.label, ha="center", va="center", fontsize=8, color=MUTED)
    if not widget.series:
        _draw_note(axes, widget.error or "no data")


def format_value(value: float, _position: int = 0) -> str:
    """Return a number with at most three digits and a factor, such as 1.5k or 20M."""
    for factor, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= factor:
            return f"{value / factor:.3g}{letter}"
    return f"{value:.3g}"


def _style(axes: Axes, widget: WidgetData) -> None:
    unit = widget.properties.get("yAxis", {}).get("left", {}).get("label", "")
    axes.set_ylabel(unit, fontsize=7, color=MUTED)
    axes.set_xlim(widget.start, widget.end)  # pyright: ignore[reportArgumentType]  # matplotlib accepts datetimes
    locator = AutoDateLocator(minticks=3, maxticks=6 if widget.width < 12 else 9)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.yaxis.set_major_formatter(FuncFormatter(format_value))
    axes.tick_params(labelsize=7, colors=MUTED, length=0)
    axes.xaxis.get_offset_text().set_visible(False)
    axes.grid(visible=True, axis="y", color=_GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#aab7b8")


def _draw_lines(axes: Axes, series: Sequence[Series]) -> None:
    for index, line in enumerate(series):
        axes.plot(
            line.times,  # pyright: ignore[reportArgumentType]  # matplotlib accepts datetimes
            line.values,
            color=COLORS[index % len(COLORS)],
            linewidth=1.4,
            marker="o" if len(line.values) <= _FEW_POINTS else "",
            markersize=2.5,
            label=line.label,
        )


def _draw_areas(axes: Axes, series: Sequence[Series]) -> None:
    """Draw stacked areas. A series without a value at a time counts as 0 there."""
    times = sorted({time for line in series for time in line.times})
    heights = [dict(zip(line.times, line.values, strict=True)) for line in series]
    rows = [[values.get(time, 0.0) for time in times] for values in heights]
    colors = [COLORS[index % len(COLORS)] for index in range(len(series))]
    labels = [line.label for line in series]
    areas: Any = axes.stackplot(times, rows, labels=labels, colors=colors, alpha=0.75)  # pyright: ignore[reportArgumentType]
    for area, color in zip(areas, colors, strict=True):
        area.set_edgecolor(color)
        area.set_linewidth(1.0)


def _top(properties: Any, series: Sequence[Series]) -> float:
    """Return the upper end of the axis: the data and the thresholds that are not far above."""
    if properties.get("stacked"):
        sums: dict[Any, float] = {}
        for line in series:
            for time, value in zip(line.times, line.values, strict=True):
                sums[time] = sums.get(time, 0) + value
        highest = max(sums.values())
    else:
        highest = max(max(line.values) for line in series)
    limits = [line["value"] for line in properties.get("annotations", {}).get("horizontal", [])]
    near = [limit for limit in limits if highest > 0 and limit <= highest * _FAR]
    return (max([highest, *near]) or max([1.0, *limits])) * 1.15


def _draw_limits(axes: Axes, limits: Sequence[Any]) -> None:
    """Draw each threshold as a line, or name it at the top if it is above the graph."""
    top = axes.get_ylim()[1]
    above: list[str] = []
    for limit in limits:
        value, label = limit["value"], limit.get("label", "")
        if value > top:
            above.append(label)
            continue
        axes.axhline(value, color=LIMIT, linewidth=1, linestyle="--")
        axes.text(
            *(0.99, value, label),
            transform=axes.get_yaxis_transform(),
            ha="right",
            va="bottom" if value < top * 0.9 else "top",
            fontsize=6.5,
            color=LIMIT,
        )
    if above:
        text = f"above the graph: {', '.join(above)}"
        axes.text(0.01, 1.0, text, transform=axes.transAxes, va="bottom", fontsize=6.5, color=LIMIT)


def _draw_note(axes: Axes, text: str) -> None:
    axes.set_yticks([])
    axes.set_ylabel("")
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", fontsize=9, color=MUTED, wrap=True)
