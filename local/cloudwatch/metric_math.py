"""Evaluates CloudWatch's metric math.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import re
from collections.abc import Callable
from typing import Final, Protocol

from local.cloudwatch.expressions import Array, Call, Constant, Language, Name, Node, Operation, UnknownSyntax, parse
from local.cloudwatch.metric_functions import REDUCTIONS, SERIES_FUNCTIONS

LANGUAGE: Final = Language(
    name="the metric math",
    tokens=re.compile(
        r"""\s*(?:
            (?P<number>\d+(?:\.\d+)?)
          | (?P<string>"(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*')
          | (?P<operator>&&|\|\||==|!=|>=|<=|[-+*/^<>]|AND\b|OR\b)
          | (?P<name>[A-Za-z][A-Za-z0-9_]*)
          | (?P<mark>[\[\](),])
        )""",
        re.VERBOSE,
    ),
    binary={"||": 1, "OR": 1, "&&": 2, "AND": 2}
    | dict.fromkeys(("==", "!=", "<", ">", "<=", ">="), 3)
    | {"+": 4, "-": 4, "*": 5, "/": 5, "^": 7},
    unary={"-": 6},
)
_OPERATORS: Final[dict[str, Callable[[float, float], float]]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "^": lambda left, right: left**right,
    "==": lambda left, right: float(left == right),
    "!=": lambda left, right: float(left != right),
    "<": lambda left, right: float(left < right),
    ">": lambda left, right: float(left > right),
    "<=": lambda left, right: float(left <= right),
    ">=": lambda left, right: float(left >= right),
    "&&": lambda left, right: float(bool(left) and bool(right)),
    "||": lambda left, right: float(bool(left) or bool(right)),
}
_WORDS: Final = {"AND": "&&", "OR": "||"}
_FILLERS: Final = {"AVG": 0.0}
"""The value of a missing data point in a function of several time series. AWS documents it only for AVG."""

Series = dict[int, float]
"""The values of a time series by their time in seconds since the epoch. A missing value is not in the dictionary."""
Value = float | Series | list[Series]
"""A scalar (S), a time series (TS), or an array of time series (TS[])."""


class Source(Protocol):
    """What an expression can refer to."""

    @property
    def grid(self) -> range:
        """The times of all data points that the expression can have."""
        ...

    def value(self, id_: str) -> Value:
        """Return the metric or expression with this id. Raises UnknownSyntax if there is none."""
        ...

    def metrics(self, part: str) -> list[Series]:
        """Return all metrics of the request whose id contains `part`."""
        ...

    def period(self, id_: str) -> int:
        """Return the period of a metric in seconds."""
        ...

    def quota(self, id_: str) -> float:
        """Return the service quota for a usage metric."""
        ...

    def insight_rule(self, name: str, metric: str) -> Series:
        """Return a metric of a rule of Contributor Insights."""
        ...

    def band(self, id_: str, deviations: float) -> list[Series]:
        """Return the lower and the upper limit of the expected values."""
        ...

    def search(self, expression: str, stat: str, period: int) -> list[Series]:
        """Return the metrics that match a search expression."""
        ...


def parse_math(expression: str) -> Node:
    """Parse an expression. Raises UnknownSyntax for what the local engine does not evaluate."""
    node = parse(expression, LANGUAGE)
    _check_functions(node)
    return node


def names(node: Node) -> list[str]:
    """Return the ids that an expression names. Ids that METRICS() returns are not included."""
    match node:
        case Name(text):
            return [text] if text[0].islower() else []
        case Call(_, nodes) | Array(nodes) | Operation(_, nodes):
            return [name for inner in nodes for name in names(inner)]
        case Constant():
            return []


def evaluate(node: Node, source: Source) -> Value:
    """Return the value of a parsed expression."""
    match node:
        case Constant(value) if isinstance(value, int | float):
            return value
        case Name(text) if text[0].islower():
            return source.value(text)
        case Array(items):
            return [series for item in items for series in _as_list(evaluate(item, source))]
        case Operation("-", [operand]):
            return _combine("-", 0.0, evaluate(operand, source))
        case Operation(operator, [left, right]):
            return _combine(_WORDS.get(operator, operator), evaluate(left, source), evaluate(right, source))
        case Call(function, arguments):
            return _call(function, arguments, source)
        case _:
            raise UnknownSyntax(f"the metric math has the unknown part {node}")


def _check_functions(node: Node) -> None:
    match node:
        case Call(function, nodes):
            if function not in _FUNCTIONS:
                raise UnknownSyntax(f"the metric math function {function} is unknown")
        case Array(nodes) | Operation(_, nodes):
            pass
        case Name(text) if not text[0].islower() and text != "REPEAT":
            raise UnknownSyntax(f"the metric math keyword {text} is unknown")
        case _:
            return
    for inner in nodes:
        _check_functions(inner)


def _as_list(value: Value) -> list[Series]:
    if isinstance(value, int | float):
        raise UnknownSyntax("an array of metric math contains a number: use time series only")
    return value if isinstance(value, list) else [value]


def _combine(operator: str, left: Value, right: Value) -> Value:
    """Apply an operator. A missing value counts as 0; a data point whose computation divides by zero is dropped."""
    if isinstance(left, list) or isinstance(right, list):
        if isinstance(left, list) and isinstance(right, list):
            raise UnknownSyntax(f"the operator {operator} of metric math has two arrays of time series")
        if isinstance(left, list):
            return [_series(_combine(operator, item, right)) for item in left]
        assert isinstance(right, list)
        return [_series(_combine(operator, left, item)) for item in right]
    if isinstance(left, int | float) and isinstance(right, int | float):
        return _OPERATORS[operator](left, right)
    times = {time for operand in (left, right) if isinstance(operand, dict) for time in operand}
    result: Series = {}
    for time in sorted(times):
        values = [operand if isinstance(operand, int | float) else operand.get(time, 0.0) for operand in (left, right)]
        try:
            result[time] = _OPERATORS[operator](values[0], values[1])
        except ZeroDivisionError:
            continue
    return result


def _series(value: Value) -> Series:
    if not isinstance(value, dict):
        raise UnknownSyntax("a function or operator of metric math needs one time series here")
    return value


def _call(function: str, arguments: list[Node], source: Source) -> Value:
    try:
        return _FUNCTIONS[function](arguments, source)
    except (IndexError, AssertionError, ValueError) as error:
        if isinstance(error, UnknownSyntax):
            raise
        raise UnknownSyntax(f"the metric math function {function} has unknown arguments") from error


def _id(node: Node) -> str:
    assert isinstance(node, Name)
    return node.text


def _text(node: Node) -> str:
    assert isinstance(node, Constant)
    assert isinstance(node.value, str)
    return node.value


def _number(node: Node, source: Source) -> float:
    value = evaluate(node, source)
    assert isinstance(value, int | float)
    return value


def _reduce(name: str) -> Callable[[list[Node], Source], Value]:
    """Return a function that reduces one time series to a scalar, or an array of time series to a time series."""

    def call(arguments: list[Node], source: Source) -> Value:
        value = evaluate(arguments[0], source)
        if isinstance(value, dict):
            return REDUCTIONS[name]([*value.values()]) if value else 0.0
        series = _as_list(value)
        result: Series = {}
        for time in sorted({time for item in series for time in item}):
            values = [item.get(time, _FILLERS.get(name)) for item in series]
            result[time] = REDUCTIONS[name]([value for value in values if value is not None])
        return result

    return call


def _each(name: str) -> Callable[[list[Node], Source], Value]:
    """Return a function of a time series that is applied to each item of an array."""

    def call(arguments: list[Node], source: Source) -> Value:
        value = evaluate(arguments[0], source)
        if isinstance(value, list):
            return [SERIES_FUNCTIONS[name](series) for series in value]
        return SERIES_FUNCTIONS[name](_series(value))

    return call


def _if(arguments: list[Node], source: Source) -> Value:
    condition = evaluate(arguments[0], source)
    choices = [evaluate(argument, source) for argument in arguments[1:]]
    assert 1 <= len(choices) <= 2
    if isinstance(condition, int | float):
        return choices[0] if condition else choices[1] if len(choices) == 2 else {}
    result: Series = {}
    for time, truth in _series(condition).items():
        if not truth and len(choices) == 1:
            continue
        choice = choices[0] if truth else choices[1]
        if isinstance(choice, int | float):
            result[time] = choice
        elif time in _series(choice):
            result[time] = _series(choice)[time]
        elif truth or isinstance(choices[0], dict):
            # AWS documents 0 for a missing value, and a dropped data point for IF(metric, scalar, metric).
            result[time] = 0.0
    return result


def _fill(arguments: list[Node], source: Source) -> Value:
    value = evaluate(arguments[0], source)
    if isinstance(value, list):
        return [_fill_series(series, arguments[1], source) for series in value]
    return _fill_series(_series(value), arguments[1], source)


def _fill_series(series: Series, filler: Node, source: Source) -> Series:
    if filler == Name("REPEAT"):
        result: Series = {}
        last: float | None = None
        for time in source.grid:
            last = series.get(time, last)
            if last is not None:
                result[time] = last
        return result
    value = evaluate(filler, source)
    if isinstance(value, int | float):
        return {time: series.get(time, value) for time in source.grid}
    return dict(sorted((_series(value) | series).items()))


def _constant(value: float, source: Source) -> Series:
    return dict.fromkeys(source.grid, value)


def _band(arguments: list[Node], source: Source) -> Value:
    return source.band(_id(arguments[0]), _number(arguments[1], source) if len(arguments) > 1 else 2.0)


def _search(arguments: list[Node], source: Source) -> Value:
    period = int(_number(arguments[2], source)) if len(arguments) > 2 else source.grid.step
    return source.search(_text(arguments[0]), _text(arguments[1]), period)


_FUNCTIONS: Final[dict[str, Callable[[list[Node], Source], Value]]] = {
    **{name: _reduce(name) for name in REDUCTIONS},
    **{name: _each(name) for name in SERIES_FUNCTIONS},
    "ANOMALY_DETECTION_BAND": _band,
    "FILL": _fill,
    "FIRST": lambda arguments, source: _as_list(evaluate(arguments[0], source))[0],
    "IF": _if,
    "INSIGHT_RULE_METRIC": lambda arguments, source: source.insight_rule(_text(arguments[0]), _text(arguments[1])),
    "LAST": lambda arguments, source: _as_list(evaluate(arguments[0], source))[-1],
    "METRICS": lambda arguments, source: source.metrics(_text(arguments[0]) if arguments else ""),
    "METRIC_COUNT": lambda arguments, source: float(len(_as_list(evaluate(arguments[0], source)))),
    "PERIOD": lambda arguments, source: float(source.period(_id(arguments[0]))),
    "SEARCH": _search,
    "SERVICE_QUOTA": lambda arguments, source: _constant(source.quota(_id(arguments[0])), source),
    "TIME_SERIES": lambda arguments, source: _constant(_number(arguments[0], source), source),
}
