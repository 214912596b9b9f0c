"""Pictures are upright, and sizes are of the upright picture."""

from collections.abc import Iterator

from PIL import Image, PngImagePlugin

from conformance import fixtures
from conformance.case import Answer, Case, both, quarters, upright
from conformance.pictures import BLUE, GREEN, RED, YELLOW, encoded, quadrants

_STORED = {  # how upright pixels are stored for each value of EXIF's Orientation
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def cases() -> Iterator[Case]:
    """Every orientation as JPEG, the two most frequent as everything else."""
    for kind, values in (("jpeg", range(2, 9)), *((kind, (3, 6)) for kind in ("png", "webp", "tiff", "avif", "heif"))):
        for value in values:
            yield Case(
                row="orientation",
                name=f"{'HEIC' if kind == 'heif' else kind.upper()} with orientation {value}",
                original=lambda kind=kind, value=value: _stored(kind, value),
                check=both(upright(26), _without_tag),
                format="jpeg",
            )
    for kind in ("jpeg", "png", "webp"):
        yield Case(
            row="orientation",
            name=f"{kind.upper()} turned by its XMP alone, which browsers do not heed",
            original=lambda kind=kind: _told_by_xmp(kind),
            check=upright(26),
        )
    yield Case(
        row="orientation",
        name="AVIF with a turn of its own (irot)",
        original=lambda: fixtures.TURNED,
        check=quarters((GREEN, YELLOW, RED, BLUE), 26, (24, 36)),
        options={"width": 24},
    )


def _stored(kind: str, value: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = value
    return encoded(quadrants(240, 160).transpose(_STORED[value]), kind, exif=exif.tobytes())


def _told_by_xmp(kind: str) -> bytes:
    xmp = "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:Description tiff:Orientation=\"6\"/></x:xmpmeta>"
    if kind == "png":
        text = PngImagePlugin.PngInfo()
        text.add_itxt("XML:com.adobe.xmp", xmp)
        return encoded(quadrants(240, 160), kind, pnginfo=text)
    return encoded(quadrants(240, 160), kind, xmp=xmp.encode())


def _without_tag(answer: Answer) -> str | None:
    return "tag left" if 0x0112 in answer.image.getexif() else None
