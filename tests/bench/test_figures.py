import pytest

from bench.figures import Goal, geometric_mean, goals, ratio
from tests.support.bench_results import RESULTS


def test_half_and_double_are_equal_on_the_average() -> None:
    assert geometric_mean([0.5, 2.0]) == pytest.approx(1.0)
    assert geometric_mean([1.0, 4.0, 2.0]) == pytest.approx(2.0)


def test_a_ratio_is_to_sharp() -> None:
    cell = {"peers": {"ours": {"ms": 30, "bytes": 5}, "sharp": {"ms": 60, "bytes": 4}}}

    assert ratio(cell) == 0.5
    assert ratio(cell, of="bytes") == 1.25


@pytest.mark.parametrize(
    ("value", "limit", "at_least", "met"),
    [
        (0.8, 0.8, False, True),
        (0.804, 0.8, False, True),  # as it is shown: 0.80
        (0.806, 0.8, False, False),
        (-0.01, 0.0, True, False),
        (0.01, 0.0, True, True),
    ],
)
def test_a_goal_is_met_as_it_is_shown(value: float, limit: float, at_least: bool, met: bool) -> None:
    assert Goal(name="", value=value, limit=limit, at_least=at_least).met is met


def test_the_goals_are_computed_from_what_was_measured() -> None:
    found = {goal.name: goal.value for goal in goals(RESULTS)}

    assert found == {
        "time of a warm render in sharp's, all cells": pytest.approx(1.0),  # 0.5 and 2
        "the same, JPEG originals up to 320 wide": pytest.approx(0.5),
        "the same, the worst cell": pytest.approx(2.0),
        "bytes in sharp's at equal SSIM, all cells": pytest.approx(0.6),  # 0.9 and 0.4
        "SSIM to the ideal above sharp's, the worst row": pytest.approx(-0.01),
        "cold start in Node's": pytest.approx(0.5),
        "cold start in boto3's": pytest.approx(0.25),
    }
