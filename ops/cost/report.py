"""Estimates as people and as programs read them."""

from dataclasses import asdict, replace
from typing import Any

from ops.console.formatting import format_number, format_price
from ops.console.text_table import align_columns
from ops.cost.estimate import GROUPS, Estimate, LineItem, estimate_month
from ops.cost.savings import savings


def detailed_report(found: Estimate) -> str:
    """Line by line, with the arithmetic, and what would change it."""
    head = ("a month", "quantity", "", "of it free", "USD", "", "USD", "the quantity is")
    rows = [head, *(_row(line) for line in found.lines), ("total", *[""] * 5, f"{found.total:.2f}", "")]
    parts = [align_columns(rows, left=(0, 2, 5, 7)), align_columns(_sums([found]))]
    if saved := [(f"  {name}", f"-{usd:.2f}") for name, usd in savings(found.assumptions) if usd >= 0.005]:
        parts.append(f"with this it would be less:\n{align_columns(saved)}")
    if unsure := sorted({line.price.item for line in found.lines if line.price.confidence == "D"}):
        parts.append(f"no source confirms the price in {found.assumptions.region} of: {', '.join(unsure)}")
    return "\n\n".join(parts)


def side_by_side(found: list[Estimate]) -> str:
    """What each item costs, a column for each estimate."""
    items = list(dict.fromkeys(line.item for one in found for line in one.lines))
    rows = [("USD a month, by requests", *(format_number(one.assumptions.requests) for one in found))]
    for item in items:
        sums = (sum(line.usd for line in one.lines if line.item == item) for one in found)
        rows.append((item, *(f"{usd:.2f}" for usd in sums)))
    rows.append(("total", *(f"{one.total:.2f}" for one in found)))
    if found[0].assumptions.free_tier:
        full = (estimate_month(replace(one.assumptions, free_tier=False)) for one in found)
        rows.append(("total without the free tier", *(f"{one.total:.2f}" for one in full)))
    return align_columns(rows + _sums(found))


def to_dict(found: Estimate) -> dict[str, Any]:
    """Of numbers, texts and lists only, as JSON has them."""
    return {
        "assumptions": asdict(found.assumptions),
        "lines": [asdict(line) | {"usd": line.usd} for line in found.lines],
        "groups": {group: found.group_total(group) for group in GROUPS},
        "total": found.total,
        "per_thousand_requests": found.per_thousand_requests,
    }


def _row(line: LineItem) -> tuple[str, ...]:
    asked = line.price
    free = format_number(line.free) if line.free else ""
    counted = (line.item, format_number(line.quantity), asked.unit, free)
    return (*counted, format_price(asked.usd), f"per {asked.priced_unit}", f"{line.usd:.2f}", line.because)


def _sums(found: list[Estimate]) -> list[tuple[str, ...]]:
    """What 1,000 pictures cost, and the share of each group."""
    costs = ("-" if one.per_thousand_requests is None else f"{one.per_thousand_requests:.4f}" for one in found)
    rows = [("USD per 1,000 requests", *costs)]
    for group in GROUPS:
        shares = (f"{100 * one.group_total(group) / one.total:.0f} %" if one.total else "-" for one in found)
        rows.append((f"share of the total: {group}", *shares))
    return rows
