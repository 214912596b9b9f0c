"""Nothing is soft or jagged beside a Lanczos filter that calculates exactly."""

import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from PIL import Image, ImageChops, ImageStat

from conformance.case import Answer, Case, Check
from conformance.pictures import encoded

_SAMPLES = Path(__file__).parents[1] / "samples"


def cases() -> Iterator[Case]:
    """A photograph, decoded whole and decoded small; and rings, which show every false pattern."""
    for width in (60, 100, 160, 250, 400):
        for kind in ("png", "jpeg"):
            yield Case(
                row="sharpness",
                name=f"a photograph as {kind.upper()}, 512 wide, at {width}",
                original=lambda kind=kind: _photograph(kind),
                check=_like(kind),
                options={"width": width},
            )
    for width in (64, 100, 150):
        yield Case(
            row="sharpness",
            name=f"rings finer than the pixels, at {width}: no moire",
            original=_rings,
            check=_grey,
            options={"width": width},
        )


@cache
def _photograph(kind: str) -> bytes:
    image = Image.open(_SAMPLES / "people" / "astronaut.jpg").convert("RGB")
    return encoded(image, kind, **({"quality": 95} if kind == "jpeg" else {}))


@cache
def _exact(kind: str, size: tuple[int, int]) -> Image.Image:
    image = Image.open(io.BytesIO(_photograph(kind)))
    planes = [
        plane.convert("F").resize(size, Image.Resampling.LANCZOS).point(lambda v: v * 1 + 0.5).convert("L")
        for plane in image.split()
    ]
    return Image.merge("RGB", planes)


def _like(kind: str) -> Check:
    """Two levels on average are invisible; an area average in place of Lanczos is out by more."""

    def check(answer: Answer) -> str | None:
        image = answer.image.convert("RGB")
        difference = ImageChops.difference(image, _exact(kind, image.size))
        error = sum(value**2 for value in ImageStat.Stat(difference).rms) ** 0.5 / 3**0.5
        return None if error <= 2.2 else f"{error:.1f} levels off"

    return check


@cache
def _rings() -> bytes:
    """Black and white, closer together towards the edge: there, at a small size, only grey is right."""
    side = 800
    rows = bytearray()
    for y in range(side):
        for x in range(side):
            radius = (x - side / 2) ** 2 + (y - side / 2) ** 2
            rows.append(255 if (radius / 520) % 2 < 1 else 0)
    return encoded(Image.frombytes("L", (side, side), bytes(rows)), "png")


def _grey(answer: Answer) -> str | None:
    """In the outer part of the middle row's ends, where rings are finer than any of these sizes can show."""
    image = answer.image.convert("L")
    edge = image.crop((0, image.height * 2 // 5, image.width // 12, image.height * 3 // 5))
    spread = ImageStat.Stat(edge).stddev[0]
    return None if spread < 14 else f"pattern of {spread:.0f} levels"
