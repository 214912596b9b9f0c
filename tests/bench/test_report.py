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
    assert "| warm render time relative to sharp, mean with AVIF | at most 0.60 | 0.50 | met |" in page
    assert (
        "| warm render time relative to sharp, slowest cell with AVIF | at most 1.15 | 2.00 | **missed** by 0.85 |"
        in page
    )
    assert (
        "| share of cells that take longer than sharp's, without AVIF | below 33.3 % | 50.0 % | **missed** by 16.7 % |"
        in page
    )
    assert "| sharpness: SSIM minus sharp's, worst row | above 0.0000 | -0.0100 | **missed** by 0.0100 |" in page
    assert "| bundle, zipped | at most 17.0 MB | 16.9 MB | met |" in page
    assert "longer than sharp in 1 of 3 cells (1 of 2 without AVIF)" in page


def test_page_has_a_row_for_each_conversion_and_two_means(page: str) -> None:
    assert "| jpeg to webp | 0.50 | 0.50 | 1.00 | 1.00 | 1.00 | 0.90 |" in page
    assert "| jpeg to png | - | - | - | - | - | - |" in page
    assert "| **mean without AVIF** | 1.00 | 2.00 | 1.00 | 1.00 | 1.00 | 0.60 |" in page
    assert "| **mean with AVIF** | 0.50 | 2.00 | 1.00 | 1.00 | 1.00 | 0.60 |" in page
    assert "| png of 24 MP to 1600 as png | 200 | 100 | 100 | 100 | 100 | 2.00 | 0.40 |" in page


def test_page_has_widths_and_qualities_with_and_without_avif(page: str) -> None:
    without_avif, with_avif = page.split("The same with AVIF:")

    assert "| 6 MP to 320 | 0.50 | 0.50 |" in without_avif
    assert "| 6 MP to 320 | 0.25 | 0.50 |" in with_avif
    assert "| **mean without AVIF** |  |  |  | 0.90 |" in page
    assert "| **mean with AVIF** |  |  |  | 1.20 |" in page


def test_page_gives_the_parts_of_a_miss(page: str) -> None:
    assert "60.0 ms for decoding, converting the colors and encoding by the imaging library" in page
    assert "20.0 ms (25 %) for everything else" in page
    assert "`read` takes 15.0 ms of these 20.0 ms, and this project's own code takes 5.0 ms" in page


def test_page_splits_cold_starts_into_parts_that_add_up(page: str) -> None:
    assert "| milliseconds | interpreter | imports | read from S3 | rendition | total |" in page
    assert "| JPEG | 10 | 60 | 10 | 20 | 100 |" in page
    assert "| WebP | 10 | 40 | 10 | 20 | 80 |" in page


def test_page_names_the_most_expensive_requests(page: str) -> None:
    assert "The slowest request, png of 100 MP, takes 9.0 s." in page
    assert "The request with the most memory, jpeg of 100 MP, takes 900 MB." in page


def test_page_names_the_libvips_of_this_project(page: str) -> None:
    assert re.search(r"this project with libvips \d+\.\d+\.\d+ and Pillow \d+\.\d+\.\d+ on Python", page)


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

    rows, legends = 3, 1
    for name in ("ours", "pyvips", "thumbor", "naive"):
        assert shapes.count(name) == rows + legends
