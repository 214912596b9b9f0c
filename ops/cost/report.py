"""Reports of estimates, as text for the operator and as a dictionary for programs."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, Final

from ops.console.formatting import format_number, format_price
from ops.console.text_table import align_columns
from ops.cost.estimate import Estimate, Group, LineItem, estimate_month
from ops.cost.price_list import Confidence
from ops.cost.savings import savings

_TEXT_COLUMNS: Final = (0, 2, 5, 7)
"""The columns of the detailed report that are aligned to the left."""


def detailed_report(estimate: Estimate) -> str:
    """Return a table of all line items with their calculations, then the shares of the groups and possible savings."""
    header = ("USD per month", "quantity", "", "free", "price", "", "USD", "calculation of the quantity")
    total = ("total", *[""] * 5, f"{estimate.total:.2f}", "")
    items = align_columns([header, *map(_item_row, estimate.lines), total], left=_TEXT_COLUMNS)
    parts = [items, align_columns(_summary_rows([estimate]))]
    if savings_rows := [(f"  {name}", f"-{usd:.2f}") for name, usd in savings(estimate.assumptions) if usd >= 0.005]:
        parts.append(f"possible savings:\n{align_columns(savings_rows)}")
    if unconfirmed := _unconfirmed_items(estimate):
        parts.append(f"unconfirmed prices in {estimate.assumptions.region}: {', '.join(unconfirmed)}")
    return "\n\n".join(parts)


def side_by_side(estimates: Sequence[Estimate]) -> str:
    """Return a table of the cost of each item, with one column per estimate."""
    items = list(dict.fromkeys(line.item for estimate in estimates for line in estimate.lines))
    rows = [("USD per month, by requests", *(format_number(estimate.assumptions.requests) for estimate in estimates))]
    for item in items:
        sums = (sum(line.usd for line in estimate.lines if line.item == item) for estimate in estimates)
        rows.append((item, *(f"{usd:.2f}" for usd in sums)))
    rows.append(("total", *(f"{estimate.total:.2f}" for estimate in estimates)))
    if estimates[0].assumptions.free_tier:
        full_prices = [estimate_month(replace(estimate.assumptions, free_tier=False)) for estimate in estimates]
        rows.append(("total without the free tier", *(f"{estimate.total:.2f}" for estimate in full_prices)))
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
        format_number(line.quantity),
        line.price.unit,
        format_number(line.free) if line.free else "",
        format_price(line.price.usd),
        f"per {line.price.priced_unit}",
        f"{line.usd:.2f}",
        line.calculation,
    )


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
