"""docs/pictures.md: every promise about pictures, kept or not by ours, sharp and thumbor. `make pictures` writes it."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from bench.peers.peer import ROOT, THEIRS, Peer, PeerError
from conformance.case import Answer, Case
from conformance.cases import CASES
from conformance.contact_sheet import draw

PEERS: Final = ("ours", "sharp", "thumbor")
PAGE: Final = ROOT / "docs" / "pictures.md"
SHEET: Final = ROOT / "docs" / "images" / "pictures.png"
_TIMEOUT: Final = 5.0
"""Seconds, within which a hostile file must be refused; honest ones never take so long."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one resizer made of one case: its bytes if it gave any, and what is wrong with them in a few words."""

    body: bytes | None
    wrong: str | None


def outcomes(peer: Peer, folder: Path) -> Iterator[Outcome]:
    """One for each case, in their order."""
    for number, case in enumerate(CASES):
        original = folder / f"{number}.original"
        original.write_bytes(case.original())
        target = folder / f"{number}.{peer.name}"
        target.unlink(missing_ok=True)
        try:
            peer.make(original, case.format, output=target, **case.options)
        except PeerError as error:
            yield Outcome(None, _failure(case, str(error)))
        else:
            body = target.read_bytes()
            yield Outcome(body, _judged(case, body))


def _failure(case: Case, error: str) -> str | None:
    if error.startswith("It took more"):
        return "hangs"
    if error.startswith("Its process ended"):
        return "crashes"
    return None if case.check is None else "an error"


def _judged(case: Case, body: bytes) -> str | None:
    if case.check is None:
        return None if case.may_be_shown else "makes a picture of it"
    try:
        return case.check(Answer(body))
    except (OSError, ValueError, IndexError) as error:
        return f"no picture ({type(error).__name__})"


def page(results: dict[str, list[Outcome]], versions: dict[str, str]) -> str:
    """The whole of docs/pictures.md."""
    rows = list(dict.fromkeys(case.row for case in CASES))
    lines = [_HEAD.format(**versions), "| | " + " | ".join(PEERS) + " |", "|---|" + "---|" * len(PEERS)]
    for row in rows:
        numbers = [number for number, case in enumerate(CASES) if case.row == row]
        right = [sum(results[peer][number].wrong is None for number in numbers) for peer in PEERS]
        lines.append(
            f"| [{row}](#{row.replace(' ', '-')}) | " + " | ".join(f"{n} of {len(numbers)}" for n in right) + " |"
        )
    lines += ["", "![Every picture, as each of the three makes it](images/pictures.png)"]
    for row in rows:
        lines += ["", f"## {row.capitalize()}", "", "| | " + " | ".join(PEERS) + " |", "|---|" + "---|" * len(PEERS)]
        for number, case in enumerate(CASES):
            if case.row == row:
                cells = [results[peer][number].wrong or "right" for peer in PEERS]
                lines.append(f"| {case.name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


_HEAD: Final = """\
# Pictures are right

Each line is a picture made by code for one promise, and a check of the decoded pixels: `conformance/`, which
says what is right. `make pictures` writes this page; `make test` holds every line of ours.

Beside ours, sharp {sharp} and thumbor {thumbor} make the same pictures, asked as their documentation recommends
(`bench/peers/`): sharp with `autoOrient`, `withoutEnlargement` and, where the target can move, `animated`; thumbor's
own engine with its default configuration. Ours runs on Pillow {ours}. A hostile file has to be refused within five
seconds. Some of what is wrong here is a matter of configuration, some of which libraries are built in, some is
what that project decided: it is wrong as an answer to `<img src>`.
"""


def main() -> int:
    """Runs everything, writes page and contact sheet."""
    results: dict[str, list[Outcome]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in PEERS:
            with Peer(name, timeout=_TIMEOUT) as peer:
                results[name] = []
                for outcome in outcomes(peer, Path(folder)):
                    results[name].append(outcome)
                    if len(results[name]) % 50 == 0 or len(results[name]) == len(CASES):
                        sys.stderr.write(f"{name}: {len(results[name])} of {len(CASES)}\n")
    PAGE.write_text(page(results, _versions()))
    draw(SHEET, CASES, {name: [(each.body, each.wrong) for each in results[name]] for name in PEERS})
    wrong = [case.name for case, outcome in zip(CASES, results["ours"], strict=True) if outcome.wrong]
    sys.stderr.write(f"{PAGE}\n{SHEET}\n" + "".join(f"ours is wrong: {name}\n" for name in wrong))
    return 1 if wrong else 0


def _versions() -> dict[str, str]:
    sharp = json.loads((ROOT / "bench" / "node_modules" / "sharp" / "package.json").read_text())["version"]
    command = [str(THEIRS), "-c", "from importlib.metadata import version; print(version('thumbor'))"]
    thumbor = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    return {"sharp": sharp, "thumbor": thumbor, "ours": version("pillow")}


if __name__ == "__main__":
    sys.exit(main())
