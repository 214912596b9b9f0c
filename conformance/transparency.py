"""What can be seen through stays so, or lies on the background; and nothing of what is hidden leaks out at edges."""

from collections.abc import Iterator

from PIL import Image, ImageDraw

from conformance import files
from conformance.case import Answer, Case, Check
from conformance.pictures import GREEN, RED, encoded, quadrants

_SMALL = {"width": 24}


def cases() -> Iterator[Case]:
    """Into each format, and from each way of saying what is transparent."""
    for target in ("png", "webp", "avif"):
        yield _case(f"kept from PNG to {target.upper()}", lambda: _clear("png"), _see_through, target)
    for kind in ("webp", "avif", "gif", "tiff"):
        yield _case(f"kept from {kind.upper()} to PNG", lambda kind=kind: _clear(kind), _see_through)
    for name, original in _KEYS.items():
        yield _case(name, original, _see_through, options=_SMALL)
    for background, colour in (("ffffff", (255, 255, 255)), ("ff8800", (255, 136, 0))):
        yield _case(f"on {background} as JPEG", lambda: _clear("png"), _shows(colour), "jpeg", background=background)
    yield _case("half transparent on ffffff as JPEG", _half, _shows((237, 147, 147)), "jpeg")
    yield _case("white on hidden black: no dark halo", lambda: _disc((255,) * 3, (0,) * 3), _no_halo((255,) * 3))
    yield _case("black on hidden white: no light halo", lambda: _disc((0,) * 3, (255,) * 3), _no_halo((0,) * 3))
    yield _case("as WebP, no dark halo either", lambda: _disc((255,) * 3, (0,) * 3), _no_halo((255,) * 3, 40), "webp")


def _case(name, original, check, target="png", options=None, **more) -> Case:  # noqa: ANN001, ANN003
    chosen = {**(options or {"width": 60}), **more}
    return Case(row="transparency", name=name, original=original, check=check, format=target, options=chosen)


def _clear(kind: str) -> bytes:
    """The first quarter is not there."""
    image = quadrants(240, 160).convert("RGBA")
    ImageDraw.Draw(image).rectangle((0, 0, 119, 79), fill=(0, 0, 0, 0))
    return encoded(image, kind)


def _half() -> bytes:
    return encoded(Image.new("RGBA", (120, 80), (*RED, 128)), "png")


def _disc(colour: tuple[int, ...], hidden: tuple[int, ...]) -> bytes:
    image = Image.new("RGBA", (400, 400), (*hidden, 0))
    ImageDraw.Draw(image).ellipse((50, 50, 350, 350), fill=(*colour, 255))
    return encoded(image, "png")


def _rows(first: object, second: object) -> list[list]:  # type: ignore[type-arg]
    return [[first] * 24 + [second] * 24 for _ in range(16)] + [[second] * 48 for _ in range(16)]


_KEYS = {
    "a grey that PNG calls transparent": lambda: files.png(
        _rows(9, 200), 8, files.GREY, files.chunk(b"tRNS", b"\0\x09")
    ),
    "a grey of 16 bits that PNG calls transparent": lambda: files.png(
        _rows(9, 60000), 16, files.GREY, files.chunk(b"tRNS", b"\0\x09")
    ),
    "a grey of 16 bits that PNG calls transparent, and one beside it": lambda: files.png(
        _rows(60001, 60000), 16, files.GREY, files.chunk(b"tRNS", (60001).to_bytes(2, "big"))
    ),
    "a colour that PNG calls transparent": lambda: files.png(
        _rows(RED, GREEN), 8, files.RGB, files.chunk(b"tRNS", b"".join(bytes([0, value]) for value in RED))
    ),
    "a palette whose first colour is transparent": lambda: files.png(
        _rows(0, 1), 1, files.PALETTE, files.chunk(b"PLTE", bytes([*RED, *GREEN])), files.chunk(b"tRNS", b"\0")
    ),
    "a palette of half transparent colours": lambda: files.png(
        _rows(0, 1), 8, files.PALETTE, files.chunk(b"PLTE", bytes([*RED, *GREEN])), files.chunk(b"tRNS", b"\x00\xf8")
    ),
    "grey with an alpha channel of 16 bits": lambda: files.png(_rows((0, 0), (60000, 65535)), 16, files.GREY_ALPHA),
}


def _see_through(answer: Answer) -> str | None:
    image = answer.image.convert("RGBA")
    width, height = image.size
    clear, opaque = (image.getpixel((width * x // 4, height * x // 4))[3] for x in (1, 3))
    return None if clear < 16 and opaque > 239 else f"alpha {clear} and {opaque}"


def _shows(colour: tuple[int, ...]) -> Check:
    def check(answer: Answer) -> str | None:
        image = answer.image
        seen = image.convert("RGB").getpixel((image.width // 4, image.height // 4))
        return None if max(abs(a - b) for a, b in zip(seen, colour, strict=True)) < 12 else f"shows {seen}"

    return check


def _no_halo(colour: tuple[int, ...], tolerance: int = 10) -> Check:
    def check(answer: Answer) -> str | None:
        image = answer.image.convert("RGBA")
        pixels = [image.getpixel((x, y)) for x in range(image.width) for y in range(image.height)]
        worst = max(abs(a - b) for pixel in pixels if pixel[3] > 40 for a, b in zip(pixel[:3], colour, strict=True))
        return None if worst <= tolerance else f"halo of {worst}"

    return check
