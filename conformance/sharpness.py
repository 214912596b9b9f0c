"""The picture cases for sharpness, which compare renditions with the result of a Lanczos filter in floating point."""

import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from PIL import Image, ImageChops, ImageStat

from conformance.case import Case, Check, Output
from conformance.pictures import encode, format_label

_SAMPLES: Final = Path(__file__).parents[1] / "samples"


def cases() -> Iterator[Case]:
    """Yield picture cases with a photograph, and with rings, in which a bad filter makes moire patterns."""
    for width in (60, 100, 160, 250, 400):
        for kind in ("png", "jpeg"):
            yield Case(
                group="sharpness",
                name=f"photograph as {format_label(kind)}, 512 to {width} pixels wide",
                original=lambda kind=kind: _photograph(kind),
                check=_check_like_lanczos(kind),
                options={"width": width},
            )
    for width in (64, 100, 150):
        yield Case(
            group="sharpness",
            name=f"rings finer than the pixels, {width} pixels wide: no moire pattern",
            original=_rings,
            check=_check_gray_edge,
            options={"width": width},
        )


@cache
def _photograph(kind: str) -> bytes:
    image = Image.open(_SAMPLES / "people" / "astronaut.jpg").convert("RGB")
    return encode(image, kind, **({"quality": 95} if kind == "jpeg" else {}))


@cache
def _lanczos_rendition(kind: str, size: tuple[int, int]) -> Image.Image:
    """Return the photograph after a Lanczos filter in floating point.

    0.5 is added to each sample, because the conversion to 8 bits truncates and does not round.
    """
    image = Image.open(io.BytesIO(_photograph(kind)))
    bands = [
        band.convert("F").resize(size, Image.Resampling.LANCZOS).point(lambda value: value * 1 + 0.5).convert("L")
        for band in image.split()
    ]
    return Image.merge("RGB", bands)


def _check_like_lanczos(kind: str) -> Check:
    """Return a check of the root mean square error.

    An error of two levels is invisible. If a resizer averages areas instead of using Lanczos, the error is larger.
    """

    def check(output: Output) -> str | None:
        image = output.image.convert("RGB")
        difference = ImageChops.difference(image, _lanczos_rendition(kind, image.size))
        error = sum(value**2 for value in ImageStat.Stat(difference).rms) ** 0.5 / 3**0.5
        return None if error <= 2.2 else f"off by {error:.1f} levels"

    return check


@cache
def _rings() -> bytes:
    """Return black and white rings that get closer towards the edge. At a small size, the edge must become gray."""
    side = 800
    samples = bytearray()
    for y in range(side):
        for x in range(side):
            squared_radius = (x - side / 2) ** 2 + (y - side / 2) ** 2
            samples.append(255 if (squared_radius / 520) % 2 < 1 else 0)
    return encode(Image.frombytes("L", (side, side), bytes(samples)), "png")


def _check_gray_edge(output: Output) -> str | None:
    """Check the left edge at half of the height, where the rings are finer than the pixels of every rendition."""
    image = output.image.convert("L")
    edge = image.crop((0, image.height * 2 // 5, image.width // 12, image.height * 3 // 5))
    deviation = ImageStat.Stat(edge).stddev[0]
    return None if deviation < 14 else f"pattern of {deviation:.0f} levels"
