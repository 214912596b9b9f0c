"""Evaluates the rules of composite alarms, for example `ALARM("errors") OR ALARM("throttles")`.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html
"""

import re
from collections.abc import Callable
from typing import Final

from local.cloudwatch.alarms import State
from local.cloudwatch.expressions import Call, Constant, Language, Name, Node, Operation, UnknownSyntax, parse

_LANGUAGE: Final = Language(
    name="the alarm rule",
    tokens=re.compile(
        r"""\s*(?:
            (?P<operator>(?:AND|OR|NOT)\b)
          | (?P<string>"(?:[^"\\]|\\.)*")
          | (?P<mark>[()])
          | (?P<name>[^\s(),"]+)
        )""",
        re.VERBOSE,
    ),
    binary={"OR": 1, "AND": 2},
    unary={"NOT": 3},
)


class AlarmRule:
    """The parsed rule of a composite alarm."""

    def __init__(self, text: str) -> None:
        """Parse a rule. Raises UnknownSyntax for what the local engine does not evaluate."""
        self._condition = parse(text, _LANGUAGE)
        self.alarms = sorted(set(_alarms(self._condition)))
        """The names of the alarms in the rule."""

    def is_met(self, state_of: Callable[[str], State]) -> bool:
        """Return whether the composite alarm is in the state ALARM. `state_of` returns the state of a named alarm."""
        return _is_met(self._condition, state_of)


def _alarms(node: Node) -> list[str]:
    match node:
        case Operation(_, operands):
            return [alarm for operand in operands for alarm in _alarms(operand)]
        case Call(function, [Constant(alarm) | Name(alarm)]) if function in State.__members__:
            return [_name(str(alarm))]
        case Name("TRUE" | "FALSE"):
            return []
        case _:
            raise UnknownSyntax(f"the alarm rule has the unknown part {node}")


def _is_met(node: Node, state_of: Callable[[str], State]) -> bool:
    match node:
        case Operation("AND", operands):
            return all(_is_met(operand, state_of) for operand in operands)
        case Operation("OR", operands):
            return any(_is_met(operand, state_of) for operand in operands)
        case Operation("NOT", [operand]):
            return not _is_met(operand, state_of)
        case Call(function, [Constant(alarm) | Name(alarm)]):
            return state_of(_name(str(alarm))) == function
        case _:
            return node == Name("TRUE")


def _name(alarm: str) -> str:
    """Return the name of an alarm. A rule contains names or ARNs."""
    return alarm.split(":", 6)[6] if alarm.startswith("arn:") else alarm
