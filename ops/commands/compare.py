"""python -m ops compare: what a million renders cost at the edge, and in a Lambda of one Region; asks nobody."""

import argparse
import sys
from typing import Final

from ops.console.argument_types import decimal, number, whole
from ops.console.text_table import aligned
from ops.cost.assumptions import Assumptions
from ops.cost.comparison import MILLION, Way, Work, edge, equal_ms, regional, renders_until
from ops.cost.price_list import REGIONS

_GIVEN: Final = Assumptions()


def options(parser: argparse.ArgumentParser) -> None:
    """Those of the command, each with its default."""
    for option, read, default, text in (
        ("--render-ms", decimal(1, 30_000), _GIVEN.render_ms, "mean time of a render"),
        ("--memory", whole(128, 10_240), _GIVEN.memory, "of the function, in MB"),
    ):
        parser.add_argument(option, type=read, default=default, metavar="N", help=f"{text} ({number(default)})")
    where = f"of the bucket and of Lambda ({_GIVEN.region})"
    parser.add_argument("--region", choices=REGIONS, default=_GIVEN.region, help=where)


def run(chosen: argparse.Namespace) -> int:
    """Prints both tables: what a million costs, and from when on it matters."""
    work = Work(ms=chosen.render_ms, memory=chosen.memory)
    ours, others = edge(chosen.region), regional(chosen.region)
    what = f"USD per million renders of {number(work.ms)} ms"
    costs = [
        (what, "requests", "gateway", "duration", "S3 GET", "sum", "the edge's surcharge"),
        *(_costs(way, ours, work) for way in (ours, *others)),
    ]
    ends = [
        ("", "the edge is", "10 USD a month", "100 USD a month", "10 USD, with the"),
        ("beside", "cheaper below", "more from", "more from", "free tier used up"),
        *(_ends(way, chosen.region, work) for way in others),
    ]
    sys.stdout.write(f"{aligned(costs)}\n\n{aligned(ends)}\n")
    return 0


def _costs(way: Way, ours: Way, work: Work) -> tuple[str, ...]:
    parts = (way.request, way.gateway, work.gb_seconds * way.gb_second, way.reads * way.read, way.per_render(work))
    surcharge = f"{MILLION * (ours.per_render(work) - way.per_render(work)):.2f}" if way is not ours else ""
    return (way.name, *(f"{MILLION * part:.2f}" for part in parts), surcharge)


def _ends(way: Way, region: str, work: Work) -> tuple[str, ...]:
    equal = equal_ms(way, region, work.memory)
    until = [
        renders_until(usd, way, region, work, free_tier=free) for usd, free in ((10, True), (100, True), (10, False))
    ]
    counts = ("never" if found is None else f"{found:,.0f}" for found in until)
    return (way.name, "never" if equal is None else f"{equal:.1f} ms", *counts)
