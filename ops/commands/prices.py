"""The command `prices`, which prints the price list of `cost` and `compare` as Markdown tables."""

import click

from ops.console import output
from ops.console.formatting import format_number, format_price
from ops.console.stack_options import debug_option
from ops.cost.price_list import ALLOWANCES, PRICES


@click.command(short_help="Print the list prices behind the estimates.")
@debug_option
def prices() -> int:
    """Print the list prices and the free quantities as Markdown tables.

    The tables contain the date and the source of each price. The command sends no requests.
    """
    output.print_line(f"{price_table()}\n\n{allowance_table()}")
    return 0


def price_table() -> str:
    """Return a Markdown table with a row for each price."""
    rows = (
        f"| {price.item} | {price.location} | {format_price(price.usd)} | {price.priced_unit} "
        f"| {price.as_of} | {price.confidence} | {price.source} |"
        for price in PRICES
    )
    return "\n".join(
        ["| item | location | USD | per | as of | confidence | source |", "|---|---|---:|---|---|---|---|", *rows]
    )


def allowance_table() -> str:
    """Return a Markdown table with a row for each free quantity."""
    rows = (
        f"| {allowance.item} | {format_number(allowance.quantity)} {allowance.unit} | {allowance.as_of} "
        f"| {allowance.confidence} | {allowance.source} |"
        for allowance in ALLOWANCES
    )
    return "\n".join(
        ["| item | free per account and month | as of | confidence | source |", "|---|---|---|---|---|", *rows]
    )
