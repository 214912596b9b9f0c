"""All waits for one request end so early that the edge function itself answers, before Lambda ends it."""

from types import SimpleNamespace

import pytest

from edge.deadline import Deadline


def deadline_with(remaining_ms: int) -> Deadline:
    return Deadline.of_invocation(SimpleNamespace(get_remaining_time_in_millis=lambda: remaining_ms))


def test_step_gets_its_own_limit_while_enough_time_remains() -> None:
    assert deadline_with(60_000).limit(4) == 4


def test_step_gets_the_rest_when_less_time_remains() -> None:
    """One second is reserved for the answer."""
    assert 3 < deadline_with(5_000).limit(12) <= 4


@pytest.mark.parametrize("remaining_ms", [0, 1_000])
def test_step_without_time_is_not_started(remaining_ms: int) -> None:
    with pytest.raises(TimeoutError, match="no time remains"):
        deadline_with(remaining_ms).limit(4)
