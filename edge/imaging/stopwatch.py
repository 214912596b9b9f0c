"""A stopwatch for the phases of the pipeline."""

import time


class Stopwatch:
    """A stopwatch for consecutive phases. If a phase occurs more than once, its durations are added up."""

    def __init__(self) -> None:
        self.timings: dict[str, float] = {}
        """The milliseconds of each phase, in the order in which the phases first occurred."""
        self._last_lap = time.perf_counter()

    def lap(self, phase: str) -> None:
        """Add the time since the previous lap to `phase`."""
        now = time.perf_counter()
        self.timings[phase] = round(self.timings.get(phase, 0.0) + (now - self._last_lap) * 1000, 1)
        self._last_lap = now
