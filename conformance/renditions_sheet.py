"""The sheet docs/images/renditions.png: renditions of the samples, each with its file and its query."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

from PIL import Image, ImageDraw, ImageFont

from conformance.drawing import Font, checkered, wrap_text
from conformance.pictures import format_label
from edge.imaging.pipeline import render
from edge.rendition import Rendition

_SAMPLES: Final = Path(__file__).parents[1] / "samples"

_ROWS: Final = (
    (
        ("arc_banner.png", "width=300"),
        ("arc_banner.png", "width=50&height=100"),
        ("arc_banner.png", "width=240&format=jpeg&background=ffcc00"),
        ("arc_banner.png", "width=120&height=100&position=left"),
    ),
    (
        ("chelsea.png", "width=200"),
        ("chelsea.png", "width=130&height=170"),
        ("chelsea.png", "width=150&height=170&fit=contain"),
        ("chelsea.png", "width=130&height=170&fit=fill"),
        ("chelsea.png", "width=150&format=png"),
    ),
    (
        ("hubble_deep_field.jpg", "width=210"),
        ("people/astronaut.jpg", "width=150&height=180&position=top"),
        ("coffee.webp", "width=240&height=180&format=avif"),
        ("rocket.gif", "width=180&height=180"),
    ),
)
"""The file in samples/ and the query of each rendition, by row.

If a query has no `format`, the rendition is WebP, as for a browser that accepts WebP.
"""

_LIMITS: Final = {"max_pixels": 100_000_000, "max_frames": 1000, "max_dimension": 4096, "max_body": 780_000}
_WIDTH: Final = 900
_MARGIN: Final = 20
_MIN_GAP: Final = 10
_LINE: Final = 18
_PAPER, _INK, _GRAY = (246, 248, 250), (31, 35, 40), (89, 99, 110)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A rendition and its caption."""

    picture: Image.Image
    """The first frame, on a checkered background, which is visible through transparent pixels."""
    file: str
    query: str
    result: str
    """The size in pixels, the format and the size in kB of the rendition."""
    width: int
    """The width of the tile, in pixels, for the picture and its caption."""


def write_renditions_sheet(path: Path) -> None:
    """Render the samples, and write the sheet as a PNG in true color."""
    draw_sheet([list(row) for row in _ROWS]).save(path, optimize=True)


def draw_sheet(rows: list[list[tuple[str, str]]]) -> Image.Image:
    """Return the sheet with a row of tiles for each row of files and queries."""
    fonts = ImageFont.load_default(14), ImageFont.load_default(12)
    drawn_rows = [_draw_row([_tile(file, query) for file, query in row], *fonts) for row in rows]
    sheet = Image.new("RGB", (_WIDTH, sum(row.height for row in drawn_rows) + _MARGIN), _PAPER)
    y = _MARGIN
    for row in drawn_rows:
        sheet.paste(row, (0, y))
        y += row.height
    return sheet


def _tile(file: str, query: str) -> Tile:
    parameters: dict[str, Any] = {"format": "webp", **dict(parse_qsl(query))}
    for name in ("width", "height", "quality"):
        if name in parameters:
            parameters[name] = int(parameters[name])
    rendered = render((_SAMPLES / file).read_bytes(), Rendition(**parameters), **_LIMITS)
    image = Image.open(io.BytesIO(rendered.body))
    result = (
        f"{image.width}x{image.height}, {format_label(str(image.format).lower())}, {len(rendered.body) / 1000:.1f} kB"
    )
    if (frames := getattr(image, "n_frames", 1)) > 1:
        result += f", {frames} frames"
    picture = image.convert("RGBA")
    ground = checkered(picture.size)
    ground.paste(picture, mask=picture)
    return Tile(picture=ground, file=file, query=f"?{query}", result=result, width=max(picture.width, 140))


def _draw_row(tiles: list[Tile], font: Font, small_font: Font) -> Image.Image:
    """Return the tiles side by side, with equal gaps. Raises ValueError if the tiles together are too wide."""
    free = _WIDTH - 2 * _MARGIN - sum(tile.width for tile in tiles)
    gap = free // (len(tiles) - 1)
    if gap < _MIN_GAP:
        raise ValueError(
            f"The gaps in the row that begins with {tiles[0].file}{tiles[0].query} would have {gap} pixels. "
            f"They need at least {_MIN_GAP}: make the tiles of the row narrower."
        )
    captions = [
        [(tile.file, small_font, _GRAY)]
        + [(line, font, _INK) for line in wrap_text(tile.query, font, tile.width, breaks="&")]
        + [(line, small_font, _GRAY) for line in wrap_text(tile.result, small_font, tile.width, breaks=",")]
        for tile in tiles
    ]
    top = max(tile.picture.height for tile in tiles)
    row = Image.new("RGB", (_WIDTH, top + 6 + _LINE * max(map(len, captions)) + _MARGIN), _PAPER)
    draw = ImageDraw.Draw(row)
    x = _MARGIN
    for tile, caption in zip(tiles, captions, strict=True):
        row.paste(tile.picture, (x, top - tile.picture.height))
        for number, (text, line_font, color) in enumerate(caption):
            draw.text((x, top + 6 + _LINE * number), text, color, line_font)
        x += tile.width + gap
    return row
