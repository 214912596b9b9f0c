"""The page that `make bench` writes, from made-up results."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from bench.report import table, write
from tests.support.bench_results import RESULTS


@pytest.fixture
def page(tmp_path: Path) -> str:
    return write(RESULTS, tmp_path)[0].read_text()


def test_a_table_is_markdown() -> None:
    assert table(("a", "b"), [("x", 1), ("y", 2)]) == "| a | b |\n| --- | ---: |\n| x | 1 |\n| y | 2 |"


def test_every_goal_says_whether_it_is_met_or_by_how_much_it_is_missed(page: str) -> None:
    assert "| the same, JPEG originals up to 320 wide | at most 0.80 | 0.50 | met |" in page
    assert "| the same, the worst cell | at most 1.50 | 2.00 | **missed** by 0.50 |" in page
    assert (
        "| SSIM to the ideal above sharp's, the worst row | at least 0.0000 | -0.0100 | **missed** by 0.0100 |" in page
    )
    assert "1 of 2 cells are above 1.5" in page


def test_the_grid_has_a_row_for_each_kind_and_one_for_all(page: str) -> None:
    assert "| jpeg to webp | 0.50 | 0.50 | 1.00 | 1.00 | 1.00 | 0.90 |" in page
    assert "| jpeg to png | - | - | - | - | - | - |" in page
    assert "| **all** | 1.00 | 2.00 | 1.00 | 1.00 | 1.00 | 0.60 |" in page
    assert "| png of 24 MP to 1600 as png | 200 | 100 | 100 | 100 | 100 | 2.00 | 0.40 |" in page


def test_what_is_not_pillows_in_a_miss_is_a_share(page: str) -> None:
    assert "25 % of the function's time is not Pillow's" in page.replace("\n", " ")


def test_where_a_cold_start_goes_adds_up(page: str) -> None:
    assert "10 ms the interpreter, 60 imports, 10 reading from S3, 20 the rendition" in page


def test_the_chart_has_a_dot_for_each_peer_but_sharp_in_each_row(tmp_path: Path) -> None:
    chart = write(RESULTS, tmp_path)[1]

    shapes = [element.get("class") for element in ET.parse(chart).iter() if element.tag[-4:] != "text"]  # noqa: S314

    rows, legend = 2, 1
    for name in ("ours", "pyvips", "thumbor", "naive"):
        assert shapes.count(name) == rows + legend
