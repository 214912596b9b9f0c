"""The tables for operators in the report, in Markdown."""

import statistics
from typing import Any, Final

from bench import originals
from bench.figures import memory_above_start
from bench.image_files import LABELS
from bench.tables import markdown_table

REQUEST_USD: Final = 0.60 / 1_000_000
"""Lambda@Edge's price of one invocation, in US dollars: the price in ops/cost/price_list.py, which names the source."""
GB_SECOND_USD: Final = 0.00005001
"""Lambda@Edge's price of one GB-second, in US dollars: the price in ops/cost/price_list.py, which names the source."""
MEMORY_MB: Final = 1769
"""The default of the configuration key `memory`. A GB of memory has 1024 MB."""
MAX_REQUESTS_PER_SECOND: Final = 10
"""The number of requests that an instance of a Lambda function serves in a second.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""


def by_original_table(rows: list[dict[str, Any]]) -> str:
    """Return a table with a row for each kind of original, and columns for each size and for the growth with the size.

    The time is the time without the read from S3. A dash means that the file of this size exceeds `maxBytes`.
    """
    table: list[list[object]] = []
    for kind in LABELS:
        measured = {row["megapixels"]: row for row in rows if row["kind"] == kind}
        ms = {size: row["ms"]["function"] - row["ms"]["read"] for size, row in measured.items()}
        megabytes = {size: memory_above_start(row) / 2**20 for size, row in measured.items()}
        table.append([LABELS[kind], *_by_size(ms), *_by_size(megabytes)])
    headings = [
        *("", *(f"ms, {size} MP" for size in originals.SIZES), "ms by size"),
        *(*(f"MB, {size} MP" for size in originals.SIZES), "MB by size"),
    ]
    return markdown_table(headings, table)


def typical_table(rows: list[dict[str, Any]]) -> str:
    """Return a table with the time, the requests per second and the price of each request."""
    table = [
        [
            row["request"],
            f"{milliseconds:.0f}",
            f"{min(1000 / milliseconds, MAX_REQUESTS_PER_SECOND):.1f}",
            f"{usd_per_million(milliseconds):.2f}",
        ]
        for row in rows
        for milliseconds in [row["ms"]["function"]]
    ]
    return markdown_table(("miss", "ms", "misses per second", "USD per million"), table)


def extreme_table(rows: list[dict[str, Any]]) -> str:
    """Return a table with the time, the memory, the result and the price of each request. The slowest is the first."""
    table = [
        [
            row["request"],
            f"{row['ms']['function'] / 1000:.1f}",
            f"{row['peak'] / 2**20:.0f}",
            _describe_result(row),
            f"{usd_per_million(row['ms']['function']):.2f}",
        ]
        for row in sorted(rows, key=lambda row: row["ms"]["function"], reverse=True)
    ]
    return markdown_table(("miss", "seconds", "MB", "result", "USD per million"), table)


def usd_per_million(
    milliseconds: float,
    *,
    request_usd: float = REQUEST_USD,
    gb_second_usd: float = GB_SECOND_USD,
    memory_mb: int = MEMORY_MB,
) -> float:
    """Return the price of a million invocations of this duration by Lambda@Edge, in US dollars."""
    return 1_000_000 * (request_usd + milliseconds / 1000 * memory_mb / 1024 * gb_second_usd)


def fit_growth(values: dict[float, float]) -> tuple[float, float]:
    """Return the fixed part and the part per megapixel of values by size: the line with the least squares.

    The sizes are keys of `originals.SIZES`.
    """
    megapixels = [width * height / 1_000_000 for width, height in (originals.SIZES[size] for size in values)]
    slope, fixed = statistics.linear_regression(megapixels, list(values.values()))
    return fixed, slope


def _by_size(values: dict[float, float]) -> list[str]:
    """Return a text for each size, and a text for the growth. A size without a value gets a dash."""
    fixed, slope = fit_growth(values)
    texts = [f"{values[size]:.0f}" if size in values else "-" for size in originals.SIZES]
    return [*texts, f"{fixed:.0f} + {slope:.1f} per MP"]


def _describe_result(row: dict[str, Any]) -> str:
    """Return the status and the outcome of a response."""
    return f"{row['status']}, {row['outcome']}" if row["outcome"] else str(row["status"])
