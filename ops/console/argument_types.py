"""Click parameter types: amounts, shares, numbers in a range, comma-separated lists and run names."""

import re
from typing import Any, Final, TypeVar

import click

_FACTORS: Final = {"": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000}
_MAX_AMOUNT: Final = 10**15

Item = TypeVar("Item")


class Amount(click.ParamType[int]):
    """A whole number with an optional factor, such as 250000, 250k, 10M or 1.5G."""

    name = "amount"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number. Raises BadParameter if the value is not such a number."""
        if isinstance(value, int):
            return value
        match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([kMG]?)", value, re.ASCII)
        amount = round(float(match[1]) * _FACTORS[match[2]], 6) if match else -1.0
        if not 0 <= amount <= _MAX_AMOUNT or amount != int(amount):
            self.fail(f"{value} is not a whole number such as 250000, 250k, 10M or 1.5G", param, ctx)
        return int(amount)


class Share(click.ParamType[float]):
    """A part of a whole, as a number from 0 to 1."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the share. Raises BadParameter if the value is not a share."""
        share = _parse_decimal(value)
        if share is None or share > 1:
            self.fail(f"{value} is not a share from 0 to 1: 95 % is 0.95", param, ctx)
        return share


class DecimalRange(click.ParamType[float]):
    """A number from `minimum` to `maximum`, both included. Signs and exponents are not accepted."""

    name = "number"

    def __init__(self, minimum: float, maximum: float) -> None:
        self.minimum, self.maximum = minimum, maximum

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number. Raises BadParameter if the value is not in the range."""
        number = _parse_decimal(value)
        if number is None or not self.minimum <= number <= self.maximum:
            self.fail(f"{value} is not a number from {self.minimum:g} to {self.maximum:g}", param, ctx)
        return number


class IntegerRange(click.ParamType[int]):
    """A whole number from `minimum` to `maximum`, both included. Only ASCII digits are accepted."""

    name = "integer"

    def __init__(self, minimum: int, maximum: int) -> None:
        self.minimum, self.maximum = minimum, maximum

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number. Raises BadParameter if the value is not in the range."""
        text = str(value)
        if not re.fullmatch(r"[0-9]{1,15}", text, re.ASCII) or not self.minimum <= int(text) <= self.maximum:
            self.fail(f"{value} is not a whole number from {self.minimum} to {self.maximum}", param, ctx)
        return int(text)


class CommaSeparated(click.ParamType[list[Item]]):
    """A comma-separated list, without duplicates and in the order of the command line."""

    name = "list"

    def __init__(self, item_type: click.ParamType[Item]) -> None:
        self.item_type = item_type

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> list[Item]:
        """Convert each item with the item type, and return the list.

        Raises BadParameter, with the message of the item type, if an item is not valid.
        """
        if isinstance(value, list):
            return value
        return list(dict.fromkeys(self.item_type.convert(text, param, ctx) for text in value.split(",")))


class Text(click.ParamType[str]):
    """A text that does not look like an option.

    Click takes the word after an option as its value, even if the word is the next option. Without this check,
    `--run --dry-run` would send requests.
    """

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text. Raises BadParameter if the text begins with a dash; a dash alone is standard input."""
        if value.startswith("-") and value != "-":
            self.fail(f"{value!r} begins with a dash, so the value of the option is missing", param, ctx)
        return value


class RunName(Text):
    """The name of a run of `invalidate`, which is part of the caller references that CloudFront receives."""

    name = "run name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name. Raises BadParameter if the name has other characters or more than 64."""
        value = super().convert(value, param, ctx)
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", value, re.ASCII):
            accepted = "use 1 to 64 letters, digits, dots, underscores and dashes"
            self.fail(f"{value!r} is not a valid run name: {accepted}", param, ctx)
        return value


class RequestId(click.ParamType[str]):
    """CloudFront's ID of a request: the value of the response header x-amz-cf-id, or the whole header line."""

    name = "request id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the ID. Raises BadParameter if the value is not an ID.

        An ID can begin with a dash, so a short text that begins with a dash is an option, and the ID is missing.
        """
        id_ = re.sub(r"(?i)^\s*x-amz-cf-id\s*:", "", str(value)).strip()
        if not re.fullmatch(r"[A-Za-z0-9_=-]{1,128}", id_, re.ASCII) or (id_.startswith("-") and len(id_) < 40):
            self.fail(f"{value!r} is not an ID: use the value of the response header x-amz-cf-id", param, ctx)
        return id_


def _parse_decimal(value: Any) -> float | None:
    """Return a number without sign and exponent, or None for other values."""
    text = str(value)
    return float(text) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text, re.ASCII) else None
