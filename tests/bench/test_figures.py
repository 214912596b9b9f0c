import pytest

from bench.figures import Goal, evaluate_goals, geometric_mean, ratio_to_sharp
from tests.support.bench_results import RESULTS


def test_geometric_mean_of_half_and_double_is_one() -> None:
    assert geometric_mean([0.5, 2.0]) == pytest.approx(1.0)
    assert geometric_mean([1.0, 4.0, 2.0]) == pytest.approx(2.0)


def test_ratio_to_sharp_divides_time_or_bytes() -> None:
    cell = {"peers": {"ours": {"ms": 30, "bytes": 5}, "sharp": {"ms": 60, "bytes": 4}}}

    assert ratio_to_sharp(cell) == 0.5
    assert ratio_to_sharp(cell, unit="bytes") == 1.25


@pytest.mark.parametrize(
    ("value", "limit", "at_least", "is_met"),
    [
        pytest.param(0.8, 0.8, False, True, id="at the maximum"),
        pytest.param(0.804, 0.8, False, True, id="rounded down to the maximum"),
        pytest.param(0.806, 0.8, False, False, id="rounded up above the maximum"),
        pytest.param(-0.01, 0.0, True, False, id="below the minimum"),
        pytest.param(0.01, 0.0, True, True, id="above the minimum"),
    ],
)
def test_goal_is_compared_as_rounded_in_the_report(value: float, limit: float, at_least: bool, is_met: bool) -> None:
    assert Goal(name="", value=value, limit=limit, at_least=at_least).is_met is is_met


def test_goals_are_computed_from_the_results() -> None:
    values = {goal.name: goal.value for goal in evaluate_goals(RESULTS)}

    assert values == {
        "warm render time relative to sharp, mean of all cells": pytest.approx(1.0),  # of 0.5 and 2
        "warm render time, JPEG originals to at most 320 pixels wide, mean": pytest.approx(0.5),
        "warm render time, slowest cell": pytest.approx(2.0),
        "rendition bytes relative to sharp at equal SSIM, mean of all cells": pytest.approx(0.6),  # of 0.9 and 0.4
        "sharpness: SSIM minus sharp's, worst row": pytest.approx(-0.01),
        "cold start relative to Node with sharp": pytest.approx(0.5),
        "cold start relative to Python with boto3": pytest.approx(0.25),
    }
