import pytest

from local.cloudwatch.alarm_rules import AlarmRule
from local.cloudwatch.alarms import MetricAlarm, State, state_of
from local.cloudwatch.expressions import UnknownSyntax

POINTS: dict[str, bool | None] = {"0": False, "X": True, "-": None}


def state(points: str, datapoints_to_alarm: int, treat_missing_data: str, current: State) -> State:
    alarm = MetricAlarm([], "GreaterThanThreshold", 3, datapoints_to_alarm, 0, None, treat_missing_data)
    return state_of([POINTS[point] for point in points.split()], alarm, current)


# The two tables of https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html:
# the data points, the state for missing, ignore, breaching and notBreaching; `keep` means the current state.
TABLES = [
    (3, "0 - X - X", "OK OK OK OK"),
    (3, "0 - - - -", "OK OK OK OK"),
    (3, "- - - - -", "INSUFFICIENT_DATA keep ALARM OK"),
    (3, "0 X X - X", "ALARM ALARM ALARM ALARM"),
    (3, "- - X - -", "ALARM keep ALARM OK"),
    (2, "0 - X - X", "ALARM ALARM ALARM ALARM"),
    (2, "0 0 X 0 X", "ALARM ALARM ALARM ALARM"),
    (2, "0 - X - -", "OK OK ALARM OK"),
    (2, "- - - - 0", "OK OK ALARM OK"),
    (2, "- - - X -", "ALARM keep ALARM OK"),
]


@pytest.mark.parametrize(("datapoints_to_alarm", "points", "states"), TABLES)
@pytest.mark.parametrize("current", State)
def test_state_is_that_of_the_tables_of_aws(datapoints_to_alarm: int, points: str, states: str, current: State) -> None:
    for treatment, expected in zip(("missing", "ignore", "breaching", "notBreaching"), states.split(), strict=True):
        result = state(points, datapoints_to_alarm, treatment, current)
        assert result == (current if expected == "keep" else expected), treatment


@pytest.mark.parametrize("points", ["- - - - X", "- - - X -"])
def test_alarm_waits_while_few_data_points_are_breaching(points: str) -> None:
    assert state(points, 3, "missing", State.OK) is State.OK


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ('ALARM("a b") OR ALARM("c")', True),
        ("ALARM(c) AND OK(d)", False),
        ('ALARM("a b") AND NOT ALARM(c)', True),
        ("INSUFFICIENT_DATA(e) AND (FALSE OR TRUE)", True),
        ("NOT (ALARM(c) OR ALARM(d))", True),
        ('ALARM("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a b")', True),
    ],
)
def test_composite_rule_combines_states(rule: str, expected: bool) -> None:
    states = {"a b": State.ALARM, "c": State.OK, "d": State.INSUFFICIENT_DATA, "e": State.INSUFFICIENT_DATA}

    assert AlarmRule(rule).is_met(states.__getitem__) is expected


@pytest.mark.parametrize("rule", ["", "ALARM()", "BROKEN(a)", "ALARM(a) XOR ALARM(b)", "AT_LEAST(2, ALARM, (a, b))"])
def test_unknown_syntax_of_a_rule_is_refused(rule: str) -> None:
    with pytest.raises(UnknownSyntax):
        AlarmRule(rule)
