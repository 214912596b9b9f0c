"""Write docs/changes.md from changes.yaml: `python -m tests.engine.changes_page`."""

from itertools import groupby

from tests.engine.changes import OPERATIONS, Change, read_changes
from tests.support.served_stack import ROOT

PAGE = ROOT / "docs" / "changes.md"
_INTRODUCTION = """# What a change does to a running stack

This page helps to decide whether a change is safe to deploy now.
For each key of the [configuration](config.md) and for each part of the code, it says what `pulumi up` changes,
what viewers notice, whether the change can be taken back, and what to do first.

`make engine` runs each change on Pulumi's real engine with a stand-in for the AWS provider, and compares the resources.
What viewers notice follows from AWS's documents, because nothing in this repository has run on AWS yet.

- **Within minutes** means the time that CloudFront needs to deploy a distribution to all edge locations.
  Until then, some viewers get the old behavior and some the new one.
- **A cold start** is the time that Lambda needs to start a new version of the edge function.
  Only misses notice it; a viewer who gets a cached rendition does not.
- No change on this page drops what CloudFront has cached.
  To drop it, see [Purge everything](operations.md#purge-everything).
- If AWS refuses a call in the middle of `pulumi up`, run `pulumi up` again.
  The tests let each call of a first deployment and of a large update fail once: after the repetitions,
  the stack is the same as without failures, and no resource is lost or made twice.
- `pulumi up` shows the changes before it makes them.
  Stop and look here if it replaces or deletes a bucket, a queue, a key, a log group or the distribution.
"""
_WORDS = {"creates": "creates", "updates": "updates", "replaces": "**replaces**", "deletes": "**deletes**"}
_HEADER = """
| change | `pulumi up` | viewers | to take it back | first |
|---|---|---|---|---|
"""


def page() -> str:
    """Return the text of the page."""
    sections = [_section(group, list(changes)) for group, changes in groupby(read_changes(), lambda item: item.group)]
    return "\n".join([_INTRODUCTION, *sections])


def _section(group: str, changes: list[Change]) -> str:
    rows = [
        f"| {_title(change)} | {_effects(change)} | {change.viewers} | {change.undo} | {change.first} |"
        for change in changes
    ]
    return f"## {group}\n{_HEADER}" + "\n".join(row.strip() for row in rows) + "\n"


def _title(change: Change) -> str:
    first, _, rest = change.title.partition(" ")
    is_name = first in change.keys or first == "aws:region"
    return f"`{first}` {rest}".strip() if is_name else change.title


def _effects(change: Change) -> str:
    if change.refused:
        return "is **refused**, and changes nothing"
    parts = [
        f"{_WORDS[operation]} " + ", ".join(f"`{name}`" for name in names)
        for operation in OPERATIONS
        if (names := change.effects[operation])
    ]
    return "; ".join(parts) or "changes nothing"


if __name__ == "__main__":
    PAGE.write_text(page())
