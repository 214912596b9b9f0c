"""python -m ops.page: writes docs/cost.md anew, where it shows what commands print."""

import contextlib
import io
import re
import shlex
from pathlib import Path
from typing import Final

from ops.__main__ import main

PAGE: Final = Path(__file__).parents[1] / "docs" / "cost.md"

_BOX: Final = re.compile(r"(```console\n\$ python -m ops (.*)\n)(?:.*\n)*?(```\n)")
_TABLE: Final = re.compile(r"(<!-- python -m ops (.*) -->\n)(?:.*\n)*?(<!-- end -->\n)")


def written(page: str) -> str:
    """The page with what its commands print now: in a box, or as Markdown between two comments."""
    page = _BOX.sub(lambda found: f"{found[1]}{printed(found[2])}{found[3]}", page)
    return _TABLE.sub(lambda found: f"{found[1]}\n{printed(found[2])}\n{found[3]}", page)


def printed(command: str) -> str:
    """What a command prints; `command` without `python -m ops`."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        main(shlex.split(command))
    return said.getvalue()


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))
