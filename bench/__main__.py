"""python -m bench: measures part by part, keeps what was found, and writes docs/performance.md from all of it."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import Any, Final

from bench import engine, grid, memory, qualities, report, sharpness, size
from bench.cold import start
from bench.peers.peer import ROOT

_BUILD: Final = ROOT / "build" / "bench"


def main() -> int:
    """The exit status."""
    options = _options(list(_parts({}, quick=True)))
    store = _BUILD / ("quick.json" if options.quick else "results.json")
    results: dict[str, Any] = json.loads(store.read_text()) if store.exists() else {}
    parts = _parts(results, quick=options.quick)
    for name in options.parts or parts:
        sys.stderr.write(f"-- {name}\n")
        started = time.perf_counter()
        results[name] = parts[name]()
        results.setdefault("seconds", {})[name] = round(time.perf_counter() - started)
        results["date"] = time.strftime("%Y-%m-%d", time.gmtime())
        _BUILD.mkdir(parents=True, exist_ok=True)
        store.write_text(json.dumps(results, indent=1))
    if missing := [name for name in parts if name not in results]:
        sys.stderr.write(f"no page without {', '.join(missing)}\n")
        return 0
    for path in report.write(results, _BUILD if options.quick else ROOT / "docs"):
        sys.stdout.write(f"{path}\n")
    return 0


def _options(parts: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small grid and few runs, into build/bench/ alone")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"what to measure anew: {', '.join(parts)} (all)")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(parts):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; known: {', '.join(parts)}")
    return options


def _parts(results: dict[str, Any], *, quick: bool) -> dict[str, Callable[[], Any]]:
    """What is measured, by name, in this order."""
    return {
        "qualities": qualities.measured,
        "sharpness": sharpness.measured,
        "grid": lambda: grid.measured(_chosen(results), quick=quick),
        "cold": lambda: start.measured(quick=quick),
        "memory": memory.measured,
        "size": size.measured,
        "engine": lambda: engine.measured(quick=quick),
    }


def _chosen(results: dict[str, Any]) -> dict[str, dict[str, int]]:
    """By format and peer: the qualities at which photographs look equal."""
    found: dict[str, dict[str, dict[str, Any]]] = results["qualities"]["photographs"]
    return {kind: {peer: looks["quality"] for peer, looks in row.items()} for kind, row in found.items()}


if __name__ == "__main__":
    sys.exit(main())
