"""How the text of one configuration value is read: the value, or a ValueError that says what it is not."""

import json
import re
from collections.abc import Callable
from typing import Any, Final

# https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html
_LABEL: Final = re.compile(r"[\w .:/=+@-]{1,256}")


def whole(least: int, most: int) -> Callable[[str], int]:
    """A whole number in a range."""

    def read(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]+", text) or not least <= int(text) <= most:
            raise ValueError(f"is not a whole number from {least} to {most}")
        return int(text)

    return read


def one_of(*words: str) -> Callable[[str], str]:
    """One of a few words."""

    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"is not one of {', '.join(words)}")
        return text

    return read


def one_number_of(*numbers: int) -> Callable[[str], int]:
    """One of a few whole numbers."""
    read = one_of(*map(str, numbers))
    return lambda text: int(read(text))


def flag(text: str) -> bool:
    """True or false, as YAML writes them."""
    return one_of("true", "false")(text) == "true"


def label(text: str) -> str:
    """Text that can be the value of an AWS tag."""
    if not _LABEL.fullmatch(text):
        raise ValueError("is not a tag's value: 1 to 256 letters, digits, spaces and . : / = + @ _ -")
    return text


def like(pattern: str, shape: str) -> Callable[[str], str]:
    """Text that matches, or nothing."""

    def read(text: str) -> str:
        if text and not re.fullmatch(pattern, text):
            raise ValueError(f"is not {shape}")
        return text

    return read


def list_like(pattern: str, shape: str) -> Callable[[str], tuple[str, ...]]:
    """A list of different texts that match."""

    def read(text: str) -> tuple[str, ...]:
        items = _items(text)
        if items is None or any(type(item) is not str or not re.fullmatch(pattern, item) for item in items):
            raise ValueError(f"is not a list of {shape}")
        if len(set(items)) < len(items):
            raise ValueError("names one twice")
        return tuple(items)

    return read


def words_of(*words: str) -> Callable[[str], tuple[str, ...]]:
    """A list of different words out of a few, in the order that is written."""

    def read(text: str) -> tuple[str, ...]:
        items = _items(text)
        if items is None or any(item not in words for item in items) or len(set(items)) < len(items):
            raise ValueError(f"is not a list of {', '.join(words)}, each at most once")
        return tuple(items)

    return read


def ascending(least: int, most: int) -> Callable[[str], tuple[int, ...]]:
    """A list of whole numbers in a range, each greater than the one before."""

    def read(text: str) -> tuple[int, ...]:
        items = _items(text)
        if items is None or any(type(item) is not int or not least <= item <= most for item in items):
            raise ValueError(f"is not a list of whole numbers from {least} to {most}")
        if items != sorted(set(items)):
            raise ValueError("is not ascending")
        return tuple(items)

    return read


def _items(text: str) -> list[Any] | None:
    # Pulumi hands a list over as JSON.
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, list) else None
