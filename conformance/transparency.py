"""The picture cases for transparency, which also check the background color and the colors at edges."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from PIL import Image, ImageDraw

from conformance.case import Case, Check, Output
from conformance.pictures import GREEN, RED, color_at, encode, format_label, quadrants
from conformance.raw_files import ColorType, png, png_chunk

_BLACK, _WHITE = (0,) * 3, (255,) * 3


def cases() -> Iterator[Case]:
    """Yield picture cases for each format, each encoding of transparency in PNG, backgrounds and edges."""
    for target in ("png", "webp", "avif"):
        name = f"PNG to {format_label(target)} keeps transparency"
        yield _case(name, lambda: _transparent_quarter("png"), _check_transparency, target)
    for kind in ("webp", "avif", "gif", "tiff"):
        name = f"{format_label(kind)} to PNG keeps transparency"
        yield _case(name, lambda kind=kind: _transparent_quarter(kind), _check_transparency)
    for name, original in _PNG_ENCODINGS.items():
        yield _case(name, original, _check_transparency, width=24)
    for background, color in (("ffffff", _WHITE), ("ff8800", (255, 136, 0))):
        name = f"PNG to JPEG on background {background}"
        yield _case(name, lambda: _transparent_quarter("png"), _check_color(color), "jpeg", background=background)
    name = "half transparent PNG to JPEG on background ffffff"
    yield _case(name, _half_transparent, _check_color((237, 147, 147)), "jpeg")
    yield _case("white on transparent black: no dark halo", lambda: _disc(_WHITE, _BLACK), _check_no_halo(_WHITE))
    yield _case("black on transparent white: no light halo", lambda: _disc(_BLACK, _WHITE), _check_no_halo(_BLACK))
    name = "white on transparent black as WebP: no dark halo"
    yield _case(name, lambda: _disc(_WHITE, _BLACK), _check_no_halo(_WHITE, 40), "webp")


def _case(name: str, original: Callable[[], bytes], check: Check, target: str = "png", **options: Any) -> Case:
    return Case(
        group="transparency",
        name=name,
        original=original,
        check=check,
        format=target,
        options={"width": 60, **options},
    )


def _transparent_quarter(kind: str) -> bytes:
    """Return the quadrants picture with a transparent first quarter."""
    image = quadrants(240, 160).convert("RGBA")
    ImageDraw.Draw(image).rectangle((0, 0, 119, 79), fill=(0, 0, 0, 0))
    return encode(image, kind)


def _half_transparent() -> bytes:
    return encode(Image.new("RGBA", (120, 80), (*RED, 128)), "png")


def _disc(color: tuple[int, ...], hidden: tuple[int, ...]) -> bytes:
    """Return an opaque disc. The transparent pixels around the disc have the color `hidden`."""
    image = Image.new("RGBA", (400, 400), (*hidden, 0))
    ImageDraw.Draw(image).ellipse((50, 50, 350, 350), fill=(*color, 255))
    return encode(image, "png")


def _first_quarter(first: Any, others: Any) -> list[list[Any]]:
    """Return rows of pixels with one value in the first quarter and another value in the other quarters."""
    return [[first] * 24 + [others] * 24 for _ in range(16)] + [[others] * 48 for _ in range(16)]


_PNG_ENCODINGS: Final[dict[str, Callable[[], bytes]]] = {
    "PNG with a transparent gray (tRNS)": lambda: png(
        _first_quarter(9, 200), 8, ColorType.GRAY, png_chunk(b"tRNS", b"\0\x09")
    ),
    "PNG with a transparent 16-bit gray (tRNS)": lambda: png(
        _first_quarter(9, 60000), 16, ColorType.GRAY, png_chunk(b"tRNS", b"\0\x09")
    ),
    "PNG with a transparent 16-bit gray (tRNS), and an opaque gray one level away": lambda: png(
        _first_quarter(60001, 60000), 16, ColorType.GRAY, png_chunk(b"tRNS", (60001).to_bytes(2, "big"))
    ),
    "PNG with a transparent color (tRNS)": lambda: png(
        _first_quarter(RED, GREEN),
        8,
        ColorType.RGB,
        png_chunk(b"tRNS", b"".join(bytes([0, value]) for value in RED)),
    ),
    "PNG palette whose first color is transparent": lambda: png(
        _first_quarter(0, 1),
        1,
        ColorType.PALETTE,
        png_chunk(b"PLTE", bytes([*RED, *GREEN])),
        png_chunk(b"tRNS", b"\0"),
    ),
    "PNG palette with partly transparent colors": lambda: png(
        _first_quarter(0, 1),
        8,
        ColorType.PALETTE,
        png_chunk(b"PLTE", bytes([*RED, *GREEN])),
        png_chunk(b"tRNS", b"\x00\xf8"),
    ),
    "PNG, 16-bit gray with an alpha channel": lambda: png(
        _first_quarter((0, 0), (60000, 65535)), 16, ColorType.GRAY_ALPHA
    ),
}


def _check_transparency(output: Output) -> str | None:
    image = output.image.convert("RGBA")
    width, height = image.size
    first, last = (color_at(image, width * x // 4, height * x // 4)[3] for x in (1, 3))
    return None if first < 16 and last > 239 else f"alpha {first} and {last}"


def _check_color(color: tuple[int, ...]) -> Check:
    """Return a check of the color in the center of the first quarter."""

    def check(output: Output) -> str | None:
        image = output.image
        actual = color_at(image.convert("RGB"), image.width // 4, image.height // 4)
        return None if max(abs(a - b) for a, b in zip(actual, color, strict=True)) < 12 else f"shows {actual}"

    return check


def _check_no_halo(color: tuple[int, ...], tolerance: int = 10) -> Check:
    """Return a check that all visible pixels have the color."""

    def check(output: Output) -> str | None:
        image = output.image.convert("RGBA")
        pixels = [color_at(image, x, y) for x in range(image.width) for y in range(image.height)]
        worst = max(abs(a - b) for pixel in pixels if pixel[3] > 40 for a, b in zip(pixel[:3], color, strict=True))
        return None if worst <= tolerance else f"halo of {worst}"

    return check
