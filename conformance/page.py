"""The page docs/pictures.md, with a table of results for each group of picture cases."""

from collections.abc import Mapping, Sequence
from typing import Final

from conformance.case import Case, CaseResult

_INTRODUCTION: Final = """\
# Picture conformance

This page shows which renditions of this project ("ours"), of sharp and of thumbor are correct.
Each row of the tables is a picture case (`conformance/`).
A picture case has an original made by code, a request, and a check of the decoded pixels of the rendition.
`make pictures` writes this page, and `make test` runs every picture case with this project.

- sharp {sharp} and thumbor {thumbor} render the same originals (`bench/peers/`).
  Both use the settings that their documentation recommends.
- sharp runs with `autoOrient`, `withoutEnlargement` and, if the target format supports animation, `animated`.
- thumbor's own engine runs with its default configuration.
- This project runs on libvips {ours}, and on Pillow for the formats that libvips cannot read.
- A resizer must refuse a hostile original within five seconds.

If a result is not `correct`, an `<img>` element would show a wrong image, and the table names the problem.
Some of these problems depend on the configuration of a resizer, or on the libraries that it uses.
Others are deliberate decisions of the sharp or thumbor project.
"""


def render_page(cases: Sequence[Case], results: Mapping[str, Sequence[CaseResult]], versions: Mapping[str, str]) -> str:
    """Return the page. `results` and `versions` are by peer. The results are in the order of the picture cases."""
    groups = list(dict.fromkeys(case.group for case in cases))
    lines = [_INTRODUCTION.format(**versions), *_table_head("correct results", results)]
    for group in groups:
        numbers = [number for number, case in enumerate(cases) if case.group == group]
        counts = [sum(peer_results[number].problem is None for number in numbers) for peer_results in results.values()]
        cells = [f"{count} of {len(numbers)}" for count in counts]
        lines.append(f"| [{group}](#{group.replace(' ', '-')}) | {' | '.join(cells)} |")
    lines += ["", "![The renditions of every picture case by each of the three resizers](images/pictures.png)"]
    for group in groups:
        lines += ["", f"## {group.capitalize()}", "", *_table_head("case", results)]
        for number, case in enumerate(cases):
            if case.group == group:
                cells = [peer_results[number].problem or "correct" for peer_results in results.values()]
                lines.append(f"| {case.name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _table_head(first: str, peers: Mapping[str, object]) -> list[str]:
    return [f"| {first} | {' | '.join(peers)} |", "|---|" + "---|" * len(peers)]
