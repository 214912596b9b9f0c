"""The picture cases for hostile, broken and mislabeled originals, which a resizer must refuse with little memory."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from PIL import Image

from conformance import refused_heif, refused_jpeg, refused_others, refused_png, refused_tiff, refused_webp
from conformance.case import Case, Output
from conformance.pictures import encode, format_label, quadrants
from conformance.raw_files import GifFrame, gif

_GROUP: Final = "refused originals"
_FILES: Final = (refused_jpeg, refused_png, refused_webp, refused_heif, refused_tiff, refused_others)


def cases() -> Iterator[Case]:
    """Yield picture cases with originals that a resizer must refuse, and one with an original that it must accept."""
    for module in _FILES:
        yield from _cases(module.REFUSED, may_be_rendered=False)
        yield from _cases(module.HARMLESS, may_be_rendered=True)
    for kind in ("jpeg", "png", "gif", "webp", "avif", "heif", "tiff", "bmp", "ico"):
        for share in (0.2, 0.6, 0.95):
            yield Case(
                group=_GROUP,
                name=f"{format_label(kind)} truncated to {share:.0%}",
                original=lambda kind=kind, share=share: _truncated(kind, share),
                check=None,
            )
    for name in ("GIF", "APNG", "WebP"):
        yield Case(
            group=_GROUP,
            name=f"{name} with 5000 frames",
            original=lambda name=name: _animation_of_5000_frames(name),
            check=None,
            format="webp",
            may_be_rendered=True,
        )
    yield Case(
        group=_GROUP,
        name="accepted: gray JPEG of 20000x14000, which can be decoded at a reduced size",
        original=refused_jpeg.gray_jpeg,
        check=_check_size,
        format="jpeg",
    )


def _cases(originals: Mapping[str, Callable[[], bytes]], *, may_be_rendered: bool) -> Iterator[Case]:
    for name, original in originals.items():
        yield Case(group=_GROUP, name=name, original=original, check=None, may_be_rendered=may_be_rendered)


def _check_size(output: Output) -> str | None:
    """Check the size. The original has 280 megapixels, of which a decoder at scale 1/8 produces 1/64."""
    image = output.image
    return None if image.size == (60, 42) else f"size {image.width}x{image.height}"


def _truncated(kind: str, share: float) -> bytes:
    image = Image.effect_noise((240, 160), 60).convert("RGB")
    image.paste(quadrants(120, 80), (60, 40))
    body = encode(image, kind)
    return body[: int(len(body) * share)]


def _animation_of_5000_frames(name: str) -> bytes:
    if name == "GIF":
        return gif(1, 1, bytes(6), [GifFrame(bytes([number & 1]), 1, 1) for number in range(5000)])
    frames = [Image.new("RGB", (1, 1), (number & 255, number >> 8, 0)) for number in range(5000)]
    kind, options = ("png", {}) if name == "APNG" else ("webp", {"lossless": True, "method": 0, "minimize_size": False})
    return encode(frames[0], kind, save_all=True, append_images=frames[1:], duration=20, **options)
