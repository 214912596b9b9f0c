"""python -m ops.page: writes docs/cost.md and docs/operations.md anew, where they show what commands print."""

import contextlib
import io
import os
import re
import shlex
from pathlib import Path
from typing import Final

from ops.__main__ import main

_DOCS: Final = Path(__file__).parents[1] / "docs"
PAGE: Final = _DOCS / "cost.md"
OPERATIONS: Final = _DOCS / "operations.md"

_BOX: Final = re.compile(r"(```console\n\$ python -m ops (.*)\n)(?:.*\n)*?(```\n)")
_TABLE: Final = re.compile(r"(<!-- python -m ops (.*) -->\n)(?:.*\n)*?(<!-- end -->\n)")
_COLUMNS: Final = "110"
"""How wide --help is on the page."""


def written(page: str) -> str:
    """The page with what its commands print now: in a box, or as Markdown between two comments."""
    page = _BOX.sub(lambda found: f"{found[1]}{printed(found[2])}{found[3]}", page)
    return _TABLE.sub(lambda found: f"{found[1]}\n{printed(found[2])}\n{found[3]}", page)


def printed(command: str) -> str:
    """What a command prints; `command` without `python -m ops`. The stack is an example, which pulumi need not know."""
    arguments = shlex.split(command.replace("--stack prod", f"--outputs {_DOCS / 'examples' / 'outputs.json'}"))
    said, before = io.StringIO(), os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = _COLUMNS
    try:
        with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):  # which is how --help ends
            main(arguments)
    finally:
        del os.environ["COLUMNS"]
        os.environ |= {"COLUMNS": before} if before is not None else {}
    return said.getvalue()


if __name__ == "__main__":
    for path in (PAGE, OPERATIONS):
        path.write_text(written(path.read_text()))
