"""The command `compare`, which compares the cost of Lambda@Edge and of a Lambda function in one Region."""

from typing import Final

import click

from ops.console import output
from ops.console.argument_types import DecimalRange, IntegerRange
from ops.console.formatting import format_number, format_usd
from ops.console.stack_options import debug_option
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

_DEFAULTS: Final = Assumptions()


@click.command(short_help="Compare the cost of Lambda@Edge and Lambda.")
@click.option(
    "--render-ms",
    type=DecimalRange(1, 30_000),
    default=_DEFAULTS.render_ms,
    show_default=True,
    metavar="N",
    help="The mean duration of a render in milliseconds.",
)
@click.option(
    "--memory",
    type=IntegerRange(128, 10_240),
    default=_DEFAULTS.memory,
    show_default=True,
    metavar="N",
    help="The memory in MB of the function that renders, at the edge and in the Region.",
)
@click.option(
    "--region",
    type=click.Choice(REGIONS),
    default=_DEFAULTS.region,
    show_default=True,
    help="The Region of the bucket and of the Lambda function.",
)
@debug_option
def compare(*, render_ms: float, memory: int, region: str) -> int:
    """Compare the cost of Lambda@Edge and of Lambda in a Region.

    The figures are calculated from AWS list prices. The command sends no requests.
    """
    workload = Workload(duration_ms=render_ms, memory_mb=memory)
    edge, regional = lambda_at_edge(region), regional_lambdas(region)
    costs = [
        ("USD per million", "", "", "", "", "", "surcharge of"),
        (
            f"renders of {format_number(workload.duration_ms)} ms",
            *("requests", "gateway", "duration", "S3 GET", "total", "Lambda@Edge"),
        ),
        *(_cost_row(architecture, edge, workload) for architecture in (edge, *regional)),
    ]
    thresholds = [
        ("Lambda@Edge", "is cheaper if a", "costs 10 USD", "costs 100 USD", "costs 10 USD"),
        ("compared with", "render is below", "more from", "more from", "more without"),
        ("", "", "renders/month", "renders/month", "free tier from"),
        *(_threshold_row(architecture, region, workload) for architecture in regional),
    ]
    output.print_line(f"{align_columns(costs)}\n\n{align_columns(thresholds)}")
    return 0


def _cost_row(architecture: Architecture, edge: Architecture, workload: Workload) -> tuple[str, ...]:
    """Return the prices of a million renders, their total, and the surcharge of Lambda@Edge."""
    prices = (
        architecture.request_price,
        architecture.gateway_price,
        workload.gb_seconds * architecture.gb_second_price,
        architecture.reads_per_render * architecture.read_price,
        architecture.per_render(workload),
    )
    surcharge = MILLION * (edge.per_render(workload) - architecture.per_render(workload))
    return (
        architecture.name,
        *(format_usd(MILLION * price) for price in prices),
        "" if architecture is edge else format_usd(surcharge),
    )


def _threshold_row(architecture: Architecture, region: str, workload: Workload) -> tuple[str, ...]:
    """Return the duration of equal cost, and the renders per month at which the difference reaches 10 and 100 USD."""
    duration_ms = break_even_ms(architecture, region, workload.memory_mb)
    renders = [
        renders_until_difference(usd, architecture, region, workload, free_tier=free_tier)
        for usd, free_tier in ((10, True), (100, True), (10, False))
    ]
    return (
        architecture.name,
        "never" if duration_ms is None else f"{duration_ms:.1f} ms",
        *("never" if count is None else f"{count:,.0f}" for count in renders),
    )
