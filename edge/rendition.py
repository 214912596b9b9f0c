"""What a viewer asked for, and its one spelling: the canonical query that viewer_request.js writes."""

import re
from dataclasses import dataclass, fields
from typing import Final, Self

from common.contract import CHOICES, OUTPUT_FORMATS
from edge.errors import BadRendition

MAX_SIDE: Final = 16383
"""What the formats can hold (WebP: 14 bits); a stack's own limit is lower."""


def _one_of(words: tuple[str, ...]) -> tuple[str, str]:
    """Return the pattern of these words, and the sentence that lists them."""
    return "|".join(words), f"{', '.join(words[:-1])} or {words[-1]}"


_SIDE = (r"[1-9]\d{0,4}", f"a whole number from 1 to {MAX_SIDE}")
_GRAMMAR: Final[dict[str, tuple[str, str]]] = {
    "background": (r"[0-9a-f]{6}", "six hexadecimal digits"),
    "fit": _one_of(CHOICES["fit"]),
    "format": _one_of(("original", *OUTPUT_FORMATS)),
    "height": _SIDE,
    "position": _one_of(CHOICES["position"]),
    "quality": (r"[1-9]\d?|100", "a whole number from 1 to 100"),
    "width": _SIDE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """Fields in the order of the canonical query. What could not matter is refused: it would be a second spelling."""

    background: str = "ffffff"
    """rrggbb, under transparency where the output has none."""
    fit: str = "cover"
    """As CSS object-fit, when both sides are given."""
    format: str | None = None
    """None: the original's. Always part of the canonical query, so that nothing is left to negotiate."""
    height: int | None = None
    """Pixels, like width; device pixels are already folded in."""
    position: str = "center"
    """What `cover` keeps."""
    quality: int | None = None
    """1 to 100; None: the format's own default."""
    width: int | None = None

    def __post_init__(self) -> None:
        """BadRendition unless every value can matter."""
        boxed = self.width is not None and self.height is not None
        if self.background != "ffffff" and self.format != "jpeg":
            raise BadRendition("background needs format=jpeg")
        if self.fit != "cover" and not boxed:
            raise BadRendition("fit needs width and height")
        if self.position != "center" and not (boxed and self.fit == "cover"):
            raise BadRendition("position needs width, height and fit=cover")
        if self.quality is not None and self.format == "png":
            raise BadRendition("quality means nothing to format=png")
        for name, side in (("width", self.width), ("height", self.height)):
            if side is not None and not 1 <= side <= MAX_SIDE:
                raise BadRendition(f"{name} accepts {_SIDE[1]}")

    @classmethod
    def parse(cls, query: str) -> Self:
        """Only the canonical spelling; BadRendition names the parameter and what it accepts."""
        values: dict[str, str | int] = {}
        for pair in query.split("&"):
            name, _, value = pair.partition("=")
            if name not in _GRAMMAR:
                raise BadRendition(f"{name[:20]!r} is not a parameter of the canonical query")
            pattern, accepted = _GRAMMAR[name]
            if not re.fullmatch(pattern, value, re.ASCII):
                raise BadRendition(f"{name} accepts {accepted}")
            values[name] = int(value) if name in ("width", "height", "quality") else value
        if values.get("format") == "original":
            del values["format"]
        rendition = cls(**values)  # type: ignore[arg-type]  # the grammar has checked each
        if rendition == cls():
            raise BadRendition("format=original alone is the original itself")
        if str(rendition) != query:
            raise BadRendition(f"the canonical spelling of this query is {rendition}")
        return rendition

    def __str__(self) -> str:
        """The canonical query; `parse` reads it back to an equal value."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        kept = {field.name for field in fields(self) if given[field.name] != field.default} | {"format"}
        return "&".join(f"{name}={value or 'original'}" for name, value in given.items() if name in kept)
