"""One promise about pictures: an original built for it, what is asked for, and what a right answer looks like."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PIL import Image, ImageCms

from conformance.pictures import BLUE, GREEN, RED, YELLOW, corners

Check = Callable[["Answer"], str | None]
"""None, or what is wrong, in a few words."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The bytes that came."""

    body: bytes

    @property
    def image(self) -> Image.Image:
        """Decoded; OSError if it is none."""
        image = Image.open(io.BytesIO(self.body))
        image.load()
        return image


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Asked for in a format by name, so that every resizer understands it."""

    row: str
    """The kind of promise; the cases of one row stand together."""
    name: str
    """A sentence."""
    original: Callable[[], bytes]
    check: Check | None
    """None: it must be refused."""
    format: str = "png"
    options: dict[str, Any] = field(default_factory=lambda: {"width": 60})
    """width, height, fit, quality, background."""
    may_be_shown: bool = False
    """Of what is to be refused: whoever shows it, soon and in little memory, is right as well."""


def upright(tolerance: int = 20, size: tuple[int, int] = (60, 40)) -> Check:
    """The four colours where they belong."""
    return quarters((RED, GREEN, BLUE, YELLOW), tolerance, size)


def quarters(
    expected: tuple[tuple[int, ...], ...], tolerance: int = 20, size: tuple[int, int] | None = (60, 40)
) -> Check:
    """These colours in reading order, no channel further off than the tolerance."""

    def check(answer: Answer) -> str | None:
        image = answer.image
        if size is not None and image.size != size:
            return f"{image.width}x{image.height}"
        worst = max(
            abs(a - b)
            for seen, want in zip(corners(image), expected, strict=True)
            for a, b in zip(seen, want, strict=True)
        )
        return None if worst <= tolerance else f"colours {worst} off"

    return check


def lab(pixel: tuple[int, ...]) -> tuple[float, float, float]:
    """CIE L*a*b* (D50) of an sRGB pixel, by LittleCMS."""
    transform = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
    lightness, a, b = ImageCms.applyTransform(Image.new("RGB", (1, 1), pixel), transform).getpixel((0, 0))
    return lightness / 2.55, a - 128.0, b - 128.0


def near(expected: tuple[tuple[int, ...], ...], most: float = 3.0) -> Check:
    """These colours in reading order, within a distance in L*a*b*; through the answer's own profile, if it has one."""

    def check(answer: Answer) -> str | None:
        image = answer.image
        if profile := image.info.get("icc_profile"):
            try:
                image = ImageCms.profileToProfile(
                    image, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB"
                )
            except ImageCms.PyCMSError:
                return "a profile of another kind"
        assert image is not None
        pairs = zip(corners(image), expected, strict=True)
        distance = max(
            sum((a - b) ** 2 for a, b in zip(lab(one), lab(other), strict=True)) ** 0.5 for one, other in pairs
        )
        return None if distance <= most else f"dE {distance:.0f}"

    return check


def both(*checks: Check) -> Check:
    """All of them; the first that is not content speaks."""
    return lambda answer: next((wrong for check in checks if (wrong := check(answer))), None)
