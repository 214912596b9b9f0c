"""The output of `invalidate`: the preview of a dry run, the result of a run, and the price of both."""

from collections.abc import Sequence
from itertools import chain

from common.invalidation import Batch
from ops.commands.invalidation_run import Run
from ops.console import output
from ops.console.formatting import format_number
from ops.cost.price_list import find_price, free_quantity


def print_preview(distribution_id: str, batches: Sequence[Batch], names: Sequence[str], *, as_json: bool) -> None:
    """Print every path and tag, and the arguments of every call, without a request to AWS.

    `names` are the keys and folders of the command line; empty for the wildcard that matches all paths.
    """
    paths = sum(len(batch.items) for batch in batches)
    if as_json:
        calls = [
            {"DistributionId": distribution_id, "InvalidationBatch": batch.invalidation_batch} for batch in batches
        ]
        output.print_json({"dry_run": True, "calls": calls, "paths": paths, "usd_at_most": max_usd(paths)})
        return
    output.print_line(f"would send to distribution {distribution_id}: {count_text(paths, len(batches))}\n")
    items = chain.from_iterable(batch.items for batch in batches)
    output.print_table(("key or folder", "path or tag"), list(zip(names or ["everything"], items, strict=True)))
    output.print_line("")
    references = [(batch.reference, format_number(len(batch.items))) for batch in batches]
    output.print_table(("CallerReference", "paths"), references, right=(1,))
    output.print_line(f"\n{cost_text(paths)}")


def print_result(run: Run, ids: Sequence[str], *, is_completed: bool, as_json: bool) -> None:
    """Print one line for completed invalidations, and otherwise the IDs of the invalidations that were sent."""
    if as_json:
        invalidations = [{"id": id_, "paths": len(batch.items)} for id_, batch in zip(ids, run.batches, strict=True)]
        output.print_json(
            {
                "distribution_id": run.distribution_id,
                "run": run.name,
                "status": "done" if is_completed else "sent",
                "paths": run.paths,
                "usd_at_most": max_usd(run.paths),
                "invalidations": invalidations,
            }
        )
    elif is_completed:
        output.print_line(f"done: {count_text(run.paths, len(ids))}; {cost_text(run.paths)}")
    else:
        for id_ in ids:
            output.print_line(id_)


def count_text(paths: int, calls: int) -> str:
    """Return the number of paths and of calls, such as `2 paths or tags in 1 invalidation`."""
    noun = "path or tag" if paths == 1 else "paths or tags"
    return f"{format_number(paths)} {noun} in {_count(calls, 'invalidation')}"


def max_usd(paths: int) -> float:
    """Return the price in US dollars if the free paths of this month are already used."""
    price = find_price("Invalidations")
    return round(paths * price.usd / price.per, 6)


def cost_text(paths: int) -> str:
    """Return a phrase that says what CloudFront bills."""
    free = format_number(free_quantity("Invalidations"))
    billed = f"billed as {_count(paths, 'path')}"
    return f"{billed}: free within the first {free} paths of the account and month, otherwise {max_usd(paths):.3f} USD"


def _count(count: int, noun: str) -> str:
    return f"{format_number(count)} {noun}{'' if count == 1 else 's'}"
