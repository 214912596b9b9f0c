"""The picture cases for orientation: renditions are upright, with the `width` and `height` of the upright picture."""

from collections.abc import Iterator
from typing import Final

from PIL import Image, PngImagePlugin

from conformance import fixtures
from conformance.case import Case, Output, check_all, check_quadrants, check_upright
from conformance.pictures import BLUE, GREEN, RED, YELLOW, encode, format_label, quadrants

_STORED_TRANSPOSE: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""The operation that turns an upright picture into the stored picture, by the value of EXIF's Orientation tag."""


def cases() -> Iterator[Case]:
    """Yield picture cases with every orientation as JPEG, and with the two most frequent ones in the other formats."""
    for kind, values in (("jpeg", range(2, 9)), *((kind, (3, 6)) for kind in ("png", "webp", "tiff", "avif", "heif"))):
        for value in values:
            yield Case(
                group="orientation",
                name=f"{format_label(kind)} with EXIF orientation {value}",
                original=lambda kind=kind, value=value: _picture_with_exif(kind, value),
                check=check_all(check_upright(26), _check_no_orientation_tag),
                format="jpeg",
            )
    for kind in ("jpeg", "png", "webp"):
        yield Case(
            group="orientation",
            name=f"{format_label(kind)} with an orientation only in XMP, which browsers ignore",
            original=lambda kind=kind: _picture_with_xmp(kind),
            check=check_upright(26),
        )
    yield Case(
        group="orientation",
        name="AVIF with a rotation property (irot)",
        original=lambda: fixtures.TURNED,
        check=check_quadrants((GREEN, YELLOW, RED, BLUE), 26, (24, 36)),
        options={"width": 24},
    )


def _picture_with_exif(kind: str, value: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = value
    return encode(quadrants(240, 160).transpose(_STORED_TRANSPOSE[value]), kind, exif=exif.tobytes())


def _picture_with_xmp(kind: str) -> bytes:
    xmp = "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:Description tiff:Orientation=\"6\"/></x:xmpmeta>"
    if kind == "png":
        text = PngImagePlugin.PngInfo()
        text.add_itxt("XML:com.adobe.xmp", xmp)
        return encode(quadrants(240, 160), kind, pnginfo=text)
    return encode(quadrants(240, 160), kind, xmp=xmp.encode())


def _check_no_orientation_tag(output: Output) -> str | None:
    return "orientation tag left" if 0x0112 in output.image.getexif() else None
