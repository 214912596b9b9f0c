"""What `invalidate` would send, and what it costs, without asking anybody."""

from collections.abc import Sequence
from itertools import chain

from common.invalidation import Batch
from ops.console import output
from ops.console.formatting import format_number
from ops.cost.price_list import find_price, free_quantity


def show(distribution: str, planned: Sequence[Batch], named: Sequence[str], *, as_json: bool) -> None:
    """Every item, and the arguments of every call. `named` is empty where the one item stands for all there is."""
    paths = sum(len(batch.items) for batch in planned)
    if as_json:
        calls = [{"DistributionId": distribution, "InvalidationBatch": batch.invalidation_batch} for batch in planned]
        output.json_result({"dry_run": True, "calls": calls, "paths": paths, "usd_at_most": max_usd(paths)})
        return
    output.line(f"would send to distribution {distribution}: {count_text(paths, len(planned))}\n")
    items = chain.from_iterable(batch.items for batch in planned)
    names = named or ["everything"]
    output.table(("of", "path or tag"), list(zip(names, items, strict=True)))
    output.line("")
    output.table(
        ("CallerReference", "paths"), [(b.reference, format_number(len(b.items))) for b in planned], right=(1,)
    )
    output.line(f"\n{cost_text(paths)}")


def count_text(paths: int, calls: int) -> str:
    """As in `2 paths or tags in 1 invalidation`."""
    return f"{format_number(paths)} {'path or tag' if paths == 1 else 'paths or tags'} in {_several(calls, 'invalidation')}"


def max_usd(paths: int) -> float:
    """Where what is free in this month has been used up."""
    asked = find_price("Invalidations")
    return round(paths * asked.usd / asked.per, 6)


def cost_text(paths: int) -> str:
    """One sentence."""
    free = format_number(free_quantity("Invalidations"))
    return f"bills {_several(paths, 'path')}: free among the account's first {free} of a month, else {max_usd(paths):.3f} USD"


def _several(count: int, noun: str) -> str:
    return f"{format_number(count)} {noun}{'' if count == 1 else 's'}"
