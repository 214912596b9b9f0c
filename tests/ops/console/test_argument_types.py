import argparse
from collections.abc import Callable

import pytest

from ops.console.argument_types import age, amount, decimal, exactly, number, share, whole


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("250000", 250_000), ("250k", 250_000), ("10M", 10_000_000), ("1.5M", 1_500_000), ("2G", 2 * 10**9)],
)
def test_an_amount_can_be_written_short(text: str, value: int) -> None:
    assert amount(text) == value


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [
        *((amount, text, "whole number such as") for text in ("ten", "", "-1", "1.5", "0.0001k", "1e6", "10m", "1 M")),
        (amount, "9999999999G", "whole number such as"),
        *((share, text, "a share from 0 to 1: 95 % is 0.95") for text in ("95", "95%", "-0.1", "nan", "", "1.01")),
        *((decimal(1, 30_000), text, "a number from 1 to 30000") for text in ("0", "30001", "inf", "150ms")),
        *((whole(128, 10_240), text, "a whole number from 128 to 10240") for text in ("127", "10241", "1769.0", "²")),
    ],
)
def test_what_is_none_is_refused_with_what_is_accepted(read: Callable[[str], float], text: str, said: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=said):
        read(text)


def test_shares_and_numbers_take_their_ends() -> None:
    assert [share("0"), share("1"), share("0.95")] == [0, 1, 0.95]
    assert [decimal(1, 2)("1"), decimal(1, 2)("2"), whole(1, 2)("1"), whole(1, 2)("2")] == [1, 2, 1, 2]


def test_numbers_are_grouped_and_prices_keep_every_digit() -> None:
    assert [number(1_000_000), number(123_173.536), number(0.5), number(0)] == ["1,000,000", "123,173.54", "0.5", "0"]
    assert [exactly(5), exactly(0.0245), exactly(0.00005001)] == ["5.00", "0.0245", "0.00005001"]
    assert exactly(0.0000166667) == "0.0000166667"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-3, "0 s"), (59, "59 s"), (119, "119 s"), (120, "2 min"), (7199, "120 min"), (7200, "2 h"), (200_000, "2 days")],
)
def test_ages_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert age(seconds) == said
