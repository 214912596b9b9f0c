"""The picture cases for exact sizes: aspect ratios are kept, nothing is enlarged, and no side becomes zero."""

from collections.abc import Iterator
from typing import Final

from PIL import Image

from conformance.case import Case, Check, Output
from conformance.pictures import encode, format_label, quadrants

_REQUESTS: Final = (
    ((300, 200), {"width": 150}, (150, 100)),
    ((300, 200), {"height": 50}, (75, 50)),
    ((300, 200), {"width": 50, "height": 100}, (50, 100)),
    ((300, 200), {"width": 50, "height": 100, "fit": "contain"}, (50, 33)),
    ((300, 200), {"width": 50, "height": 100, "fit": "fill"}, (50, 100)),
    ((300, 200), {"width": 900}, (300, 200)),
    ((300, 200), {"width": 900, "height": 900, "fit": "contain"}, (300, 200)),
    ((940, 2), {"width": 10}, (10, 1)),
    ((2, 940), {"height": 10}, (1, 10)),
    ((1, 1), {"width": 100}, (1, 1)),
    ((333, 500), {"width": 100}, (100, 150)),
    ((1001, 667), {"width": 500}, (500, 333)),
)
"""The size of the original, the parameters and the expected size of the rendition, for each request."""


def cases() -> Iterator[Case]:
    """Yield picture cases with every request for a PNG original, and with the first three for a JPEG original.

    A decoder can decode a JPEG at a reduced size, and so produce another size.
    """
    for kind, requests in (("png", _REQUESTS), ("jpeg", _REQUESTS[:3])):
        for (width, height), options, expected in requests:
            parameters = " ".join(f"{name}={value}" for name, value in options.items())
            yield Case(
                group="size",
                name=f"{format_label(kind)} of {width}x{height} with {parameters}",
                original=lambda kind=kind, size=(width, height): encode(quadrants(*size), kind),
                check=_check_size(expected),
                options=options,
            )
    yield Case(
        group="size",
        name="cover crops without distortion: a circle stays round",
        original=_circle,
        check=_check_round,
        options={"width": 50, "height": 100},
    )


def _check_size(expected: tuple[int, int]) -> Check:
    def check(output: Output) -> str | None:
        size = output.image.size
        return None if size == expected else f"size {size[0]}x{size[1]}"

    return check


def _circle() -> bytes:
    mask = Image.radial_gradient("L").resize((200, 200)).point(lambda value: 255 if value < 100 else 0)
    image = Image.new("L", (400, 200))
    image.paste(mask, (100, 0))
    return encode(image, "png")


def _check_round(output: Output) -> str | None:
    box = output.image.convert("L").point(lambda value: 255 if value > 128 else 0).getbbox()
    if box is None or output.image.size != (50, 100):
        return f"size {output.image.width}x{output.image.height}"
    # The circle's diameter of 110 pixels becomes 55, of which the rendition shows a width of 50.
    return None if box[2] - box[0] == 50 and 51 <= box[3] - box[1] <= 59 else f"circle fills {box}"
