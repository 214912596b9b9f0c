"""The command `python -m conformance`: run the picture cases, and write docs/pictures.md and both image sheets."""

import json
import subprocess
import sys
from importlib.metadata import version
from typing import Final

from bench.peers.peer import BENCH_PYTHON, ROOT
from conformance.cases import CASES
from conformance.contact_sheet import draw_contact_sheet
from conformance.page import render_page
from conformance.renditions_sheet import write_renditions_sheet
from conformance.runner import run_all

PAGE: Final = ROOT / "docs" / "pictures.md"
IMAGES: Final = ROOT / "docs" / "images"
SHEET: Final = IMAGES / "pictures.png"
RENDITIONS_SHEET: Final = IMAGES / "renditions.png"


def main() -> int:
    """Write the page and the sheets. Return the exit status: 1 if a rendition of this project is not correct."""
    write_renditions_sheet(RENDITIONS_SHEET)
    results = run_all(CASES)
    PAGE.write_text(render_page(CASES, results, _versions()))
    draw_contact_sheet(SHEET, CASES, results)
    sys.stderr.write(f"{PAGE}\n{SHEET}\n{RENDITIONS_SHEET}\n")
    failed = [(case, result) for case, result in zip(CASES, results["ours"], strict=True) if result.problem]
    for case, result in failed:
        sys.stderr.write(f"ours is not correct in the picture case {case.group}: {case.name}: {result.problem}\n")
    return 1 if failed else 0


def _versions() -> dict[str, str]:
    """Return the versions by peer. The version for this project is that of libvips."""
    sharp = json.loads((ROOT / "bench" / "node_modules" / "sharp" / "package.json").read_text())["version"]
    command = [str(BENCH_PYTHON), "-c", "from importlib.metadata import version; print(version('thumbor'))"]
    thumbor = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    return {"sharp": sharp, "thumbor": thumbor, "ours": version("pyvips-binary")}


if __name__ == "__main__":
    sys.exit(main())
