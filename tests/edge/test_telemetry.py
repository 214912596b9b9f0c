import json

import pytest

from edge.event import Response
from edge.outcome import Outcome
from edge.telemetry import describe_outcome, log, server_timing
from tests.support.edge_events import edge_request


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


def test_control_characters_of_a_key_are_escaped_in_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    """A terminal that shows the log must not obey the viewer who chose the key, or show two lines for one response."""
    request = edge_request(uri="/%1b]0;x%07%0a%0d%7f%c2%9b31m%e2%80%a8%f0%9f%98%80.jpg")

    log(request, Response(headers={}, detail="\x1b[2J\x7f\x9b\u2028"), started=0, timings={})

    out = capsys.readouterr().out
    line = json.loads(out)
    assert out.endswith("\n")
    assert all(" " <= character <= "~" for character in out[:-1])
    assert line["key"] == "\x1b]0;x\x07\n\r\x7f\x9b31m\u2028\U0001f600.jpg"
    assert line["detail"] == "\x1b[2J\x7f\x9b\u2028"
