import pytest

from local.cloudwatch.expressions import UnknownSyntax
from local.cloudwatch.statistics import Datum, statistic

VALUES = [Datum(0, 1, value, value, value) for value in (4.0, 1.0, 3.0, 2.0)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SampleCount", 4),
        ("Sum", 10),
        ("Average", 2.5),
        ("Minimum", 1),
        ("Maximum", 4),
        ("p0", 1),
        ("p50", 2.5),
        ("p100", 4),
    ],
)
def test_statistic_of_single_values(name: str, expected: float) -> None:
    assert statistic(name, VALUES) == expected


def test_statistic_set_of_equal_values_has_percentiles() -> None:
    data = [Datum(0, 99, 990, 10, 10), Datum(0, 1, 500, 500, 500)]

    assert statistic("p50", data) == 10
    assert statistic("p99.9", data) == pytest.approx(451.5, rel=0.01)


def test_statistic_set_of_different_values_has_no_percentiles() -> None:
    assert statistic("p99", [Datum(0, 2, 3, 1, 2)]) is None


def test_unknown_statistic_is_named_even_without_data() -> None:
    with pytest.raises(UnknownSyntax, match="'tm99'"):
        statistic("tm99", [])
