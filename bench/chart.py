"""The chart of warm render times: an SVG with one mark per peer and conversion, for light and dark themes."""

import math
from typing import Any, Final
from xml.sax.saxutils import escape

from bench import originals
from bench.figures import mean_ratio, ratio_to_sharp
from bench.grid import FORMATS
from bench.peers.peer import COMMANDS

_WIDTH: Final = 900
_LEFT: Final = 150
_RIGHT: Final = 40
_TOP: Final = 110
_ROW: Final = 30
_RANGE: Final = (1 / 32, 8)
_TICKS: Final = {
    1 / 32: "1/32",
    1 / 16: "1/16",
    1 / 8: "1/8",
    1 / 4: "1/4",
    1 / 2: "1/2",
    1: "1 (sharp)",
    2: "2",
    4: "4",
    8: "8",
}
_LEGEND: Final = {
    "ours": (30, "this project (bar: fastest to slowest cell)"),
    "pyvips": (360, "pyvips"),
    "thumbor": (480, "thumbor's engine"),
    "naive": (660, "Pillow without tuning"),
}
"""The horizontal position and the label of each peer's mark in the legend."""
_STYLE: Final = """
text { font: 14px system-ui, sans-serif; fill: #24292f }
.title { font-size: 17px; font-weight: 600 }
.quiet { fill: #57606a }
.grid { stroke: #d0d7de }
.equal { stroke: #57606a; stroke-width: 2 }
.ours { fill: #0969da; stroke: #0969da }
.pyvips { fill: #8250df }
.thumbor { fill: #bc4c00 }
.naive { fill: #6e7781 }
.span { stroke-width: 5; stroke-linecap: round; opacity: 0.3 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .quiet { fill: #9198a1 }
  .grid { stroke: #3d444d }
  .equal { stroke: #9198a1 }
  .ours { fill: #4493f8; stroke: #4493f8 }
  .pyvips { fill: #ab7df8 }
  .thumbor { fill: #f0883e }
  .naive { fill: #9198a1 }
}
"""


def draw_chart(cells: list[dict[str, Any]]) -> str:
    """Return the SVG of the chart. The chart has no background color, so that the background of the page is visible."""
    rows = {
        f"{original} \N{RIGHTWARDS ARROW} {target}": row_cells
        for original in originals.FORMATS
        for target in FORMATS
        if (row_cells := [cell for cell in cells if (cell["original"], cell["format"]) == (original, target)])
    }
    height = _TOP + _ROW * len(rows) + 20
    parts = [*_legend(), *_axis(height)]
    for index, (label, row_cells) in enumerate(rows.items()):
        parts += _row(index, label, row_cells)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}">'
    )
    return "\n".join([head, f"<style>{_STYLE}</style>", *parts, "</svg>"]) + "\n"


def _x(ratio: float) -> float:
    """Return the horizontal position of a ratio on the logarithmic axis.

    A ratio beyond an end of the axis gets the position of this end.
    """
    low, high = (math.log(end) for end in _RANGE)
    share = (math.log(min(max(ratio, _RANGE[0]), _RANGE[1])) - low) / (high - low)
    return round(_LEFT + share * (_WIDTH - _LEFT - _RIGHT), 1)


def _legend() -> list[str]:
    parts = [
        _text(
            20, 28, "Warm render time relative to sharp, at equal SSIM (left of the line: faster than sharp)", "title"
        )
    ]
    for name, (x, label) in _LEGEND.items():
        parts += [_mark(name, x, 55), _text(x + 12, 60, label)]
    return parts


def _axis(height: int) -> list[str]:
    parts: list[str] = []
    for ratio, label in _TICKS.items():
        x = _x(ratio)
        style = "equal" if ratio == 1 else "grid"
        parts.append(f'<line class="{style}" x1="{x}" x2="{x}" y1="{_TOP - 12}" y2="{height - 12}"/>')
        parts.append(_text(x, _TOP - 20, label, "quiet", "middle"))
    return parts


def _row(index: int, label: str, cells: list[dict[str, Any]]) -> list[str]:
    y = _TOP + _ROW * index + _ROW // 2
    positions = [_x(ratio_to_sharp(cell)) for cell in cells]
    parts = [
        _text(_LEFT - 16, y + 5, label, anchor="end"),
        f'<line class="ours span" x1="{min(positions)}" x2="{max(positions)}" y1="{y}" y2="{y}"/>',
    ]
    # SVG paints in order: this project's mark comes last, so that no other mark hides it.
    names = sorted((name for name in COMMANDS if name != "sharp"), key=lambda name: name == "ours")
    return parts + [_mark(name, _x(mean_ratio(cells, name)), y) for name in names]


def _mark(name: str, x: float, y: float) -> str:
    """Return a peer's mark. Each peer has its own shape, for readers who cannot distinguish the colors."""
    match name:
        case "ours":
            return f'<circle class="ours" cx="{x}" cy="{y}" r="7"/>'
        case "pyvips":
            return f'<rect class="pyvips" x="{x - 5}" y="{y - 5}" width="10" height="10"/>'
        case "thumbor":
            return f'<path class="thumbor" d="M{x} {y - 7}l7 12h-14z"/>'
        case _:
            return f'<path class="naive" d="M{x} {y - 7}l7 7l-7 7l-7 -7z"/>'


def _text(x: float, y: float, text: str, style: str = "", anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" class="{style}" text-anchor="{anchor}">{escape(text)}</text>'
