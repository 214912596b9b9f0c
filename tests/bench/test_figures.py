import pytest

from bench.figures import geometric_mean, mean_ratio, median_ms, ratio_to_sharp, slower_cells, without_avif
from tests.support.bench_results import RESULTS


def test_geometric_mean_of_half_and_double_is_one() -> None:
    assert geometric_mean([0.5, 2.0]) == pytest.approx(1.0)
    assert geometric_mean([1.0, 4.0, 2.0]) == pytest.approx(2.0)


def test_ratio_to_sharp_divides_time_or_bytes() -> None:
    cell = {"peers": {"ours": {"ms": 30, "bytes": 5}, "sharp": {"ms": 60, "bytes": 4}}}

    assert ratio_to_sharp(cell) == 0.5
    assert ratio_to_sharp(cell, unit="bytes") == 1.25


def test_mean_ratio_without_avif_leaves_out_avif_renditions() -> None:
    assert mean_ratio(RESULTS["grid"]) == pytest.approx(0.5)  # of 0.5, 2 and 0.125
    assert mean_ratio(without_avif(RESULTS["grid"])) == pytest.approx(1.0)


def test_slower_cells_are_those_above_the_time_of_sharp() -> None:
    assert [cell["original"] for cell in slower_cells(RESULTS["grid"])] == ["png"]


def test_median_is_of_one_pair_of_formats() -> None:
    assert median_ms(RESULTS["grid"], "jpeg", "webp") == 50.0
