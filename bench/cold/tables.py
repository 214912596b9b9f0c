"""The tables of cold starts in the report, in Markdown."""

from typing import Any, Final

from bench.figures import IMAGING_PHASES
from bench.image_files import LABELS
from bench.tables import markdown_table

_PROCESSES: Final = {
    "ours": "ours, from the bundle",
    "node": "Node, sharp, AWS SDK 3",
    "boto3": "Python, Pillow, boto3",
}


def cold_starts_table(cold: dict[str, Any]) -> str:
    """Return a table with a row for each format of the original and kind of process, and for the interpreters.

    Its columns include the minimum and the median time.
    """
    rows: list[list[object]] = []
    for kind, times in cold["ms"].items():
        ours = times["ours"]["median"]
        for key, name in _PROCESSES.items():
            ratio = f"{ours / times[key]['median']:.2f}"
            rows.append([f"{LABELS[kind]}: {name}", *_minimum_and_median(times[key]), ratio])
    for key, times in cold["interpreters"].items():
        rows.append([f"{key.capitalize()} without any work", *_minimum_and_median(times), ""])
    return markdown_table(("milliseconds", "minimum", "median", "our median / this median"), rows)


def cold_phases_table(cold: dict[str, Any]) -> str:
    """Return a table with a row for each format of the original, and a column for each part of our median.

    The time for imports is the rest after the other parts.
    """
    rows: list[list[object]] = []
    interpreter = cold["interpreters"]["python"]["median"]
    for kind, phases in cold["phases"].items():
        total = cold["ms"][kind]["ours"]["median"]
        render = sum(phases[phase] for phase in IMAGING_PHASES)
        imports = total - interpreter - phases["read"] - render
        parts = (interpreter, imports, phases["read"], render, total)
        rows.append([LABELS[kind], *(f"{milliseconds:.0f}" for milliseconds in parts)])
    return markdown_table(("milliseconds", "interpreter", "imports", "read from S3", "rendition", "total"), rows)


def _minimum_and_median(times: dict[str, float]) -> list[str]:
    return [f"{times[name]:.0f}" for name in ("min", "median")]
