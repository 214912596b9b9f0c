"""The command `prices`, which prints the price list of `cost` and `compare` as text or as Markdown tables."""

import textwrap

import click

from ops.console import output
from ops.console.formatting import format_number, format_price
from ops.console.stack_options import debug_option
from ops.console.text_table import align_columns
from ops.cost.price_list import ALLOWANCES, PRICES


@click.command(short_help="Print the list prices behind the estimates.")
@click.option("--markdown", is_flag=True, help="Print Markdown tables, with the source in each row.")
@debug_option
def prices(*, markdown: bool) -> int:
    """Print the list prices and the free quantities, with the date and the source of each.

    docs/cost.md explains the letters of the column confidence. The command sends no requests.
    """
    output.print_line(f"{price_table()}\n\n{allowance_table()}" if markdown else text_tables())
    return 0


def text_tables() -> str:
    """Return the prices, the free quantities and the sources by number. Only a long URL is wider than 100 columns."""
    entries = (*PRICES, *ALLOWANCES)
    sources = list(dict.fromkeys((entry.confidence, entry.source) for entry in entries))
    numbers = {source: str(number) for number, source in enumerate(sources, start=1)}
    price_rows = (
        (
            price.item,
            price.location,
            format_price(price.usd),
            price.priced_unit,
            price.as_of,
            numbers[price.confidence, price.source],
        )
        for price in PRICES
    )
    allowance_rows = (
        (
            allowance.item,
            f"{format_number(allowance.quantity)} {allowance.unit}",
            allowance.as_of,
            numbers[allowance.confidence, allowance.source],
        )
        for allowance in ALLOWANCES
    )
    tables = (
        align_columns([("item", "location", "USD", "per", "as of", "no."), *price_rows], left=(0, 1, 3, 4)),
        align_columns(
            [("item", "free per account and month", "as of", "no."), *allowance_rows],
            left=(0, 1, 2),
        ),
        "no.  confidence and source",
    )
    return "\n\n".join(tables) + "".join(
        f"\n{_numbered_source(number, confidence, source)}" for (confidence, source), number in numbers.items()
    )


def _numbered_source(number: str, confidence: str, source: str) -> str:
    indent = f"{number:>3}  {confidence}  "
    return textwrap.fill(
        source,
        100,
        initial_indent=indent,
        subsequent_indent=" " * len(indent),
        break_long_words=False,  # a URL stays one word
        break_on_hyphens=False,
    )


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
