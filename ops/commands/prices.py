"""python -m ops prices: what the other commands count with, in Markdown, with dates and sources; asks nobody."""

import argparse
import sys

from ops.console.formatting import format_number, format_price
from ops.cost.price_list import ALLOWANCES, PRICES


def options(_parser: argparse.ArgumentParser) -> None:
    """None."""


def run(_chosen: argparse.Namespace) -> int:
    """Prints the prices, and what is free."""
    sys.stdout.write(f"{prices()}\n\n{allowances()}\n")
    return 0


def prices() -> str:
    """A row for each."""
    head = ["| item | where | USD | per | as of | | source |", "|---|---|---:|---|---|---|---|"]
    return "\n".join(
        [
            *head,
            *(
                f"| {found.item} | {found.location} | {format_price(found.usd)} | {found.priced_unit} "
                f"| {found.as_of} | {found.confidence} | {found.source} |"
                for found in PRICES
            ),
        ]
    )


def allowances() -> str:
    """A row for each."""
    head = ["| free, a month and account | | as of | | source |", "|---|---|---|---|---|"]
    return "\n".join(
        [
            *head,
            *(
                f"| {found.item} | {format_number(found.quantity)} {found.unit} | {found.as_of} | {found.confidence} "
                f"| {found.source} |"
                for found in ALLOWANCES
            ),
        ]
    )
