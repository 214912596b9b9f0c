"""The settings of the stack, which the edge function reads as JSON from an origin custom header."""

import json
from typing import Any, NamedTuple, Self, cast

from common.contract import SETTINGS_HEADER


class Settings(NamedTuple):
    """The settings of one stack.

    infra/config/stack_config.py validates the values at preview. `parse` checks only the types.
    """

    bucket: str
    """The name of the originals bucket."""
    renditions: str
    """The name of the renditions bucket."""
    region: str
    """The Region of both buckets. AWS_REGION can differ: this variable has the Region of the function's replica."""
    formats: tuple[str, ...]
    """The formats that `auto` can select, in order of preference. Responses in these formats have `vary: accept`."""
    max_dimension: int
    """The maximum number of pixels of the longer side of a rendition."""
    max_bytes: int
    """The maximum number of bytes of an original."""
    max_pixels: int
    """The maximum number of pixels to decode of an original. docs/url.md says how frames of animations count."""
    max_frames: int
    """The maximum number of frames of an animation."""
    render_timeout: int
    """The maximum number of seconds for rendering one original."""
    memory: int
    """The memory of the edge function, in MB."""
    browser_ttl: int
    """The number of seconds for which browsers keep a response, unless the original has its own Cache-Control."""
    cdn_ttl: int
    """The number of seconds for which CloudFront keeps a response, unless the original has its own Cache-Control."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the settings from the value of the header.

        Raises ValueError if keys are missing or values have the wrong type. The message names all of these keys.
        Unknown keys are ignored: after a rollback to an earlier version of the edge function, the stack may send newer
        keys.
        """
        values: Any = json.loads(text)
        if not isinstance(values, dict):
            raise ValueError(f"the header {SETTINGS_HEADER} must contain a JSON object")
        settings = cast("dict[str, Any]", values)
        problems: list[str] = []
        for name, expected in cls.__annotations__.items():
            value = settings.get(name)
            if expected == tuple[str, ...] and isinstance(value, list):
                settings[name] = tuple(cast("list[str]", value))
            elif expected not in (str, int) or type(value) is not expected:
                problems.append(f"{name} is {value!r}")
        if problems:
            raise ValueError(f"the header {SETTINGS_HEADER} has missing or wrong values: {', '.join(problems)}")
        return cls(**{name: settings[name] for name in cls._fields})
