"""Evaluates the expressions in queries of CloudWatch Logs Insights, over the fields of one event.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from local.cloudwatch.expressions import Array, Call, Constant, Language, Name, Node, Operation, UnknownSyntax

LANGUAGE: Final = Language(
    name="the Logs Insights query",
    tokens=re.compile(
        r"""\s*(?:
            (?P<string>"(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*')
          | (?P<regex>(?:(?<=like\s)|(?<==~\s)|(?<==~))/(?:[^/\\]|\\.)+/)
          | (?P<name>\d+(?:ms|s|m|h|d|w)\b | (?!(?:and|or|not|like|in)\b)[@a-z_][\w.@]* | `[^`]+` | \*(?=\s*\)))
          | (?P<number>\d+(?:\.\d+)?)
          | (?P<operator>!=|>=|<=|=~|[-+*/^%=<>]|(?:and|or|not\s+like|not\s+in|not|like|in)\b)
          | (?P<mark>[\[\](),|])
        )""",
        re.VERBOSE | re.IGNORECASE,
    ),
    binary={"OR": 1, "AND": 2}
    | dict.fromkeys(("=", "!=", "<", ">", "<=", ">=", "=~", "LIKE", "NOT LIKE", "IN", "NOT IN"), 4)
    | {"+": 5, "-": 5, "*": 6, "/": 6, "%": 6, "^": 8},
    unary={"NOT": 3, "-": 7},
)
_UNITS: Final = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}
_ARITHMETIC: Final[dict[str, Callable[[float, float], float]]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "%": lambda left, right: left % right,
    "^": lambda left, right: left**right,
}
_FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "abs": lambda value: _with_number(value, abs),
    "ceil": lambda value: _with_number(value, lambda number: -(-number // 1)),
    "coalesce": lambda *values: next((value for value in values if value is not None), None),
    "concat": lambda *values: "".join(map(str, values)),
    "floor": lambda value: _with_number(value, lambda number: number // 1),
    "greatest": lambda *values: max(values),
    "isempty": lambda value: int(value in (None, "")),
    "ispresent": lambda value: value is not None,
    "least": lambda *values: min(values),
    "strlen": lambda value: None if value is None else len(str(value)),
    "tolower": lambda value: None if value is None else str(value).lower(),
    "toupper": lambda value: None if value is None else str(value).upper(),
}


class Timestamp(int):
    """A time in milliseconds since the epoch, which results show as a date."""


def number(value: Any) -> float | None:
    """Return a value as a number, or None if it is no number and no text of a number."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def check(node: Node, functions: frozenset[str] = frozenset()) -> None:
    """Raise UnknownSyntax for a function that neither this module nor `functions` contains."""
    match node:
        case Call(function, nodes):
            if function.lower() not in _FUNCTIONS.keys() | {"bin"} | functions:
                raise UnknownSyntax(f"the function {function} of Logs Insights is unknown")
        case Array(nodes) | Operation(_, nodes):
            pass
        case _:
            return
    for inner in nodes:
        check(inner, functions)


def evaluate(node: Node, event: Mapping[str, Any]) -> Any:
    """Return the value of an expression, or None if a field that it needs is missing."""
    match node:
        case Constant(value):
            return value
        case Name(text):
            return event.get(text.strip("`"))
        case Array(items):
            return [evaluate(item, event) for item in items]
        case Call("bin" | "BIN", [Name(period)]):
            return _bin(event, period)
        case Call(function, arguments):
            values = [evaluate(argument, event) for argument in arguments]
            return _FUNCTIONS[function.lower()](*values)
        case Operation("AND", [left, right]):
            return bool(evaluate(left, event)) and bool(evaluate(right, event))
        case Operation("OR", [left, right]):
            return bool(evaluate(left, event)) or bool(evaluate(right, event))
        case Operation("NOT", [operand]):
            return not evaluate(operand, event)
        case Operation("-", [operand]):
            return _with_number(evaluate(operand, event), lambda value: -value)
        case Operation(operator, [left, right]):
            return _operate(operator, evaluate(left, event), evaluate(right, event))
        case _:
            raise UnknownSyntax(f"the Logs Insights query has the unknown part {node}")


def _operate(operator: str, left: Any, right: Any) -> Any:
    # AWS does not document comparisons with a missing field. Here they are false.
    if left is None or right is None:
        return None if operator in _ARITHMETIC else False
    if operator.endswith("IN"):
        is_in = any(_operate("=", left, item) for item in right)
        return is_in != operator.startswith("NOT")
    if operator == "=~" or operator.endswith("LIKE"):
        pattern = right if isinstance(right, re.Pattern) else re.compile(re.escape(str(right)))
        return bool(pattern.search(str(left))) != operator.startswith("NOT")
    numbers = number(left), number(right)
    if operator in _ARITHMETIC:
        if numbers[0] is None or numbers[1] is None or (operator in "/%" and not numbers[1]):
            return None
        return _ARITHMETIC[operator](numbers[0], numbers[1])
    if numbers[0] is not None and numbers[1] is not None:
        return _COMPARISONS[operator](numbers[0], numbers[1])
    return _COMPARISONS[operator](str(left), str(right))


def _bin(event: Mapping[str, Any], period: str) -> Timestamp:
    match = re.fullmatch(r"(\d+)(\w+)", period.lower())
    if match is None:
        raise UnknownSyntax(f"the period {period!r} of bin() is unknown")
    milliseconds = int(match[1]) * _UNITS[match[2]]
    return Timestamp(int(event["@timestamp"]) // milliseconds * milliseconds)


def _with_number(value: Any, function: Callable[[float], float]) -> float | None:
    converted = number(value)
    return None if converted is None else function(converted)
