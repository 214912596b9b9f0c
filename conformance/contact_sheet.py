"""One picture of all pictures, to be judged at a glance: each case as three resizers make it, green or red beneath."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from conformance.case import Case

_CELL: Final = 64
_GAP: Final = 6
_LABEL: Final = 26
_COLUMNS: Final = 7
_GREEN, _RED, _INK = (30, 140, 60), (200, 40, 40), (40, 40, 40)

Made = tuple[bytes | None, str | None]
"""Bytes, if there are any, and what is wrong."""


def draw(path: Path, cases: Sequence[Case], made: dict[str, list[Made]]) -> None:
    """`made` by the name of the resizer, which is written on top."""
    numbers = [number for number, case in enumerate(cases) if case.check is not None]
    wide = len(made) * (_CELL + 2) + 2 * _GAP
    high = _CELL + 4 + _LABEL + _GAP
    lines = -(-len(numbers) // _COLUMNS)
    sheet = Image.new("RGB", (_COLUMNS * wide + _GAP, lines * high + 30), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(11)
    pen.text((_GAP, 8), f"from left to right: {', '.join(made)}; green is right, red is wrong", _INK, font)
    for place, number in enumerate(numbers):
        x, y = _GAP + place % _COLUMNS * wide, 30 + place // _COLUMNS * high
        for column, results in enumerate(made.values()):
            _cell(sheet, pen, x + column * (_CELL + 2), y, *results[number])
        for line, text in enumerate(_wrapped(cases[number].name, pen, font, wide - 2 * _GAP)):
            pen.text((x, y + _CELL + 5 + 12 * line), text, _INK, font)
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.quantize(255, dither=Image.Dither.NONE).save(path, optimize=True)


def _cell(sheet: Image.Image, pen: ImageDraw.ImageDraw, x: int, y: int, body: bytes | None, wrong: str | None) -> None:
    for step in range(0, _CELL, 8):  # a chequered ground, on which transparency is seen
        for other in range(0, _CELL, 8):
            if (step + other) // 8 % 2:
                pen.rectangle((x + step, y + other, x + step + 7, y + other + 7), (225, 225, 225))
    picture = _opened(body)
    if picture is None:
        pen.line((x, y, x + _CELL - 1, y + _CELL - 1), _RED)
        pen.line((x, y + _CELL - 1, x + _CELL - 1, y), _RED)
    else:
        picture.thumbnail((_CELL, _CELL))
        sheet.paste(picture, (x + (_CELL - picture.width) // 2, y + (_CELL - picture.height) // 2), picture)
    pen.rectangle((x, y + _CELL, x + _CELL - 1, y + _CELL + 3), _GREEN if wrong is None else _RED)


def _opened(body: bytes | None) -> Image.Image | None:
    """The last frame of what moves, which tells more than the first."""
    try:
        image = Image.open(io.BytesIO(body or b""))
        image.seek(getattr(image, "n_frames", 1) - 1)
        return image.convert("RGBA")
    except (OSError, EOFError, ValueError):
        return None


def _wrapped(
    text: str, pen: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int
) -> list[str]:
    """In two lines at most."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if pen.textlength(longer, font) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines[:2]
