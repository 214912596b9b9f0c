"""Reports of estimates, as text for the operator and as a dictionary for programs."""

import textwrap
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, Final

from ops.console.formatting import format_number, format_price, format_usd
from ops.console.text_table import align_columns
from ops.cost.estimate import Estimate, Group, LineItem, estimate_month
from ops.cost.price_list import Confidence
from ops.cost.savings import savings

_WIDTH: Final = 100
"""The maximum width of a report in columns."""


def detailed_report(estimate: Estimate) -> str:
    """Return tables of all line items and of the calculation of their quantities, then shares and possible savings."""
    header = ("USD per month", "billed quantity", "price", "per", "USD")
    total = ("total", "", "", "", format_usd(estimate.total))
    parts = [
        align_columns([header, *map(_item_row, estimate.lines), total], left=(0, 3)),
        align_columns([("billed quantity", "calculation"), *_calculation_rows(estimate)], left=(0, 1)),
        align_columns(_summary_rows([estimate])),
    ]
    if savings_rows := [(f"  {name}", format_usd(-usd)) for name, usd in savings(estimate.assumptions) if usd >= 0.005]:
        parts.append(f"possible savings:\n{align_columns(savings_rows)}")
    if unconfirmed := _unconfirmed_items(estimate):
        text = f"unconfirmed prices in {estimate.assumptions.region}: {', '.join(unconfirmed)}"
        parts.append(textwrap.fill(text, _WIDTH, subsequent_indent="  "))
    return "\n\n".join(parts)


def side_by_side(estimates: Sequence[Estimate]) -> str:
    """Return a table of the cost of each item, with one column per estimate.

    If the table is wider than 100 columns, the other estimates are in another table below.
    """
    count = len(estimates)
    table = _comparison_table(estimates)
    while count > 1 and len(table.partition("\n")[0]) > _WIDTH:
        count -= 1
        table = _comparison_table(estimates[:count])
    return f"{table}\n\n{side_by_side(estimates[count:])}" if estimates[count:] else table


def _comparison_table(estimates: Sequence[Estimate]) -> str:
    # A larger estimate has the same items as a smaller one, and reaches further price tiers.
    items = [line.item for line in max((estimate.lines for estimate in estimates), key=len)]
    rows = [("USD per month, by requests", *(format_number(estimate.assumptions.requests) for estimate in estimates))]
    for item in items:
        sums = (sum(line.usd for line in estimate.lines if line.item == item) for estimate in estimates)
        rows.append((item, *map(format_usd, sums)))
    rows.append(("total", *(format_usd(estimate.total) for estimate in estimates)))
    if estimates[0].assumptions.free_tier:
        full_prices = [estimate_month(replace(estimate.assumptions, free_tier=False)) for estimate in estimates]
        rows.append(("total without the free tier", *(format_usd(estimate.total) for estimate in full_prices)))
    return align_columns(rows + _summary_rows(estimates))


def to_dict(estimate: Estimate) -> dict[str, Any]:
    """Return the estimate in types that can be serialized as JSON."""
    return {
        "assumptions": asdict(estimate.assumptions),
        "lines": [asdict(line) | {"usd": line.usd} for line in estimate.lines],
        "groups": {group: estimate.group_total(group) for group in Group},
        "total": estimate.total,
        "per_thousand_requests": estimate.per_thousand_requests,
    }


def _item_row(line: LineItem) -> tuple[str, ...]:
    return (
        line.item,
        format_number(line.quantity - line.free),
        format_price(line.price.usd),
        line.price.priced_unit,
        format_usd(line.usd),
    )


def _calculation_rows(estimate: Estimate) -> list[tuple[str, str]]:
    """Return the calculation of each quantity. A long calculation continues in rows without a name."""
    width = _WIDTH - max(len(line.item) for line in estimate.lines) - 2
    rows: list[tuple[str, str]] = []
    for line in estimate.lines:
        free = f" - {format_number(line.free)} {line.price.unit} free" if line.free else ""
        first, *others = textwrap.wrap(f"{line.calculation}{free}", width)
        rows += [(line.item, first), *(("", other) for other in others)]
    return rows


def _summary_rows(estimates: Sequence[Estimate]) -> list[tuple[str, ...]]:
    """Return the cost of 1,000 requests, and the share of each group."""
    costs = [estimate.per_thousand_requests for estimate in estimates]
    rows = [("USD per 1,000 requests", *("-" if cost is None else f"{cost:.4f}" for cost in costs))]
    for group in Group:
        shares = (
            f"{100 * estimate.group_total(group) / estimate.total:.0f} %" if estimate.total else "-"
            for estimate in estimates
        )
        rows.append((f"share of the total: {group}", *shares))
    return rows


def _unconfirmed_items(estimate: Estimate) -> list[str]:
    return sorted({line.price.item for line in estimate.lines if line.price.confidence is Confidence.UNCONFIRMED})
