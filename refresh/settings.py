"""What the stack tells the function, in its environment."""

import json
import os
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Of one stack."""

    bucket: str
    """Of the originals."""
    distribution: str
    """Its id."""
    queue: str
    """The URL of the queue that the function serves, and where it puts things off."""
    url: str
    """Where viewers ask, without a slash at the end."""
    settle: int
    """Seconds after which nothing can be cached any more that was read before a change."""
    warm_widths: tuple[int, ...]
    formats: tuple[str, ...]
    """What `auto` may choose; each is warmed."""

    @classmethod
    def from_environment(cls) -> Self:
        """KeyError names what is missing."""
        return cls(
            bucket=os.environ["BUCKET"],
            distribution=os.environ["DISTRIBUTION"],
            queue=os.environ["QUEUE"],
            url=os.environ["URL"],
            settle=int(os.environ["SETTLE"]),
            warm_widths=tuple(json.loads(os.environ["WARM_WIDTHS"])),
            formats=tuple(json.loads(os.environ["FORMATS"])),
        )
