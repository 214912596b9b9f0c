"""Colours are those that the original's profile means, in sRGB. What is expected, LittleCMS says."""

import io
from collections.abc import Iterator
from typing import Any

from PIL import Image, ImageCms

from conformance import files
from conformance.case import Case, near, quarters
from conformance.pictures import BLUE, GREEN, RED, YELLOW, encoded, quadrants

_P3 = ((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841))
_ADOBE = ((0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609), (0.1492, 0.0632, 0.7446))
_PROPHOTO = ((0.7977, 0.2880, 0.0), (0.1352, 0.7119, 0.0), (0.0313, 0.0001, 0.8249))
_LINEAR = ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141))

Colours = tuple[tuple[int, ...], ...]
_QUARTERS: Colours = (RED, GREEN, BLUE, YELLOW)


def cases() -> Iterator[Case]:
    """One picture for each kind of profile, and for what is none."""
    spaces = {
        "Display P3": (_P3, 2.2),
        "Adobe RGB": (_ADOBE, 2.2),
        "ProPhoto": (_PROPHOTO, 1.8),
        "linear": (_LINEAR, 1.0),
    }
    for name, (primaries, gamma) in spaces.items():
        for kind in ("jpeg", "png", "webp"):
            yield _through(f"{kind.upper()} in {name}", kind, "RGB", files.matrix_profile(primaries, gamma))
    p3 = files.matrix_profile(_P3, 2.2)
    yield _through("AVIF in Display P3", "avif", "RGB", p3)
    yield _through("HEIC in Display P3", "heif", "RGB", p3)
    yield _through("TIFF in Display P3", "tiff", "RGB", p3)
    yield _through("transparent PNG in Display P3", "png", "RGBA", p3)
    yield _through("JPEG in CMYK with a profile", "jpeg", "CMYK", files.cmyk_profile())
    yield _through("TIFF in CMYK with a profile", "tiff", "CMYK", files.cmyk_profile())
    yield _through("grey PNG of gamma 1.0", "png", "L", files.matrix_profile((), 1.0, b"GRAY"))
    yield _through("grey JPEG of gamma 1.8", "jpeg", "L", files.matrix_profile((), 1.8, b"GRAY"))
    plain = {
        "CMYK without a profile, as browsers show it": ("jpeg", "CMYK", None),
        "a profile that is broken": ("png", "RGB", b"not a profile at all" * 20),
        "a profile that is cut off": ("jpeg", "RGB", p3[:150]),
        "a profile for CMYK in an RGB picture": ("jpeg", "RGB", files.cmyk_profile()),
        "a profile for grey in an RGB picture": ("png", "RGB", files.matrix_profile((), 1.0, b"GRAY")),
    }
    for name, (kind, mode, profile) in plain.items():
        options: dict[str, Any] = {} if profile is None else {"icc_profile": profile}
        yield Case(
            row="colour",
            name=name,
            original=lambda kind=kind, mode=mode, options=options: _picture(kind, mode, **options),
            check=near(_QUARTERS, 6.0),
        )
    yield Case(
        row="colour",
        name="16 bits are scaled, not clipped",
        original=_ramp,
        check=quarters(tuple((value,) * 3 for value in (65, 194, 65, 194)), 4, (64, 32)),
        options={"width": 64},
    )


def _picture(kind: str, mode: str, **options: Any) -> bytes:
    quality = {"quality": 95} if kind in ("jpeg", "webp", "avif", "heif") else {}
    image = quadrants(240, 160).convert("RGB").convert(mode)
    return encoded(image, kind, **quality, **options)


def _through(name: str, kind: str, mode: str, profile: bytes) -> Case:
    stored = quadrants(240, 160).convert("RGB").convert(mode.removesuffix("A"))
    return Case(
        row="colour",
        name=name,
        original=lambda: _picture(kind, mode, icc_profile=profile),
        check=near(_meant(stored, profile)),
    )


def _meant(image: Image.Image, profile: bytes) -> Colours:
    transform = ImageCms.buildTransform(io.BytesIO(profile), ImageCms.createProfile("sRGB"), image.mode, "RGB")
    small = ImageCms.applyTransform(image, transform)
    width, height = small.size
    return tuple(small.getpixel((width * x // 4, height * y // 4)) for y in (1, 3) for x in (1, 3))


def _ramp() -> bytes:
    return files.png([[round(x * 65535 / 127) for x in range(128)] for _ in range(64)], 16, files.GREY)
