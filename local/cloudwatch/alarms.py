"""Decides the state of metric alarms.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple

from local.cloudwatch.expressions import UnknownSyntax
from local.cloudwatch.metric_data import Account, MetricQueries
from local.cloudwatch.metric_math import Series, Value

_EXTRA_DATA_POINTS: Final = 2
"""How many earlier data points are used if later ones are missing. An example of AWS has 2."""
_DAY: Final = 24 * 3600


class State(StrEnum):
    """The states of an alarm."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


class Limits(NamedTuple):
    """The values between which a data point is not breaching. None means that there is no such limit."""

    lower: float | None
    upper: float | None


_BREACHES: Final[dict[str, Callable[[float, Limits], bool]]] = {
    "GreaterThanThreshold": lambda value, limits: _above(value, limits),
    "GreaterThanOrEqualToThreshold": lambda value, limits: limits.upper is not None and value >= limits.upper,
    "LessThanThreshold": lambda value, limits: _below(value, limits),
    "LessThanOrEqualToThreshold": lambda value, limits: limits.lower is not None and value <= limits.lower,
    "GreaterThanUpperThreshold": lambda value, limits: _above(value, limits),
    "LessThanLowerThreshold": lambda value, limits: _below(value, limits),
    "LessThanLowerOrGreaterThanUpperThreshold": lambda value, limits: _above(value, limits) or _below(value, limits),
}


class MetricAlarm(NamedTuple):
    """What decides the state of a metric alarm."""

    queries: list[dict[str, Any]]
    """The queries in the form of the API; an alarm on one metric has one query."""
    comparison_operator: str
    evaluation_periods: int
    datapoints_to_alarm: int
    threshold: float | None
    threshold_id: str | None
    """The id of the query that is an anomaly detection band, for an alarm without a threshold."""
    treat_missing_data: str

    @property
    def value_id(self) -> str:
        """The id of the query that the alarm watches.

        Raises UnknownSyntax if the alarm does not watch exactly one query.
        """
        watched = [
            query["Id"]
            for query in self.queries
            if query.get("ReturnData") is not False and query["Id"] != self.threshold_id
        ]
        if len(watched) != 1:
            raise UnknownSyntax(f"the alarm watches {len(watched)} queries: set ReturnData for exactly one of them")
        return watched[0]


def evaluate_alarm(alarm: MetricAlarm, account: Account, time: float, current: State) -> tuple[State, str]:
    """Return the state of an alarm at a time (seconds since the epoch), and the reason as a sentence."""
    if alarm.comparison_operator not in _BREACHES:
        raise UnknownSyntax(f"the comparison operator {alarm.comparison_operator} is unknown")
    period = MetricQueries(alarm.queries, account, 0, 0).period(alarm.value_id)
    # CloudWatch evaluates an alarm over more than a day once an hour.
    step = 3600 if alarm.evaluation_periods * period > _DAY else 60
    end = int(time) // step * step
    count = alarm.evaluation_periods + _EXTRA_DATA_POINTS
    queries = MetricQueries(alarm.queries, account, end - count * period, end)
    values = _one_series(queries.value(alarm.value_id))
    limits = _limits(alarm, queries)
    points: list[bool | None] = []
    for start in queries.grid(alarm.value_id):
        known = start in values and start in limits
        points.append(_BREACHES[alarm.comparison_operator](values[start], limits[start]) if known else None)
    state = state_of(points, alarm, current)
    recent = [values[start] for start in sorted(values)][-alarm.evaluation_periods :]
    return state, _reason(alarm, state, sum(point is True for point in points), recent)


def state_of(points: list[bool | None], alarm: MetricAlarm, current: State) -> State:
    """Return the state for the data points of the evaluation range: breaching, not breaching or missing (None)."""
    real = [point for point in points if point is not None]
    missing = alarm.evaluation_periods - len(real)
    breaching = sum(real[-alarm.evaluation_periods :])
    if missing > 0:
        if alarm.treat_missing_data == "breaching":
            breaching += missing
        elif alarm.treat_missing_data in ("missing", "ignore") and all(real):
            # No data point shows that the alarm is OK.
            return _state_without_proof(points, alarm, current)
    return State.ALARM if breaching >= alarm.datapoints_to_alarm else State.OK


def _state_without_proof(points: list[bool | None], alarm: MetricAlarm, current: State) -> State:
    """Return the state if there are fewer data points than evaluation periods, and none that is not breaching."""
    if alarm.treat_missing_data == "ignore":
        return current
    if True not in points:
        return State.INSUFFICIENT_DATA
    # "The alarm goes into ALARM state when the oldest breaching data point is at least as old as Datapoints to Alarm."
    is_old = len(points) - points.index(True) >= alarm.datapoints_to_alarm
    return State.ALARM if is_old else current


def _limits(alarm: MetricAlarm, queries: MetricQueries) -> Mapping[int, Limits]:
    grid = queries.grid(alarm.value_id)
    if alarm.threshold_id is None:
        return dict.fromkeys(grid, Limits(alarm.threshold, alarm.threshold))
    band = queries.value(alarm.threshold_id)
    if not isinstance(band, list) or len(band) != 2:
        raise UnknownSyntax(f"the query {alarm.threshold_id} is no anomaly detection band")
    lower, upper = band
    return {time: Limits(lower[time], upper[time]) for time in grid if time in lower and time in upper}


def _one_series(value: Value) -> Series:
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and len(value) == 1:
        return value[0]
    raise UnknownSyntax("an alarm watches an expression that is no single time series")


def _above(value: float, limits: Limits) -> bool:
    return limits.upper is not None and value > limits.upper


def _below(value: float, limits: Limits) -> bool:
    return limits.lower is not None and value < limits.lower


def _reason(alarm: MetricAlarm, state: State, breaching: int, values: list[float]) -> str:
    if state is State.INSUFFICIENT_DATA:
        return "Insufficient Data: no datapoints were received"
    threshold = "the band" if alarm.threshold is None else f"the threshold ({alarm.threshold})"
    shown = ", ".join(f"{value:g}" for value in values)
    return (
        f"Threshold Crossed: {breaching} out of the last {alarm.evaluation_periods} datapoints [{shown}] "
        f"breached {threshold} with {alarm.comparison_operator}"
    )
