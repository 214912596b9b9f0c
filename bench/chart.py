"""The warm render as one picture: a dot per peer and kind of rendition. SVG, in the colours of the reader's theme."""

import math
from collections.abc import Mapping
from typing import Any, Final
from xml.sax.saxutils import escape

from bench import originals
from bench.figures import geometric_mean, ratio
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
    1: "sharp",
    2: "2",
    4: "4",
    8: "8",
}
_STYLE: Final = """
text { font: 14px system-ui, sans-serif; fill: #24292f }
.title { font-size: 17px; font-weight: 600 }
.quiet { fill: #57606a }
.grid { stroke: #d0d7de }
.one { stroke: #57606a; stroke-width: 2 }
.ours { fill: #0969da; stroke: #0969da }
.pyvips { fill: #8250df }
.thumbor { fill: #bc4c00 }
.naive { fill: #6e7781 }
.span { stroke-width: 5; stroke-linecap: round; opacity: 0.3 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .quiet { fill: #9198a1 }
  .grid { stroke: #3d444d }
  .one { stroke: #9198a1 }
  .ours { fill: #4493f8; stroke: #4493f8 }
  .pyvips { fill: #ab7df8 }
  .thumbor { fill: #f0883e }
  .naive { fill: #9198a1 }
}
"""


def drawn(cells: list[dict[str, Any]]) -> str:
    """Transparent, so that the page's own colour shines through."""
    rows = {
        f"{original} \N{RIGHTWARDS ARROW} {kind}": found
        for original in originals.FORMATS
        for kind in FORMATS
        if (found := [cell for cell in cells if (cell["original"], cell["format"]) == (original, kind)])
    }
    height = _TOP + _ROW * len(rows) + 20
    parts = [*_legend(), *_axis(height), *(part for at, row in enumerate(rows.items()) for part in _row(at, *row))]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}">'
    )
    return "\n".join([head, f"<style>{_STYLE}</style>", *parts, "</svg>"]) + "\n"


def _x(value: float) -> float:
    low, high = (math.log(end) for end in _RANGE)
    share = (math.log(min(max(value, _RANGE[0]), _RANGE[1])) - low) / (high - low)
    return round(_LEFT + share * (_WIDTH - _LEFT - _RIGHT), 1)


def _legend() -> list[str]:
    found = [_text(20, 28, "Time of a warm render in sharp's, at equal SSIM: left of the line is faster", "title")]
    labels: Mapping[str, str] = {"ours": "ours, and its span", "thumbor": "thumbor's engine", "naive": "naive Pillow"}
    x = _LEFT
    for name in COMMANDS:
        if name != "sharp":
            found += [_dot(name, x, 55), _text(x + 12, 60, labels.get(name, name))]
            x += 170
    return found


def _axis(height: int) -> list[str]:
    found: list[str] = []
    for value, label in _TICKS.items():
        x = _x(value)
        style = "one" if value == 1 else "grid"
        found.append(f'<line class="{style}" x1="{x}" x2="{x}" y1="{_TOP - 12}" y2="{height - 12}"/>')
        found.append(_text(x, _TOP - 20, label, "quiet", "middle"))
    return found


def _row(at: int, label: str, cells: list[dict[str, Any]]) -> list[str]:
    y = _TOP + _ROW * at + _ROW // 2
    spread = [_x(ratio(cell)) for cell in cells]
    found = [
        _text(_LEFT - 16, y + 5, label, anchor="end"),
        f'<line class="ours span" x1="{min(spread)}" x2="{max(spread)}" y1="{y}" y2="{y}"/>',
    ]
    names = sorted((name for name in COMMANDS if name != "sharp"), key=lambda name: name == "ours")  # ours is on top
    return found + [_dot(name, _x(geometric_mean(ratio(cell, name) for cell in cells)), y) for name in names]


def _dot(name: str, x: float, y: float) -> str:
    """Of a shape of its own, for those who do not tell the colours apart."""
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
