"""The results of the fuzzer: counts by format, and the files that failed."""

import sys
import time
from collections import Counter
from pathlib import Path
from typing import Final

from fuzz.worker import Result

SLOW: Final = 6.0
"""The seconds above which a render counts as slow, which is no failure, because it depends on the machine.

The largest accepted originals take about four.
"""
MUCH_MEMORY: Final = 1_200 << 20
"""The bytes above which a render takes too much memory. The largest accepted originals take about 900 MB."""
_FAILURES: Final = ("crash", "timeout", "exception", "memory")
_COLUMNS: Final = ("rendered", "refused", *_FAILURES, "slow", "output")


class Report:
    """Counts the results, and saves the files that failed in a folder, if there is one."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._counts: Counter[tuple[str, str]] = Counter()
        self._start = time.monotonic()
        self._seconds = 0.0
        self._memory = 0

    @property
    def failures(self) -> int:
        """The number of files that failed. Output of a library is no failure, because the edge function discards it."""
        return sum(self._counts[key] for key in self._counts if key[1] in _FAILURES)

    def add(self, name: str, kind: str, data: bytes, query: str, result: Result) -> None:
        """Count a result. If the file failed or was slow, save it, and print what happened."""
        outcome = _classify(result)
        self._counts[kind, outcome] += 1
        self._seconds, self._memory = max(self._seconds, result.seconds), max(self._memory, result.memory)
        if result.output:
            self._counts[kind, "output"] += 1
        if outcome in (*_FAILURES, "slow") or (result.output and self._counts[kind, "output"] == 1):
            path = self._save(f"{name}-{outcome}.{kind.replace(' ', '-')}", data)
            text = result.text.strip() or result.output.strip()
            sys.stderr.write(
                f"{outcome} {path}?{query} {result.seconds:.1f} s, {result.memory >> 20} MB\n  {_indent(text)}\n"
            )

    def progress(self) -> str:
        """Return a line about the results until now."""
        count = sum(number for (_, outcome), number in self._counts.items() if outcome != "output")
        seconds = time.monotonic() - self._start
        return (
            f"{seconds:.0f} s: {count} files, {count / seconds:.0f} per second, {self.failures} failures, "
            f"at most {self._seconds:.1f} s and {self._memory >> 20} MB"
        )

    def summary(self) -> str:
        """Return a table with one row for each format."""
        kinds = sorted({kind for kind, _ in self._counts})
        lines = [f"{'format':<10}" + "".join(f"{column:>10}" for column in _COLUMNS)]
        lines += [f"{kind:<10}" + "".join(f"{self._counts[kind, column]:>10}" for column in _COLUMNS) for kind in kinds]
        return "\n".join([*lines, self.progress()])

    def _save(self, name: str, data: bytes) -> str:
        if not self._folder:
            return name
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / name
        path.write_bytes(data)
        return str(path)


def _classify(result: Result) -> str:
    if result.kind in ("rendered", "refused"):
        # Much memory is a failure, and must not be hidden by a slow machine.
        if result.memory > MUCH_MEMORY:
            return "memory"
        if result.seconds > SLOW:
            return "slow"
    return result.kind


def _indent(text: str) -> str:
    return text.replace("\n", "\n  ")
