"""Readers of configuration values. Each returns the value of a text, or raises ValueError for a text that is invalid.

The message names the accepted values, and completes a sentence that begins with the text:
"0 is not a whole number from 1 to 8192".
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

# https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html
_TAG_VALUE: Final = re.compile(r"[\w .:/=+@-]{1,256}")


def whole_number(minimum: int, maximum: int) -> Callable[[str], int]:
    """Return a reader of whole numbers in a range, both ends included."""

    def read(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]+", text) or not minimum <= int(text) <= maximum:
            raise ValueError(f"is not a whole number from {minimum} to {maximum}")
        return int(text)

    return read


def one_of(*words: str) -> Callable[[str], str]:
    """Return a reader that accepts only these words."""

    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"is not one of {', '.join(words)}")
        return text

    return read


def one_of_numbers(*numbers: int) -> Callable[[str], int]:
    """Return a reader that accepts only these whole numbers."""
    read = one_of(*map(str, numbers))
    return lambda text: int(read(text))


def boolean(text: str) -> bool:
    """Read `true` or `false`."""
    return one_of("true", "false")(text) == "true"


def tag_value(text: str) -> str:
    """Read a text that can be the value of an AWS tag."""
    if not _TAG_VALUE.fullmatch(text):
        raise ValueError("is not the value of an AWS tag: 1 to 256 letters, digits, spaces and . : / = + @ _ -")
    return text


def matching(pattern: str, description: str) -> Callable[[str], str]:
    """Return a reader of texts that match the pattern; the empty text is accepted too."""

    def read(text: str) -> str:
        if text and not re.fullmatch(pattern, text):
            raise ValueError(f"is not {description}")
        return text

    return read


def list_of_matching(pattern: str, description: str) -> Callable[[str], tuple[str, ...]]:
    """Return a reader of lists of texts that match the pattern, without duplicates."""

    def read(text: str) -> tuple[str, ...]:
        items = _parse_list(text)
        if items is None or any(type(item) is not str or not re.fullmatch(pattern, item) for item in items):
            raise ValueError(f"is not a list of {description}")
        if len(set(items)) < len(items):
            raise ValueError("contains the same item twice")
        return tuple(items)

    return read


def list_of_words(*words: str) -> Callable[[str], tuple[str, ...]]:
    """Return a reader of lists of some of the words, without duplicates. The value has the order of the list."""

    def read(text: str) -> tuple[str, ...]:
        items = _parse_list(text)
        if items is None or any(item not in words for item in items) or len(set(items)) < len(items):
            raise ValueError(f"is not a list of {', '.join(words)}, each at most once")
        return tuple(items)

    return read


def ascending_numbers(minimum: int, maximum: int) -> Callable[[str], tuple[int, ...]]:
    """Return a reader of lists of whole numbers in a range, each greater than the one before."""

    def read(text: str) -> tuple[int, ...]:
        items = _parse_list(text)
        if items is None or any(type(item) is not int or not minimum <= item <= maximum for item in items):
            raise ValueError(f"is not a list of whole numbers from {minimum} to {maximum}")
        if items != sorted(set(items)):
            raise ValueError("is not in ascending order without duplicates")
        return tuple(items)

    return read


def numbers_by_name(ranges: Mapping[str, tuple[float, float]]) -> Callable[[str], dict[str, float]]:
    """Return a reader of objects that map some of the names to numbers in their ranges, both ends included."""

    def read(text: str) -> dict[str, float]:
        try:
            items = json.loads(text)
        except (ValueError, RecursionError):
            items = None
        if not isinstance(items, dict):
            raise ValueError(f"is not an object with numbers for some of {', '.join(ranges)}")
        for name, number in items.items():
            if name not in ranges:
                raise ValueError(f"contains {name}, which is not one of {', '.join(ranges)}")
            minimum, maximum = ranges[name]
            if type(number) not in (int, float) or not minimum <= number <= maximum:
                text = json.dumps(number)[:40]
                raise ValueError(f"contains {text} for {name}, which is not a number from {minimum:g} to {maximum:g}")
        return items

    return read


def _parse_list(text: str) -> list[Any] | None:
    # Pulumi passes a list as JSON.
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, list) else None
