"""Drawings and pages of text, made by code, for the comparison of qualities. A changed picture changes the figures."""

from collections.abc import Callable
from typing import Final

from PIL import Image, ImageDraw, ImageFont

_COLORS: Final = ("#1b6ca8", "#e4572e", "#f3a712", "#76b041", "#5b2a86", "#16323f")
_TEXT: Final = (
    "Every size of every picture is made when it is first asked for, once, at the edge. The first viewer pays for one "
    "resize, everyone after gets it from the cache, and nobody has to know beforehand what sizes there will be. "
)
"""The text on the pages. Other words would change the measured figures, so the text stays as it is."""


def drawings() -> list[Image.Image]:
    """Return a diagram, a landscape and a pattern."""
    return [_draw_smooth(draw) for draw in (_draw_diagram, _draw_landscape, _draw_pattern)]


def text_pages() -> list[Image.Image]:
    """Return four pages of text in several sizes and colors."""
    return [
        _text_page("#111111", "#ffffff", 34),
        _text_page("#e8e6e3", "#1e1f26", 42),
        _text_page("#0b5cad", "#f4f1e8", 56),
        _text_page("#b3261e", "#ffffff", 28),
    ]


def _draw_smooth(draw: Callable[[ImageDraw.ImageDraw], None]) -> Image.Image:
    """Return the drawing. It is drawn at twice the size and then reduced, so that its edges are smooth."""
    image = Image.new("RGB", (2400, 1600), "#fdfdfb")
    draw(ImageDraw.Draw(image))
    return image.reduce(2)


def _draw_diagram(draw: ImageDraw.ImageDraw) -> None:
    for number in range(12):
        x, height = 200 + number * 170, 300 + (number * 397) % 900
        draw.rectangle((x, 1400 - height, x + 120, 1400), fill=_COLORS[number % 6])
        draw.line((x + 60, 1380 - height, x + 230, 1380 - (300 + ((number + 1) * 397) % 900)), fill="#222222", width=6)
    for y in range(200, 1401, 150):
        draw.line((160, y, 2260, y), fill="#c8c8c8", width=3)
    draw.line((160, 1400, 2260, 1400), fill="black", width=8)


def _draw_landscape(draw: ImageDraw.ImageDraw) -> None:
    for y in range(1000):
        draw.line((0, y, 2400, y), fill=(60 + y // 8, 130 + y // 12, 220 - y // 40))
    draw.ellipse((1700, 150, 2000, 450), fill="#ffe08a", outline="#16323f", width=8)
    for number in range(5):
        x = number * 520 - 150
        peak = (x + 400, 420 + number % 3 * 130)
        draw.polygon([(x, 1050), peak, (x + 820, 1050)], fill=_COLORS[(number * 2) % 6], outline="#16323f", width=10)
    draw.rectangle((0, 1040, 2400, 1600), fill="#76b041")
    for number in range(60):
        x, y = (number * 613) % 2400, 1080 + (number * 271) % 480
        draw.line((x, y, x + 14, y - 60), fill="#3f6b1f", width=6)


def _draw_pattern(draw: ImageDraw.ImageDraw) -> None:
    for row in range(16):
        for column in range(24):
            x, y = column * 100, row * 100
            color = _COLORS[(row * 5 + column * 7 + row * column) % 6]
            if (row + column) % 3:
                draw.ellipse((x + 8, y + 8, x + 92, y + 92), fill=color)
            else:
                draw.polygon([(x + 50, y + 4), (x + 96, y + 96), (x + 4, y + 96)], outline=color, width=9)


def _text_page(ink: str, paper: str, height: int) -> Image.Image:
    image = Image.new("RGB", (1200, 900), paper)
    draw = ImageDraw.Draw(image)
    letters = _TEXT * 20
    for y in range(40, 860 - height, round(height * 1.5)):
        line, letters = letters[: 2000 // height], letters[2000 // height :]
        draw.text((50, y), line, fill=ink, font=ImageFont.load_default(height))
    return image
