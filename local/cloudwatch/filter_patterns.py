"""Evaluates the JSON filter patterns of CloudWatch Logs, for example `{ ($.status >= 400) && ($.cold IS TRUE) }`.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import json
import re
from fnmatch import fnmatchcase
from typing import Any, Final

from local.cloudwatch.expressions import Constant, Language, Name, Node, Operation, UnknownSyntax, parse

_LANGUAGE: Final = Language(
    name="the filter pattern",
    tokens=re.compile(
        r"""\s*(?:
            (?P<operator>&&|\|\||!=|>=|<=|=|>|<|IS\b|NOT\s+EXISTS\b)
          | (?P<string>"(?:[^"\\]|\\.)*")
          | (?P<regex>%[^%]+%)
          | (?P<mark>[()])
          | (?P<name>\$(?:\.?[\w*-]+|\.?\[(?:\d+|\*|'[^']*')\])* | [\w.:/*+-]+)
        )""",
        re.VERBOSE,
    ),
    # && binds before ||: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
    binary={"||": 1, "&&": 2} | dict.fromkeys(("=", "!=", "<", ">", "<=", ">=", "IS"), 3),
    postfix=frozenset({"NOT EXISTS"}),
)
_STEP: Final = re.compile(r"\.?([\w*-]+)|\.?\[(\d+|\*|'[^']*')\]")
_KEYWORDS: Final[dict[str, Any]] = {"TRUE": True, "FALSE": False, "NULL": None}


class FilterPattern:
    """A parsed filter pattern. The empty pattern matches every line; any other pattern matches only JSON objects."""

    def __init__(self, text: str) -> None:
        """Parse the pattern. Raises UnknownSyntax if it is neither empty nor a JSON filter pattern."""
        stripped = text.strip()
        self._condition: Node | None = None
        if stripped not in ("", '""', '" "'):
            if not (stripped.startswith("{") and stripped.endswith("}")):
                raise UnknownSyntax(f"the filter pattern {text!r} is no JSON pattern in curly braces")
            self._condition = parse(stripped[1:-1], _LANGUAGE)
            _check(self._condition, text)

    def matches(self, line: str) -> bool:
        """Return whether the pattern matches a line of a log."""
        return self._condition is None or _is_met(self._condition, json_object(line))

    def selectors(self) -> list[str]:
        """Return the property selectors of the pattern, for example `$.outcome`."""
        return [] if self._condition is None else _selectors(self._condition)


def json_object(line: str) -> dict[str, Any] | None:
    """Return the JSON object that is the whole line, or None."""
    if not line.lstrip().startswith("{"):
        return None
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def select(selector: str, value: Any) -> list[Any]:
    """Return the values to which a selector such as `$.ms.function`, `$.users[0].id` or `$.list[*]` points."""
    values = [value]
    for key, index in _STEP.findall(selector.removeprefix("$")):
        name = key or index.strip("'")
        if name == "*":
            values = [item for value in values for item in _items(value)]
        elif index and not index.startswith("'"):
            values = [value[int(index)] for value in values if isinstance(value, list) and int(index) < len(value)]
        else:
            values = [value[name] for value in values if isinstance(value, dict) and name in value]
    return values


def _items(value: Any) -> list[Any]:
    return [*value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []


def _check(node: Node, text: str) -> None:
    """Raise UnknownSyntax if a condition does not compare a selector with a value."""
    match node:
        case Operation("&&" | "||", operands):
            for operand in operands:
                _check(operand, text)
        case Operation("NOT EXISTS", [Name(selector)]) if selector.startswith("$"):
            pass
        case Operation("IS", [Name(selector), Name(keyword)]) if selector.startswith("$") and keyword in _KEYWORDS:
            pass
        case Operation("=" | "!=", [Name(selector), Constant() | Name()]) if selector.startswith("$"):
            pass
        case Operation("<" | ">" | "<=" | ">=", [Name(selector), Name(number)]) if selector.startswith("$"):
            if _number(number) is None:
                raise UnknownSyntax(f"the filter pattern {text!r} compares {selector} with {number!r}: use a number")
        case _:
            raise UnknownSyntax(f"the filter pattern {text!r} has an unknown condition")


def _selectors(node: Node) -> list[str]:
    assert isinstance(node, Operation)
    if node.operator in ("&&", "||"):
        return [selector for operand in node.operands for selector in _selectors(operand)]
    assert isinstance(node.operands[0], Name)
    return [node.operands[0].text]


def _is_met(node: Node, line: dict[str, Any] | None) -> bool:
    assert isinstance(node, Operation)
    if line is None:
        return False
    if node.operator == "&&":
        return all(_is_met(operand, line) for operand in node.operands)
    if node.operator == "||":
        return any(_is_met(operand, line) for operand in node.operands)
    assert isinstance(node.operands[0], Name)
    values = select(node.operands[0].text, line)
    if node.operator == "NOT EXISTS":
        return not values
    # AWS does not document whether != matches a missing field. Here it does not.
    return any(_compare(value, node.operator, node.operands[1]) for value in values)


def _compare(value: Any, operator: str, operand: Node) -> bool:
    if operator == "IS":
        assert isinstance(operand, Name)
        return value is _KEYWORDS[operand.text]
    if isinstance(value, bool | dict | list) or value is None:
        return False
    number = _number(operand.text) if isinstance(operand, Name) else None
    if number is not None and isinstance(value, int | float):
        return {
            "=": value == number,
            "!=": value != number,
            "<": value < number,
            ">": value > number,
            "<=": value <= number,
            ">=": value >= number,
        }[operator]
    if operator not in ("=", "!="):
        return False
    return _equals(str(value), operand) == (operator == "=")


def _equals(text: str, operand: Node) -> bool:
    expected = operand.text if isinstance(operand, Name) else operand.value if isinstance(operand, Constant) else None
    if isinstance(expected, re.Pattern):
        return expected.search(text) is not None
    # Only `*` is a wildcard; fnmatch would also interpret `?` and `[`.
    return fnmatchcase(text, re.sub(r"([?\[])", r"[\1]", str(expected)))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
