"""Tests of the published page docs/pictures.md, and of the function that writes it."""

import re
from pathlib import Path

from conformance.case import CaseResult
from conformance.cases import CASES
from conformance.page import render_page

PAGE = (Path(__file__).parents[2] / "docs" / "pictures.md").read_text()


def test_page_lists_exactly_the_cases() -> None:
    lines = re.findall(r"^\| (?!\[|case \||correct results \|)(.+?) \| .+ \| .+ \| .+ \|$", PAGE, re.MULTILINE)

    assert lines == [case.name for case in CASES]


def test_page_lists_every_result_of_this_project_as_correct() -> None:
    """`test_cases.py` tests that the results are correct."""
    cells = re.findall(r"^\| (?!\[|case \||correct results \|).+? \| (.+?) \| .+ \| .+ \|$", PAGE, re.MULTILINE)

    assert set(cells) == {"correct"}


def test_published_page_has_the_text_that_render_page_writes() -> None:
    """The page and the code differ only in the results and the versions."""
    results = {peer: [CaseResult(None, None)] * len(CASES) for peer in ("ours", "sharp", "thumbor")}
    versions = {"ours": "0.0", "sharp": "0.0", "thumbor": "0.0"}
    expected = render_page(CASES, results, versions)

    assert _without_results(PAGE) == _without_results(expected)


def _without_results(page: str) -> str:
    rows = re.sub(r"^(\| .+?) \| [^|]+ \| [^|]+ \| [^|]+ \|$", r"\1", page, flags=re.MULTILINE)
    return re.sub(r"\d+(\.\d+)+", "0", rows)
