"""Estimates as people and as programs read them."""

from dataclasses import asdict, replace
from typing import Any

from ops.console.argument_types import exactly, number
from ops.console.text_table import aligned
from ops.cost.estimate import GROUPS, Estimate, Line, estimate
from ops.cost.savings import levers


def detailed(found: Estimate) -> str:
    """Line by line, with the arithmetic, and what would change it."""
    head = ("a month", "quantity", "", "of it free", "USD", "", "USD", "the quantity is")
    rows = [head, *(_row(line) for line in found.lines), ("total", *[""] * 5, f"{found.total:.2f}", "")]
    parts = [aligned(rows, left=(0, 2, 5, 7)), aligned(_sums([found]))]
    if saved := [(f"  {name}", f"-{usd:.2f}") for name, usd in levers(found.assumptions) if usd >= 0.005]:
        parts.append(f"with this it would be less:\n{aligned(saved)}")
    if unsure := sorted({line.price.item for line in found.lines if line.price.confidence == "D"}):
        parts.append(f"no source confirms the price in {found.assumptions.region} of: {', '.join(unsure)}")
    return "\n\n".join(parts)


def beside(found: list[Estimate]) -> str:
    """What each item costs, a column for each estimate."""
    items = list(dict.fromkeys(line.item for one in found for line in one.lines))
    rows = [("USD a month, by requests", *(number(one.assumptions.requests) for one in found))]
    for item in items:
        sums = (sum(line.usd for line in one.lines if line.item == item) for one in found)
        rows.append((item, *(f"{usd:.2f}" for usd in sums)))
    rows.append(("total", *(f"{one.total:.2f}" for one in found)))
    if found[0].assumptions.free_tier:
        full = (estimate(replace(one.assumptions, free_tier=False)) for one in found)
        rows.append(("total without the free tier", *(f"{one.total:.2f}" for one in full)))
    return aligned(rows + _sums(found))


def plain(found: Estimate) -> dict[str, Any]:
    """Of numbers, texts and lists only, as JSON has them."""
    return {
        "assumptions": asdict(found.assumptions),
        "lines": [asdict(line) | {"usd": line.usd} for line in found.lines],
        "groups": {group: found.of(group) for group in GROUPS},
        "total": found.total,
        "per_thousand_requests": found.per_thousand,
    }


def _row(line: Line) -> tuple[str, ...]:
    asked = line.price
    free = number(line.free) if line.free else ""
    counted = (line.item, number(line.quantity), asked.unit, free)
    return (*counted, exactly(asked.usd), f"per {asked.each}", f"{line.usd:.2f}", line.because)


def _sums(found: list[Estimate]) -> list[tuple[str, ...]]:
    """What 1,000 pictures cost, and the share of each group."""
    costs = ("-" if one.per_thousand is None else f"{one.per_thousand:.4f}" for one in found)
    rows = [("USD per 1,000 requests", *costs)]
    for group in GROUPS:
        shares = (f"{100 * one.of(group) / one.total:.0f} %" if one.total else "-" for one in found)
        rows.append((f"share of the total: {group}", *shares))
    return rows
