"""The picture cases for color profiles. LittleCMS calculates the expected sRGB colors from the original's profile."""

import io
from collections.abc import Iterator
from typing import Any, Final

from PIL import Image, ImageCms

from conformance import icc_profiles, raw_files
from conformance.case import Case, Colors, check_colors, check_quadrants
from conformance.pictures import BLUE, GREEN, RED, YELLOW, encode, format_label, quadrant_colors, quadrants

_P3: Final = ((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841))
_ADOBE: Final = ((0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609), (0.1492, 0.0632, 0.7446))
_PROPHOTO: Final = ((0.7977, 0.2880, 0.0), (0.1352, 0.7119, 0.0), (0.0313, 0.0001, 0.8249))
_LINEAR: Final = ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141))
_SPACES: Final = {
    "Display P3": (_P3, 2.2),
    "Adobe RGB": (_ADOBE, 2.2),
    "ProPhoto": (_PROPHOTO, 1.8),
    "linear RGB": (_LINEAR, 1.0),
}
"""The XYZ values (D50) of the primaries, and the gamma, by name of the color space."""


def cases() -> Iterator[Case]:
    """Yield a picture case for each kind of profile, and for missing and invalid profiles."""
    for name, (primaries, gamma) in _SPACES.items():
        profile = icc_profiles.matrix_profile(primaries, gamma)
        for kind in ("jpeg", "png", "webp"):
            yield _profile_case(f"{format_label(kind)} in {name}", kind, "RGB", profile)
    p3 = icc_profiles.matrix_profile(_P3, 2.2)
    for kind in ("avif", "heif", "tiff"):
        yield _profile_case(f"{format_label(kind)} in Display P3", kind, "RGB", p3)
    yield _profile_case("transparent PNG in Display P3", "png", "RGBA", p3)
    for kind in ("jpeg", "tiff"):
        yield _profile_case(f"{format_label(kind)} in CMYK with a profile", kind, "CMYK", icc_profiles.cmyk_profile())
    for kind, gamma in (("png", 1.0), ("jpeg", 1.8)):
        profile = icc_profiles.matrix_profile((), gamma, b"GRAY")
        yield _profile_case(f"gray {format_label(kind)} with a profile of gamma {gamma}", kind, "L", profile)
    yield from _ignored_profile_cases(p3)
    yield Case(
        group="color",
        name="16-bit samples are scaled, not clipped",
        original=_gradient,
        check=check_quadrants(tuple((value,) * 3 for value in (65, 194, 65, 194)), 4, (64, 32)),
        options={"width": 64},
    )


def _ignored_profile_cases(p3: bytes) -> Iterator[Case]:
    """Yield picture cases whose originals have no profile or an unusable one, which must not change the colors."""
    originals = {
        "CMYK without a profile, as browsers show it": ("jpeg", "CMYK", None),
        "invalid profile": ("png", "RGB", b"not a profile at all" * 20),
        "truncated profile": ("jpeg", "RGB", p3[:150]),
        "CMYK profile in an RGB image": ("jpeg", "RGB", icc_profiles.cmyk_profile()),
        "gray profile in an RGB image": ("png", "RGB", icc_profiles.matrix_profile((), 1.0, b"GRAY")),
    }
    for name, (kind, mode, profile) in originals.items():
        options: dict[str, Any] = {} if profile is None else {"icc_profile": profile}
        yield Case(
            group="color",
            name=name,
            original=lambda kind=kind, mode=mode, options=options: _picture(kind, mode, **options),
            check=check_colors((RED, GREEN, BLUE, YELLOW), 6.0),
        )


def _picture(kind: str, mode: str, **options: Any) -> bytes:
    quality = {"quality": 95} if kind in ("jpeg", "webp", "avif", "heif") else {}
    image = quadrants(240, 160).convert("RGB").convert(mode)
    return encode(image, kind, **quality, **options)


def _profile_case(name: str, kind: str, mode: str, profile: bytes) -> Case:
    stored = quadrants(240, 160).convert("RGB").convert(mode.removesuffix("A"))
    return Case(
        group="color",
        name=name,
        original=lambda: _picture(kind, mode, icc_profile=profile),
        check=check_colors(_expected_colors(stored, profile)),
    )


def _expected_colors(image: Image.Image, profile: bytes) -> Colors:
    transform = ImageCms.buildTransform(io.BytesIO(profile), ImageCms.createProfile("sRGB"), image.mode, "RGB")
    converted = ImageCms.applyTransform(image, transform)
    assert converted is not None
    return tuple(quadrant_colors(converted))


def _gradient() -> bytes:
    """Return a 16-bit gray PNG from black to white."""
    row = [round(x * 65535 / 127) for x in range(128)]
    return raw_files.png([row] * 64, 16, raw_files.ColorType.GRAY)
