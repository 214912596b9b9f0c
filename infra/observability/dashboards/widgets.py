"""Functions that build the widgets of a dashboard, and arrange them in rows.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

COLUMNS: Final = 24
"""The width of a dashboard in grid units."""
_LINES: Final = 9
"""The number of lines up to which the legend of a graph is short."""
_COLORS: Final = {"threshold": "#d13212"}

Entry = list[Any]
"""One item of the `metrics` of a widget: a metric or an expression."""
Widget = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric in CloudWatch."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A threshold of an alarm, as a horizontal line."""

    label: str
    value: float
    is_lower: bool = False
    """Whether the alarm fires below the line instead of above."""


def metric(source: Metric, *, stat: str, label: str, id_: str = "", visible: bool = True) -> Entry:
    """Return a metric with the Region in which it is read. `id_` begins with a small letter."""
    dimensions = [text for pair in source.dimensions for text in pair]
    options: dict[str, Any] = {"region": source.region, "stat": stat, "label": label}
    if id_:
        options["id"] = id_
    if not visible:
        options["visible"] = False
    return [source.namespace, source.name, *dimensions, options]


def expression(text: str, *, label: str, id_: str) -> Entry:
    """Return a metric math expression. All metrics that it names must be in one Region, so that an API can compute it.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
    """
    return [{"expression": text, "label": label, "id": id_}]


def graph(
    title: str,
    entries: Sequence[Entry],
    *,
    region: str,
    unit: str,
    width: int = 8,
    period: int = 300,
    stacked: bool = False,
    limits: Sequence[Limit] = (),
    maximum: float | None = None,
    start: str = "",
) -> Widget:
    """Return a graph, which is higher if its legend is long.

    `region` is the Region of expressions, `period` is in seconds, and `unit` is the label of the axis. `start` is a
    relative start that differs from the start of the dashboard, such as -P14D for 14 days.
    """
    axis: dict[str, Any] = {"min": 0, "label": unit, "showUnits": False}
    if maximum is not None:
        axis["max"] = maximum
    properties: dict[str, Any] = {
        "title": title,
        "view": "timeSeries",
        "stacked": stacked,
        "region": region,
        "period": period,
        "metrics": [*entries],
        "yAxis": {"left": axis},
    }
    if start:
        properties["start"] = start
    if limits:
        properties["annotations"] = {"horizontal": [_annotation(limit) for limit in limits]}
    lines = sum(entry[-1].get("visible", True) for entry in entries)
    height = 6 if lines <= _LINES else 8
    return {"type": "metric", "width": width, "height": height, "properties": properties}


def numbers(
    title: str,
    entries: Sequence[Entry],
    *,
    region: str,
    width: int = COLUMNS,
    height: int = 4,
    start: str = "",
) -> Widget:
    """Return a widget with one number for each entry, over the whole period that the widget shows."""
    properties: dict[str, Any] = {
        "title": title,
        "view": "singleValue",
        "region": region,
        "period": 300,
        "setPeriodToTimeRange": True,
        "metrics": [*entries],
    }
    if start:
        properties["start"] = start
    return {"type": "metric", "width": width, "height": height, "properties": properties}


def text(markdown: str, *, height: int, width: int = COLUMNS) -> Widget:
    """Return a widget with text in Markdown."""
    return {"type": "text", "width": width, "height": height, "properties": {"markdown": markdown}}


def arrange(rows: Sequence[Sequence[Widget]]) -> Iterator[Widget]:
    """Yield the widgets with their positions: each row from left to right, below the row before it.

    All widgets of a row are as high as the highest. A row without widgets takes no space. Raises ValueError if a row is
    wider than the dashboard.
    """
    y = 0
    for row in rows:
        x = 0
        height = max((widget["height"] for widget in row), default=0)
        for widget in row:
            yield widget | {"x": x, "y": y, "height": height}
            x += widget["width"]
        if x > COLUMNS:
            raise ValueError(f"a row of the dashboard has {x} columns, but at most {COLUMNS} fit")
        y += height


def _annotation(limit: Limit) -> dict[str, Any]:
    fill = "below" if limit.is_lower else "above"
    return {"label": limit.label, "value": limit.value, "color": _COLORS["threshold"], "fill": fill}
