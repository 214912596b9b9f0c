"""The parameters of a rendition as a value, and their text form: the canonical query that viewer_request.js writes."""

import re
from typing import Final, NamedTuple, Self

from common.contract import CANONICAL_PARAMETERS, CHOICES, DEFAULT_QUALITIES, OUTPUT_FORMATS
from edge.errors import BadRendition

_MAX_SIDE: Final = 16383
"""The maximum pixels of a side in every output format. WebP stores a side in 14 bits. The limit of a stack is lower."""


def _choice(words: tuple[str, ...]) -> tuple[str, str]:
    """Return the pattern that matches these words, and the text that lists the words."""
    return "|".join(words), f"{', '.join(words[:-1])} or {words[-1]}"


_SIDE = (r"[1-9]\d{0,4}", f"a whole number from 1 to {_MAX_SIDE}")
_GRAMMAR: Final[dict[str, tuple[str, str]]] = {
    "background": (r"[0-9a-f]{6}", "six hexadecimal digits"),
    "fit": _choice(CHOICES["fit"]),
    "format": _choice(("original", *OUTPUT_FORMATS)),
    "height": _SIDE,
    "position": _choice(CHOICES["position"]),
    "quality": (r"[1-9]\d?|100", "a whole number from 1 to 100"),
    "width": _SIDE,
}
"""For each parameter, the pattern of its value, and a description of the accepted values for error messages."""


class Rendition(NamedTuple):
    """A rendition that a viewer can request. The fields are the parameters of the canonical query.

    `parse` checks the values; the constructor does not.
    """

    background: str = "ffffff"
    """The color, in the form rrggbb, that replaces transparency in a JPEG."""
    fit: str = "cover"
    """The fit, with the meaning of the CSS property object-fit. A fit needs both a width and a height."""
    format: str | None = None
    """The output format; None for the format of the original, which the canonical query writes as `original`."""
    height: int | None = None
    """The height in device pixels: the viewer function has multiplied the requested height by `dpr`."""
    position: str = "center"
    """The part of the original that `cover` keeps."""
    quality: int | None = None
    """The quality, from 1 to 100; None for the default of the format."""
    width: int | None = None
    """The width in device pixels, which includes `dpr` like the height."""

    @classmethod
    def parse(cls, query: str) -> Self:
        """Return the rendition of a canonical query.

        Raises BadRendition if the query has any other spelling. The error names the parameter and its accepted values.
        """
        values: dict[str, str | int] = {}
        for pair in query.split("&"):
            name, _, value = pair.partition("=")
            if name not in _GRAMMAR:
                accepted_names = ", ".join(CANONICAL_PARAMETERS)
                raise BadRendition(f"{name[:20]!r} is not a parameter; the canonical query accepts {accepted_names}")
            pattern, accepted = _GRAMMAR[name]
            if not re.fullmatch(pattern, value, re.ASCII):
                raise BadRendition(f"{name} accepts {accepted}")
            values[name] = int(value) if name in ("width", "height", "quality") else value
        if values.get("format") == "original":
            del values["format"]
        rendition = cls(**values)  # type: ignore[arg-type]  # The grammar has checked each value.
        rendition._check()
        if rendition == cls():
            raise BadRendition("format=original alone requests the original: remove the query")
        if str(rendition) != query:
            raise BadRendition(f"the canonical spelling of this query is {rendition}")
        return rendition

    def _check(self) -> None:
        """Raise BadRendition if a value is out of range or has no effect.

        With a value that has no effect, the query would be a second spelling of the same rendition.
        """
        has_both_sides = self.width is not None and self.height is not None
        if self.background != "ffffff" and self.format != "jpeg":
            raise BadRendition("background needs format=jpeg")
        if self.fit != "cover" and not has_both_sides:
            raise BadRendition("fit needs width and height")
        if self.position != "center" and not (has_both_sides and self.fit == "cover"):
            raise BadRendition("position needs width, height and fit=cover")
        if self.quality is not None and self.format == "png":
            raise BadRendition("quality has no effect with format=png")
        if self.quality is not None and self.quality == DEFAULT_QUALITIES.get(self.format or "original"):
            raise BadRendition(f"quality={self.quality} is the default of format={self.format}: remove it")
        for name, side in (("width", self.width), ("height", self.height)):
            if side is not None and not 1 <= side <= _MAX_SIDE:
                raise BadRendition(f"{name} accepts {_SIDE[1]}")

    def __str__(self) -> str:
        """Return the canonical query. `parse` returns an equal value for this query."""
        values = {name: getattr(self, name) for name in CANONICAL_PARAMETERS}
        return "&".join(
            f"{name}={value or 'original'}"
            for name, value in values.items()
            if name == "format" or value != self._field_defaults[name]
        )
