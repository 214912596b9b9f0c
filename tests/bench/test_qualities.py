import pytest

from bench.qualities import lowest_sufficient


@pytest.mark.parametrize("lowest", [1, 2, 50, 99, 100])
def test_lowest_sufficient_finds_the_quality(lowest: int) -> None:
    assert lowest_sufficient(lambda quality: quality >= lowest) == lowest


def test_lowest_sufficient_is_100_when_no_quality_is_sufficient() -> None:
    assert lowest_sufficient(lambda _: False) == 100
