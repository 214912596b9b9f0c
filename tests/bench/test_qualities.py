import pytest

from bench.qualities import lowest


@pytest.mark.parametrize("wanted", [1, 2, 50, 99, 100])
def test_the_lowest_quality_that_is_enough_is_found(wanted: int) -> None:
    assert lowest(lambda quality: quality >= wanted) == wanted


def test_if_none_is_enough_it_is_the_highest() -> None:
    assert lowest(lambda _: False) == 100
