import pytest

from bench.goals import Comparison, Goal, evaluate_goals
from tests.support.bench_results import RESULTS


@pytest.mark.parametrize(
    ("comparison", "value", "is_met"),
    [
        pytest.param(Comparison.AT_MOST, 0.8, True, id="at the maximum"),
        pytest.param(Comparison.AT_MOST, 0.804, False, id="above the maximum, to which it would be rounded"),
        pytest.param(Comparison.BELOW, 0.799, True, id="below the limit, to which it would be rounded"),
        pytest.param(Comparison.BELOW, 0.8, False, id="at the limit, which is not below it"),
        pytest.param(Comparison.BELOW, 0.79, True, id="below the limit"),
        pytest.param(Comparison.AT_LEAST, 0.79, False, id="below the minimum"),
        pytest.param(Comparison.AT_LEAST, 0.799, False, id="below the minimum, to which it would be rounded"),
        pytest.param(Comparison.AT_LEAST, 0.8, True, id="at the minimum"),
        pytest.param(Comparison.ABOVE, 0.8, False, id="at the limit, which is not above it"),
        pytest.param(Comparison.ABOVE, 0.81, True, id="above the limit"),
    ],
)
def test_goal_is_compared_with_the_exact_value(comparison: Comparison, value: float, is_met: bool) -> None:
    assert Goal(name="", comparison=comparison, value=value, limit=0.8).is_met is is_met


def test_share_of_exactly_a_third_is_not_below_a_third() -> None:
    share = next(goal for goal in evaluate_goals(RESULTS) if goal.name.startswith("share") and "with AVIF" in goal.name)

    assert share.value == pytest.approx(100 / 3)
    assert not share.is_met


def test_goals_are_computed_from_the_results() -> None:
    values = {goal.name: goal.value for goal in evaluate_goals(RESULTS)}

    memory = "memory above the level at the start relative to sharp, 24 MP to 320"
    assert values == {
        "warm render time relative to sharp, mean without AVIF": pytest.approx(1.0),  # of 0.5 and 2
        "warm render time relative to sharp, slowest cell without AVIF": pytest.approx(2.0),
        "share of cells that take longer than sharp's, without AVIF": pytest.approx(50.0),
        "warm render time relative to sharp, mean with AVIF": pytest.approx(0.5),  # of 0.5, 2 and 0.125
        "warm render time relative to sharp, slowest cell with AVIF": pytest.approx(2.0),
        "share of cells that take longer than sharp's, with AVIF": pytest.approx(100 / 3),
        "rendition bytes relative to sharp at equal SSIM, mean without AVIF": pytest.approx(0.6),  # of 0.9 and 0.4
        "rendition bytes relative to sharp at equal SSIM, mean with AVIF": pytest.approx(0.6),  # of 0.9, 0.4 and 0.6
        "sharpness: SSIM minus sharp's, worst row": pytest.approx(-0.01),
        "sharpness: SSIM, worst row": pytest.approx(0.97),
        f"{memory}, JPEG": pytest.approx(1.0),
        f"{memory}, PNG": pytest.approx(2.0),
        f"{memory}, WebP": pytest.approx(1.0),
        "cold start relative to Node with sharp, JPEG": pytest.approx(0.5),
        "cold start relative to Node with sharp, PNG": pytest.approx(0.45),
        "cold start relative to Node with sharp, WebP": pytest.approx(0.4),
        "cold start relative to Python with boto3, JPEG": pytest.approx(0.25),
        "bundle, zipped": pytest.approx(16.9),
        "own code and S3 in one cache miss, JPEG of 6 MP": pytest.approx(20.0),
    }
