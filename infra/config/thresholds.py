"""The threshold of each alarm: its key in the configuration key `thresholds`, its unit and its default."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Threshold(NamedTuple):
    """The threshold of one alarm."""

    default: float
    unit: str
    minimum: float = 0
    maximum: float = 1e12


_BAND: Final = Threshold(2, "standard deviations", minimum=0.1, maximum=100)


def _share(default: float) -> Threshold:
    return Threshold(default, "%", maximum=100)


THRESHOLDS: Final[Mapping[str, Threshold]] = {
    # Urgent
    "rejectedShare": _share(1),
    "edgeErrorRate": _share(1),
    "processingDuration": Threshold(1000, "ms"),
    "edgeThrottles": Threshold(0, "invocations"),
    "edgeConcurrency": Threshold(80, "%", minimum=1, maximum=100),
    "rendersPerOriginal": Threshold(1000, "renders an hour"),
    "serverErrorRate": _share(1),
    "edgeValidationErrors": Threshold(0, "errors"),
    "deadLetters": Threshold(0, "messages"),
    "messageAge": Threshold(900, "seconds"),
    # Routine
    "imagesPerHour": Threshold(10_000, "images an hour"),
    "durationBand": _BAND,
    "invocationsBand": _BAND,
    "coldStartBand": _BAND,
    "hitRate": _share(80),
    "clientErrorRate": _share(10),
    "blockedRequestsBand": _BAND,
    "certificateExpiry": Threshold(30, "days"),
    "uploadsPerHour": Threshold(10_000, "requests an hour"),
    "bucketGrowthBand": _BAND,
}
"""The thresholds by the name of the alarm in camel case: `rejectedShare` belongs to the alarm `rejected-share`."""


def threshold_key(alarm: str) -> str:
    """Return the key of an alarm's threshold: `rejectedShare` for `rejected-share`."""
    first, *rest = alarm.split("-")
    return first + "".join(map(str.capitalize, rest))


def threshold(alarm: str, configured: Mapping[str, float]) -> float:
    """Return the configured threshold of an alarm, or its default."""
    key = threshold_key(alarm)
    return configured.get(key, THRESHOLDS[key].default)
