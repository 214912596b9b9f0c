import argparse
from collections.abc import Callable

import pytest

from ops.console.argument_types import amount, decimal_between, integer_between, share


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
        *((decimal_between(1, 30_000), text, "a number from 1 to 30000") for text in ("0", "30001", "inf", "150ms")),
        *(
            (integer_between(128, 10_240), text, "a whole number from 128 to 10240")
            for text in ("127", "10241", "1769.0", "²")
        ),
    ],
)
def test_what_is_none_is_refused_with_what_is_accepted(read: Callable[[str], float], text: str, said: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=said):
        read(text)


def test_shares_and_numbers_take_their_ends() -> None:
    assert [share("0"), share("1"), share("0.95")] == [0, 1, 0.95]
    assert [
        decimal_between(1, 2)("1"),
        decimal_between(1, 2)("2"),
        integer_between(1, 2)("1"),
        integer_between(1, 2)("2"),
    ] == [1, 2, 1, 2]
