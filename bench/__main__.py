"""The command `python -m bench`, which measures part by part, stores the results, and writes docs/performance.md."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import Any, Final

from bench import engine, grid, memory, operators, qualities, report, sharpness, size
from bench.cold import start
from bench.peers.peer import ROOT

_BUILD: Final = ROOT / "build" / "bench"


def main() -> int:
    """Measure the chosen parts and write the page if every part has a result; return the exit status."""
    options = _parse_arguments(list(_parts({}, quick=True)))
    store = _BUILD / ("quick.json" if options.quick else "results.json")
    results: dict[str, Any] = json.loads(store.read_text()) if store.exists() else {}
    parts = _parts(results, quick=options.quick)
    for name in options.parts or parts:
        sys.stderr.write(f"measuring {name}\n")
        started = time.perf_counter()
        results[name] = parts[name]()
        results.setdefault("seconds", {})[name] = round(time.perf_counter() - started)
        results["date"] = time.strftime("%Y-%m-%d", time.gmtime())
        _BUILD.mkdir(parents=True, exist_ok=True)
        store.write_text(json.dumps(results, indent=1))
    if missing := [name for name in parts if name not in results]:
        command = ["python -m bench", *(["--quick"] if options.quick else []), *missing]
        sys.stderr.write(
            f"The page was not written, because {store} has no results of: {', '.join(missing)}. "
            f"Measure them with: {' '.join(command)}\n"
        )
        return 0
    for path in report.write_report(results, _BUILD if options.quick else ROOT / "docs"):
        sys.stdout.write(f"{path}\n")
    return 0


def _parse_arguments(parts: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="measure a small grid with few repetitions, and write only to build/bench/"
    )
    parser.add_argument("parts", nargs="*", metavar="part", help=f"part to measure: {', '.join(parts)} (default: all)")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(parts):
        parser.error(f"unknown part {', '.join(sorted(unknown))}; the parts are {', '.join(parts)}")
    return options


def _parts(results: dict[str, Any], *, quick: bool) -> dict[str, Callable[[], Any]]:
    """Return the function that measures each part, by the name of the part. The parts run in this order.

    `grid` reads the result of `qualities` from `results`.
    """
    return {
        "qualities": qualities.measure,
        "sharpness": sharpness.measure,
        "grid": lambda: grid.measure(_equal_qualities(results), quick=quick),
        "cold": lambda: start.measure(quick=quick),
        "memory": memory.measure,
        "size": size.measure,
        "engine": lambda: engine.measure(quick=quick),
        "operators": lambda: operators.measure(quick=quick),
    }


def _equal_qualities(results: dict[str, Any]) -> dict[str, dict[str, int]]:
    """Return the qualities at which the renditions of photographs have equal SSIM, by format and peer."""
    measured: dict[str, dict[str, dict[str, Any]]] = results["qualities"]["photographs"]
    return {
        target: {peer: encoding["quality"] for peer, encoding in encodings.items()}
        for target, encodings in measured.items()
    }


if __name__ == "__main__":
    sys.exit(main())
