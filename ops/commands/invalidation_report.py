"""The output of `invalidate`: the preview of a dry run, the question, the result of a run, and the price of each."""

from collections.abc import Sequence
from itertools import chain
from typing import Final

from common.invalidation import EVERYTHING
from ops.commands.invalidation_run import Run, SentBatch
from ops.console import output
from ops.console.formatting import format_number, format_price
from ops.cost.price_list import find_price, free_quantity

_MAX_FOLDERS: Final = 10
"""The maximum number of folders without a question. After a purge, CloudFront renders a folder again, at any size."""
_MAX_USD: Final = 10.0
"""The maximum price in US dollars without a question, which is the price of 2,000 paths."""


def print_preview(run: Run, names: Sequence[str], *, as_json: bool) -> None:
    """Print every path and tag, and the arguments of every call.

    `names` are the keys and folders of the command line; empty for the wildcard that matches all paths.
    """
    if as_json:
        calls = [
            {"DistributionId": run.distribution_id, "InvalidationBatch": batch.invalidation_batch}
            for batch in run.batches
        ]
        output.print_json({"dry_run": True, "calls": calls, "paths": run.paths, "usd_at_most": max_usd(run.paths)})
        return
    counts = count_text(run.paths, len(run.batches))
    output.print_line(f"would send to distribution {run.distribution_id}: {counts}\n")
    items = chain.from_iterable(batch.items for batch in run.batches)
    output.print_table(("key or folder", "path or tag"), list(zip(names or ["everything"], items, strict=True)))
    output.print_line("")
    references = [(batch.reference, format_number(len(batch.items))) for batch in run.batches]
    output.print_table(("CallerReference", "paths"), references, right=(1,))
    output.print_line(f"\n{cost_text(run.paths)}")


def question(stack: str, names: Sequence[str]) -> str | None:
    """Return the question before an invalidation that is expensive; None for any other invalidation.

    `names` are the keys and folders of the command line; empty for the wildcard that matches all paths.
    """
    usd = max_usd(len(names) or 1)
    folders = sum(name.endswith("/") for name in names)
    if names and folders <= _MAX_FOLDERS and usd <= _MAX_USD:
        return None
    counts = [(len(names) - folders, "key"), (folders, "folder")]
    subject = " and ".join(_count(count, noun) for count, noun in counts if count) or "everything"
    return f"{stack}: invalidate {subject}, which costs at most {_usd_text(usd)} and new renders?"


def print_result(run: Run, sent: Sequence[SentBatch], *, is_completed: bool, as_json: bool) -> None:
    """Print what CloudFront did because of this call, apart from what an earlier call of the run had sent."""
    new, earlier = ([batch for batch in sent if batch.is_new is is_new] for is_new in (True, False))
    if as_json:
        _print_json(run, sent, "done" if is_completed else "sent")
        return
    if is_completed and len(sent) > 1:
        rows = [
            (batch.id, format_number(batch.paths), "invalidated" if batch.is_new else "sent before") for batch in sent
        ]
        output.print_table(("invalidation", "paths", "result"), rows, right=(1,))
        output.print_line("")
    elif not is_completed:
        for batch in sent:
            output.print_line(batch.id)
    # Without a wait, the result is only the IDs, which a script can read.
    print_summary = output.print_line if is_completed else output.print_note
    if earlier:
        print_summary(f"the run {run.name} sent {_paths_text(earlier)} before: neither repeated nor billed again")
    if not new:
        print_summary("to invalidate the same once more, repeat the command without --run")
    print_summary(_summary(run, new, earlier, "invalidated" if is_completed else "sent"))


def print_refusal(run: Run, *, as_json: bool) -> None:
    """Print that the operator answered no, so that nothing was sent."""
    if as_json:
        _print_json(run, [], "declined")
    else:
        output.print_line(f"{run.stack}: nothing was invalidated; 0 USD")


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
    return (
        f"{billed}: free within the first {free} paths of the account and month, otherwise {_usd_text(max_usd(paths))}"
    )


def _print_json(run: Run, sent: Sequence[SentBatch], status: str) -> None:
    paths = sum(batch.paths for batch in sent if batch.is_new)
    output.print_json(
        {
            "stack": run.stack,
            "distribution_id": run.distribution_id,
            "action": "invalidate",
            "run": run.name,
            "status": status,
            "paths": paths,
            "paths_sent_before": sum(batch.paths for batch in sent) - paths,
            "usd_at_most": max_usd(paths),
            "invalidations": [
                {"id": batch.id, "paths": batch.paths, "sent_before": not batch.is_new} for batch in sent
            ],
        }
    )


def _summary(run: Run, new: Sequence[SentBatch], earlier: Sequence[SentBatch], action: str) -> str:
    """Return one line with the stack, the action, the ID and the price."""
    if not new:
        return f"{run.stack}: nothing new was {action}; {_ids_text(earlier)}; 0 USD"
    subject = "everything" if run.batches[0].items == (EVERYTHING,) else _paths_text(new)
    usd = max_usd(sum(batch.paths for batch in new))
    return f"{run.stack}: {action} {subject}; {_ids_text(new)}; at most {_usd_text(usd)}"


def _paths_text(batches: Sequence[SentBatch]) -> str:
    paths = sum(batch.paths for batch in batches)
    return f"{format_number(paths)} {'path or tag' if paths == 1 else 'paths or tags'}"


def _ids_text(batches: Sequence[SentBatch]) -> str:
    others = len(batches) - 1
    return f"id {batches[0].id}{f' and {format_number(others)} more' if others else ''}"


def _usd_text(usd: float) -> str:
    return f"{format_price(usd)} USD"


def _count(count: int, noun: str) -> str:
    return f"{format_number(count)} {noun}{'' if count == 1 else 's'}"
