from dataclasses import replace

import pytest

from ops.cost.assumptions import Assumptions
from ops.cost.estimate import estimate_month
from ops.cost.savings import FEWER_MISSES, NO_FIREWALL, SMALLER_RESPONSES, savings

LARGE = Assumptions(requests=100_000_000)


def test_the_largest_saving_comes_first() -> None:
    assert [name for name, _ in savings(LARGE)] == [SMALLER_RESPONSES, NO_FIREWALL, FEWER_MISSES]
    assert next(name for name, _ in savings(replace(LARGE, requests=10_000_000))) == NO_FIREWALL


def test_a_saving_is_the_difference_of_two_estimates() -> None:
    savings_by_change = dict(savings(LARGE))
    half = estimate_month(replace(LARGE, hit_rate=0.975))

    assert savings_by_change[NO_FIREWALL] == pytest.approx(5 + 4 + 60 + 0.30)  # with three metrics of its alarm
    assert savings_by_change[SMALLER_RESPONSES] == pytest.approx(1000 * 0.085)
    assert savings_by_change[FEWER_MISSES] == pytest.approx(estimate_month(LARGE).total - half.total)
    assert half.assumptions.misses == pytest.approx(LARGE.misses / 2)


def test_without_a_firewall_its_saving_is_zero() -> None:
    assert dict(savings(replace(LARGE, firewall=False)))[NO_FIREWALL] == 0
