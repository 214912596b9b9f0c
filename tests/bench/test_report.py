"""Tests of the page that `make bench` writes, with made-up results."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from bench.report import TEMPLATE, write_report
from tests.support.bench_results import RESULTS

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"


@pytest.fixture
def page(tmp_path: Path) -> str:
    return write_report(RESULTS, tmp_path)[0].read_text()


def test_page_shows_whether_each_goal_is_met(page: str) -> None:
    assert "| warm render time, JPEG originals to at most 320 pixels wide, mean | at most 0.80 | 0.50 | met |" in page
    assert "| warm render time, slowest cell | at most 1.50 | 2.00 | **missed** by 0.50 |" in page
    assert "| sharpness: SSIM minus sharp's, worst row | at least 0.0000 | -0.0100 | **missed** by 0.0100 |" in page
    assert "1 of 2 cells have a time ratio above 1.5" in page


def test_page_has_a_row_for_each_conversion_and_for_all(page: str) -> None:
    assert "| jpeg to webp | 0.50 | 0.50 | 1.00 | 1.00 | 1.00 | 0.90 |" in page
    assert "| jpeg to png | - | - | - | - | - | - |" in page
    assert "| **all** | 1.00 | 2.00 | 1.00 | 1.00 | 1.00 | 0.60 |" in page
    assert "| png of 24 MP to 1600 as png | 200 | 100 | 100 | 100 | 100 | 2.00 | 0.40 |" in page


def test_page_gives_the_share_of_a_miss_outside_pillow(page: str) -> None:
    assert "25 % of the edge function's time is not spent in Pillow" in page.replace("\n", " ")


def test_page_splits_the_cold_start_into_parts_that_add_up(page: str) -> None:
    assert "10 ms for the interpreter, 60 ms for imports, 10 ms for reading from S3 and 20 ms for the rendition" in page


def test_published_page_has_the_text_of_the_template() -> None:
    """The template and the page differ only in the measured values."""
    text = re.split(r"\$\w+", TEMPLATE.read_text())

    assert re.fullmatch(".+?".join(map(re.escape, text)), PAGE.read_text(), re.DOTALL)


def test_published_page_has_the_headings_that_the_report_writes(page: str) -> None:
    headings = r"^(\|.+\|)\n\| ---"

    assert re.findall(headings, PAGE.read_text(), re.MULTILINE) == re.findall(headings, page, re.MULTILINE)


def test_chart_has_a_mark_for_each_peer_but_sharp_in_each_row(tmp_path: Path) -> None:
    chart = write_report(RESULTS, tmp_path)[1]

    shapes = [element.get("class") for element in ET.parse(chart).iter() if element.tag[-4:] != "text"]  # noqa: S314

    rows, legends = 2, 1
    for name in ("ours", "pyvips", "thumbor", "naive"):
        assert shapes.count(name) == rows + legends
