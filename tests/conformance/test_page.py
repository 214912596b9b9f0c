import re
from pathlib import Path

from conformance.cases import CASES

PAGE = (Path(__file__).parents[2] / "docs" / "pictures.md").read_text()


def test_the_page_has_every_case_and_no_other() -> None:
    lines = re.findall(r"^\| (?!\[)(.+?) \| .+ \| .+ \| .+ \|$", PAGE, re.MULTILINE)

    assert lines == [case.name for case in CASES]


def test_the_page_says_that_ours_are_right_which_the_tests_hold() -> None:
    assert set(re.findall(r"^\| (?!\[).+? \| (.+?) \| .+ \| .+ \|$", PAGE, re.MULTILINE)) == {"right"}
