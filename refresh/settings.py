"""The settings that the stack passes to the refresh function in environment variables."""

import json
import os
from dataclasses import dataclass
from typing import Self

from common.contract import RefreshVariable


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one stack."""

    bucket: str
    """The name of the bucket with the originals."""
    renditions_bucket: str
    """The name of the bucket with the stored renditions and the records of visible versions."""
    distribution: str
    """The id of the distribution."""
    queue: str
    """The URL of the queue that invokes the function. The function sends its delayed tasks to the same queue."""
    url: str
    """The URL at which viewers reach the distribution, without a slash at the end."""
    settle_seconds: int
    """The delay of the second invalidation, long enough for CloudFront to cache every rendition of the old original."""
    max_changes: int
    """The number of changes a minute that one process invalidates by the tags of the originals."""
    warm_widths: tuple[int, ...]
    """The widths in pixels to warm after a change; empty to warm nothing."""
    formats: tuple[str, ...]
    """The formats that `format=auto` can select. Each width is warmed in each of these formats."""

    @classmethod
    def from_environment(cls) -> Self:
        """Read the environment variables. Raises KeyError for a missing variable."""
        return cls(
            bucket=os.environ[RefreshVariable.BUCKET],
            renditions_bucket=os.environ[RefreshVariable.RENDITIONS_BUCKET],
            distribution=os.environ[RefreshVariable.DISTRIBUTION],
            queue=os.environ[RefreshVariable.QUEUE],
            url=os.environ[RefreshVariable.URL],
            settle_seconds=int(os.environ[RefreshVariable.SETTLE]),
            max_changes=int(os.environ[RefreshVariable.MAX_CHANGES]),
            warm_widths=tuple(json.loads(os.environ[RefreshVariable.WARM_WIDTHS])),
            formats=tuple(json.loads(os.environ[RefreshVariable.FORMATS])),
        )
