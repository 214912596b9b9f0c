"""python -m ops compare: what a million renders cost at the edge, and in a Lambda of one Region; asks nobody."""

import argparse
import sys
from typing import Final

from ops.console.argument_types import decimal_between, integer_between
from ops.console.formatting import format_number
from ops.console.text_table import align_columns
from ops.cost.assumptions import Assumptions
from ops.cost.comparison import (
    MILLION,
    Architecture,
    Workload,
    break_even_ms,
    lambda_at_edge,
    regional_lambdas,
    renders_until_difference,
)
from ops.cost.price_list import REGIONS

_GIVEN: Final = Assumptions()


def options(parser: argparse.ArgumentParser) -> None:
    """Those of the command, each with its default."""
    for option, read, default, text in (
        ("--render-ms", decimal_between(1, 30_000), _GIVEN.render_ms, "mean time of a render"),
        ("--memory", integer_between(128, 10_240), _GIVEN.memory, "of the function, in MB"),
    ):
        parser.add_argument(option, type=read, default=default, metavar="N", help=f"{text} ({format_number(default)})")
    where = f"of the bucket and of Lambda ({_GIVEN.region})"
    parser.add_argument("--region", choices=REGIONS, default=_GIVEN.region, help=where)


def run(chosen: argparse.Namespace) -> int:
    """Prints both tables: what a million costs, and from when on it matters."""
    workload = Workload(duration_ms=chosen.render_ms, memory_mb=chosen.memory)
    ours, others = lambda_at_edge(chosen.region), regional_lambdas(chosen.region)
    what = f"USD per million renders of {format_number(workload.duration_ms)} ms"
    costs = [
        (what, "requests", "gateway", "duration", "S3 GET", "sum", "the edge's surcharge"),
        *(_costs(architecture, ours, workload) for architecture in (ours, *others)),
    ]
    ends = [
        ("", "the edge is", "10 USD a month", "100 USD a month", "10 USD, with the"),
        ("beside", "cheaper below", "more from", "more from", "free tier used up"),
        *(_ends(architecture, chosen.region, workload) for architecture in others),
    ]
    sys.stdout.write(f"{align_columns(costs)}\n\n{align_columns(ends)}\n")
    return 0


def _costs(architecture: Architecture, ours: Architecture, workload: Workload) -> tuple[str, ...]:
    parts = (
        architecture.request,
        architecture.gateway,
        workload.gb_seconds * architecture.gb_second,
        architecture.reads * architecture.read,
        architecture.per_render(workload),
    )
    surcharge = (
        f"{MILLION * (ours.per_render(workload) - architecture.per_render(workload)):.2f}"
        if architecture is not ours
        else ""
    )
    return (architecture.name, *(f"{MILLION * part:.2f}" for part in parts), surcharge)


def _ends(architecture: Architecture, region: str, workload: Workload) -> tuple[str, ...]:
    equal = break_even_ms(architecture, region, workload.memory_mb)
    until = [
        renders_until_difference(usd, architecture, region, workload, free_tier=free)
        for usd, free in ((10, True), (100, True), (10, False))
    ]
    counts = ("never" if found is None else f"{found:,.0f}" for found in until)
    return (architecture.name, "never" if equal is None else f"{equal:.1f} ms", *counts)
