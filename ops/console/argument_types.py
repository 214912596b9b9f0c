"""How amounts are read from a command line, and how they are printed."""

import argparse
import re
from collections.abc import Callable
from typing import Final

_FACTORS: Final = {"": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000}
_MOST: Final = 10**15


def amount(text: str) -> int:
    """A whole number, such as 250000, 250k, 10M or 1.5G; ArgumentTypeError, which argparse prints, if it is none."""
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([kMG]?)", text, re.ASCII)
    value = round(float(found[1]) * _FACTORS[found[2]], 6) if found else -1.0
    if not 0 <= value <= _MOST or value != int(value):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number such as 250000, 250k, 10M or 1.5G")
    return int(value)


def share(text: str) -> float:
    """A part of a whole, from 0 to 1; ArgumentTypeError if it is none."""
    value = _decimal(text)
    if value is None or value > 1:
        raise argparse.ArgumentTypeError(f"{text} is not a share from 0 to 1: 95 % is 0.95")
    return value


def decimal_between(least: float, most: float) -> Callable[[str], float]:
    """Reads a number in a range; ArgumentTypeError if it is none."""

    def read(text: str) -> float:
        value = _decimal(text)
        if value is None or not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text} is not a number from {least:g} to {most:g}")
        return value

    return read


def integer_between(least: int, most: int) -> Callable[[str], int]:
    """Reads a whole number in a range; ArgumentTypeError if it is none."""

    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,15}", text, re.ASCII) or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text} is not a whole number from {least} to {most}")
        return int(text)

    return read


def _decimal(text: str) -> float | None:
    return float(text) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text, re.ASCII) else None
