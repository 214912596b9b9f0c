import pytest

from ops.console.formatting import format_age, format_number, format_percent, format_price


def test_numbers_are_grouped_and_prices_keep_every_digit() -> None:
    assert [format_number(value) for value in (1_000_000, 123_173.536, 0.5, 0)] == [
        "1,000,000",
        "123,173.54",
        "0.5",
        "0",
    ]
    assert [format_price(5), format_price(0.0245), format_price(0.00005001)] == ["5.00", "0.0245", "0.00005001"]
    assert format_price(0.0000166667) == "0.0000166667"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-3, "0 s"), (59, "59 s"), (119, "119 s"), (120, "2 min"), (7199, "120 min"), (7200, "2 h"), (200_000, "2 days")],
)
def test_age_is_shown_in_its_largest_suitable_unit(seconds: float, text: str) -> None:
    assert format_age(seconds) == text


def test_percent_has_two_decimal_places() -> None:
    assert format_percent(0.05) == "0.05 %"
