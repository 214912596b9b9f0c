"""The contact sheet docs/images/pictures.png: the renditions of each picture case, with a green or red bar below."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from conformance.case import Case, CaseResult
from conformance.drawing import checkered, wrap_text

_CELL: Final = 64
_BAR: Final = 4
_GAP: Final = 6
_COLUMNS: Final = 7
_TITLE: Final = 30
_LINE: Final = 13
_GREEN, _RED, _INK = (30, 140, 60), (200, 40, 40), (40, 40, 40)


def draw_contact_sheet(path: Path, cases: Sequence[Case], results: Mapping[str, Sequence[CaseResult]]) -> None:
    """Draw the renditions of the picture cases that have a check. `results` are by peer, in the order of the cases."""
    numbers = [number for number, case in enumerate(cases) if case.check is not None]
    font = ImageFont.load_default(11)
    width = len(results) * (_CELL + 2) + 2 * _GAP
    captions = {number: wrap_text(cases[number].name, font, width - 2 * _GAP) for number in numbers}
    rows = [numbers[start : start + _COLUMNS] for start in range(0, len(numbers), _COLUMNS)]
    heights = [_CELL + _BAR + _GAP + _LINE * max(len(captions[number]) for number in row) + _GAP for row in rows]
    sheet = Image.new("RGB", (_COLUMNS * width + _GAP, _TITLE + sum(heights)), "white")
    draw = ImageDraw.Draw(sheet)
    draw.text((_GAP, 8), f"From left to right: {', '.join(results)}. Green: correct. Red: not correct.", _INK, font)
    y = _TITLE
    for row, height in zip(rows, heights, strict=True):
        for column, number in enumerate(row):
            x = _GAP + column * width
            for position, peer_results in enumerate(results.values()):
                sheet.paste(_draw_result(peer_results[number]), (x + position * (_CELL + 2), y))
            for line, text in enumerate(captions[number]):
                draw.text((x, y + _CELL + _BAR + 2 + _LINE * line), text, _INK, font)
        y += height
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path, optimize=True)


def _draw_result(result: CaseResult) -> Image.Image:
    """Return the output on a checkered background, or a red cross if there is no output, and a colored bar below it."""
    cell = Image.new("RGB", (_CELL, _CELL + _BAR), _GREEN if result.problem is None else _RED)
    cell.paste(checkered((_CELL, _CELL)))
    picture = _last_frame(result.body)
    if picture is None:
        draw = ImageDraw.Draw(cell)
        draw.line((0, 0, _CELL - 1, _CELL - 1), _RED)
        draw.line((0, _CELL - 1, _CELL - 1, 0), _RED)
    else:
        picture.thumbnail((_CELL, _CELL))
        cell.paste(picture, ((_CELL - picture.width) // 2, (_CELL - picture.height) // 2), picture)
    return cell


def _last_frame(body: bytes | None) -> Image.Image | None:
    """Return the last frame, which shows more errors of an animation than the first. If it is broken, return None."""
    try:
        image = Image.open(io.BytesIO(body or b""))
        image.seek(getattr(image, "n_frames", 1) - 1)
        return image.convert("RGBA")
    except (OSError, EOFError, ValueError):
        return None
