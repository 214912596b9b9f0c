from dataclasses import replace

import pytest

from ops.cost.assumptions import Assumptions
from ops.cost.estimate import estimate_month
from ops.cost.savings import FIREWALL, HITS, SMALLER, savings

LARGE = Assumptions(requests=100_000_000)


def test_what_saves_most_comes_first() -> None:
    assert [name for name, _ in savings(LARGE)] == [SMALLER, FIREWALL, HITS]
    assert next(name for name, _ in savings(replace(LARGE, requests=10_000_000))) == FIREWALL


def test_each_saves_what_the_two_estimates_differ_by() -> None:
    saved = dict(savings(LARGE))
    half = estimate_month(replace(LARGE, hit_rate=0.975))

    assert saved[FIREWALL] == pytest.approx(5 + 4 + 60)
    assert saved[SMALLER] == pytest.approx(1000 * 0.085)
    assert saved[HITS] == pytest.approx(estimate_month(LARGE).total - half.total)
    assert half.assumptions.misses == pytest.approx(LARGE.misses / 2)


def test_a_firewall_that_is_not_there_saves_nothing() -> None:
    assert dict(savings(replace(LARGE, firewall=False)))[FIREWALL] == 0
