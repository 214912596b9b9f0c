"""The stack's limits, as they reach the function: JSON in one origin custom header."""

import json
from dataclasses import dataclass, fields
from typing import Any, Self, cast

from common.contract import SETTINGS_HEADER


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What infra/config/stack_config.py validated at preview; here only shape and type are checked."""

    bucket: str
    """Of the originals."""
    renditions: str
    """The bucket of what is too large for one answer."""
    region: str
    """Of both: AWS_REGION is the replica's."""
    formats: tuple[str, ...]
    """What `auto` may choose, best first; these renditions vary with Accept."""
    max_dimension: int
    """Pixels, of either side of a rendition."""
    max_bytes: int
    """Of an original."""
    max_pixels: int
    """Of an original, all frames together."""
    max_frames: int
    """Of an animation."""
    browser_ttl: int
    """Seconds."""
    cdn_ttl: int
    """Seconds."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """The header's value; ValueError names every key that is missing or of the wrong type.

        Others are no error: after going back to an earlier version, the program may know keys that it does not.
        """
        values: Any = json.loads(text)
        if not isinstance(values, dict):
            raise ValueError(f"{SETTINGS_HEADER} is not a JSON object")
        given = cast("dict[str, Any]", values)
        kinds = {field.name: field.type for field in fields(cls)}
        problems: list[str] = []
        for name, kind in kinds.items():
            value = given.get(name)
            if kind == tuple[str, ...] and isinstance(value, list):
                given[name] = tuple(cast("list[str]", value))
            elif kind not in (str, int) or type(value) is not kind:
                problems.append(f"{name} is {value!r}")
        if problems:
            raise ValueError(f"{SETTINGS_HEADER}: {'; '.join(problems)}")
        return cls(**{name: given[name] for name in kinds})
