"""The functions that both image sheets use: a checkered background for transparent pixels, and wrapped captions."""

from typing import Final

from PIL import Image, ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_CHECK: Final = 8
"""The side of a square of the checkered background, in pixels."""


def checkered(size: tuple[int, int], dark: tuple[int, int, int] = (225, 225, 225)) -> Image.Image:
    """Return a background of white and gray squares, on which a reader can see that pixels are transparent."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for y in range(0, size[1], _CHECK):
        for x in range(0, size[0], _CHECK):
            if (x + y) // _CHECK % 2:
                draw.rectangle((x, y, x + _CHECK - 1, y + _CHECK - 1), dark)
    return image


def wrap_text(text: str, font: Font, width: int, breaks: str = " ") -> list[str]:
    """Split the text after characters in `breaks`, into lines of at most `width` pixels. No text is lost.

    If a part between two such characters is wider than `width`, split it between letters.
    """
    lines = [""]
    for part in _split_after(text, breaks):
        if lines[-1] and font.getlength((lines[-1] + part).rstrip()) > width:
            lines.append("")
        for letter in part:
            if lines[-1] and font.getlength((lines[-1] + letter).rstrip()) > width:
                lines.append("")
            lines[-1] += letter
    return [line.strip() for line in lines]


def _split_after(text: str, breaks: str) -> list[str]:
    parts = [""]
    for letter in text:
        parts[-1] += letter
        if letter in breaks:
            parts.append("")
    return parts
