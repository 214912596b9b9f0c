import pytest

from bench.operator_tables import (
    GB_SECOND_USD,
    MEMORY_MB,
    REQUEST_USD,
    by_original_table,
    extreme_table,
    fit_growth,
    typical_table,
    usd_per_million,
)
from infra.config.stack_config import StackConfig
from ops.cost.price_list import find_price
from tests.support.bench_results import RESULTS, measured_request


def test_prices_and_memory_are_those_of_the_cost_estimate() -> None:
    requests, duration = find_price("Lambda@Edge requests"), find_price("Lambda@Edge duration")

    assert requests.usd / requests.per == pytest.approx(REQUEST_USD)
    assert duration.usd / duration.per == GB_SECOND_USD
    assert StackConfig(region="eu-central-1").memory == MEMORY_MB


def test_price_of_a_million_misses_has_a_request_and_a_duration_part() -> None:
    assert usd_per_million(0) == pytest.approx(0.60)
    assert usd_per_million(1000, memory_mb=1024, gb_second_usd=0.00005) == pytest.approx(50.60)


def test_growth_of_a_straight_line_is_its_fixed_part_and_slope() -> None:
    megapixels = {0.3: 640 * 523 / 1e6, 6: 2725 * 2225 / 1e6, 24: 24.0}

    assert fit_growth({size: 5 + 2 * exact for size, exact in megapixels.items()}) == pytest.approx((5, 2))


def test_table_by_original_shows_a_dash_for_a_size_without_a_file() -> None:
    table = by_original_table(RESULTS["operators"]["by_original"])

    assert "| JPEG | 10 | 30 | 100 | 8 + 3.8 per MP |" in table  # Without 10 ms for the read.
    assert "| BMP | 10 | 30 | - | 9 + 3.5 per MP | 10 | 30 | - | 9 + 3.5 per MP |" in table


def test_misses_per_second_are_at_most_the_quota_of_lambda() -> None:
    table = typical_table([measured_request("jpeg", 6, ms=ms, memory=60) for ms in (20.0, 200.0)])

    assert "| 20 | 10.0 |" in table
    assert "| 200 | 5.0 |" in table


def test_extreme_table_begins_with_the_slowest_request() -> None:
    rows = extreme_table(RESULTS["operators"]["extreme"]).splitlines()[2:]

    assert rows[0].startswith("| png of 100 MP | 9.0 | 700 | 302, stored | ")
    assert rows[1].startswith("| jpeg of 100 MP | 4.0 | 900 | 200 | ")
