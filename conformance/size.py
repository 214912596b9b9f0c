"""Sizes are exact, ratios are kept, nothing is enlarged and nothing disappears."""

from collections.abc import Iterator

from PIL import Image

from conformance.case import Answer, Case, Check
from conformance.pictures import encoded, quadrants

_ASKED = (
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


def cases() -> Iterator[Case]:
    """As PNG, and the first few from JPEG, which may be decoded smaller."""
    for kind, asked in (("png", _ASKED), ("jpeg", _ASKED[:3])):
        for (width, height), options, expected in asked:
            words = " ".join(f"{name}={value}" for name, value in options.items())
            yield Case(
                row="size",
                name=f"{kind.upper()} of {width}x{height}, {words}",
                original=lambda kind=kind, size=(width, height): encoded(quadrants(*size), kind),
                check=_is(expected),
                options=options,
            )
    yield Case(
        row="size",
        name="covered, not squeezed: a circle stays round",
        original=_circle,
        check=_round,
        options={"width": 50, "height": 100},
    )


def _is(expected: tuple[int, int]) -> Check:
    def check(answer: Answer) -> str | None:
        size = answer.image.size
        return None if size == expected else f"{size[0]}x{size[1]}"

    return check


def _circle() -> bytes:
    mask = Image.radial_gradient("L").resize((200, 200)).point(lambda value: 255 if value < 100 else 0)
    image = Image.new("L", (400, 200))
    image.paste(mask, (100, 0))
    return encoded(image, "png")


def _round(answer: Answer) -> str | None:
    box = answer.image.convert("L").point(lambda value: 255 if value > 128 else 0).getbbox()
    if box is None or answer.image.size != (50, 100):
        return f"{answer.image.width}x{answer.image.height}"
    # Its 110 pixels become 55, of which the box shows 50.
    return None if box[2] - box[0] == 50 and 51 <= box[3] - box[1] <= 59 else f"drawn as {box}"
