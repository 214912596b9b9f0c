"""The picture case, and checks that several picture cases use."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PIL import Image, ImageCms

from conformance.pictures import BLUE, GREEN, RED, YELLOW, color_at, quadrant_colors

Check = Callable[["Output"], str | None]
"""A function that returns None if the output is correct, and otherwise the problem in a few words."""

Colors = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Output:
    """The file that a peer returned."""

    body: bytes

    @property
    def image(self) -> Image.Image:
        """The decoded picture. Raises OSError if the file is not an image."""
        image = Image.open(io.BytesIO(self.body))
        image.load()
        return image


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One picture case.

    `format` always names a format and is never `auto`, so that every resizer gets the same request.
    """

    group: str
    """The section of docs/pictures.md that contains the picture case."""
    name: str
    """The original and the expected result, in a few words; unique in its group."""
    original: Callable[[], bytes]
    """A function that returns the bytes of the original."""
    check: Check | None
    """The check of the output, or None if a resizer must refuse the original."""
    format: str = "png"
    options: dict[str, Any] = field(default_factory=lambda: {"width": 60})
    """The parameters of the rendition: width, height, fit, quality, background."""
    may_be_rendered: bool = False
    """Whether a resizer may also render the original, in little time and memory. Used only if `check` is None."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """The result of one picture case with one peer."""

    body: bytes | None
    """The file that the peer returned, or None if the peer returned no file."""
    problem: str | None
    """The problem in a few words, or None if the result is correct."""


def check_upright(tolerance: int = 20, size: tuple[int, int] = (60, 40)) -> Check:
    """Return a check that the rendition of the quadrants picture is upright."""
    return check_quadrants((RED, GREEN, BLUE, YELLOW), tolerance, size)


def check_quadrants(expected: Colors, tolerance: int = 20, size: tuple[int, int] | None = (60, 40)) -> Check:
    """Return a check of the size of the output, and of the colors of its quarters in reading order.

    `tolerance` is the accepted difference of a channel. If `size` is None, the check accepts any size.
    """

    def check(output: Output) -> str | None:
        image = output.image
        if size is not None and image.size != size:
            return f"size {image.width}x{image.height}"
        worst = max(
            abs(a - b)
            for actual_color, expected_color in zip(quadrant_colors(image), expected, strict=True)
            for a, b in zip(actual_color, expected_color, strict=True)
        )
        return None if worst <= tolerance else f"colors off by {worst}"

    return check


def check_colors(expected: Colors, max_distance: float = 3.0) -> Check:
    """Return a check of the colors of the quarters, in reading order, by their distance in L*a*b*.

    If the output has a profile, the check first converts the colors of the output to sRGB.
    """

    def check(output: Output) -> str | None:
        image = output.image
        if profile := image.info.get("icc_profile"):
            try:
                image = ImageCms.profileToProfile(
                    image, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB"
                )
            except ImageCms.PyCMSError:
                return "profile of another color space"
        assert image is not None
        distance = max(
            sum((a - b) ** 2 for a, b in zip(_lab(actual_color), _lab(expected_color), strict=True)) ** 0.5
            for actual_color, expected_color in zip(quadrant_colors(image), expected, strict=True)
        )
        return None if distance <= max_distance else f"dE {distance:.0f}"

    return check


def check_all(*checks: Check) -> Check:
    """Return a check that runs several checks and returns the first problem."""
    return lambda output: next((problem for check in checks if (problem := check(output))), None)


def _lab(pixel: tuple[int, ...]) -> tuple[float, float, float]:
    """Return the CIE L*a*b* (D50) value of an sRGB pixel, calculated by LittleCMS."""
    transform = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
    converted = ImageCms.applyTransform(Image.new("RGB", (1, 1), pixel), transform)
    assert converted is not None
    lightness, a, b = color_at(converted, 0, 0)
    return lightness / 2.55, a - 128.0, b - 128.0
