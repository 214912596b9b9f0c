import pytest

from bench.qualities import lowest_sufficient


@pytest.mark.parametrize("wanted", [1, 2, 50, 99, 100])
def test_lowest_sufficient_finds_the_quality(wanted: int) -> None:
    assert lowest_sufficient(lambda quality: quality >= wanted) == wanted


def test_lowest_sufficient_without_any_is_the_highest() -> None:
    assert lowest_sufficient(lambda _: False) == 100
