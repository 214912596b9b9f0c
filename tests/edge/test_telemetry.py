import pytest

from edge.event import Response
from edge.outcome import Outcome
from edge.telemetry import describe_outcome, server_timing


@pytest.mark.parametrize(
    ("outcome", "description"),
    [
        (None, ""),
        (Outcome.AS_REQUESTED, ""),
        (Outcome.QUALITY_REDUCED, "quality reduced to 62"),
        (Outcome.FORMAT_CHANGED, "format changed to image/jpeg"),
        (Outcome.STORED, "stored"),
        (Outcome.FIRST_FRAME, "first frame"),
    ],
    ids=lambda value: value.name if isinstance(value, Outcome) else None,
)
def test_outcome_is_described_unless_it_is_as_requested(outcome: Outcome | None, description: str) -> None:
    response = Response(outcome=outcome, quality=62, headers={"content-type": "image/jpeg"})

    assert describe_outcome(response) == description


def test_server_timing_lists_the_phases_and_the_outcome() -> None:
    response = Response(headers={}, outcome=Outcome.STORED, timings={"read": 12.14, "decode": 3.0})

    assert server_timing(response) == 'read;dur=12.1, decode;dur=3.0, outcome;desc="stored"'
