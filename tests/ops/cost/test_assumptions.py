import json
from pathlib import Path

import pytest

from edge.event import Request, Response
from edge.outcome import Outcome
from edge.telemetry import log
from infra.config.limits import FIREWALL_RULES as RULES
from ops.cost.assumptions import FIREWALL_RULES, LOG_BYTES, Assumptions

EVENT = Path(__file__).parents[2] / "events" / "origin_response.json"


def test_derived_quantities_follow_from_requests_and_rates() -> None:
    assumptions = Assumptions(requests=1_000_000, hit_rate=0.9, passthrough_rate=0.2, memory=2048)

    assert assumptions.misses == pytest.approx(100_000)
    assert assumptions.renders == pytest.approx(80_000)
    assert assumptions.memory_gb == 2


def test_the_estimate_counts_the_rules_that_the_firewall_has() -> None:
    assert len(RULES) == FIREWALL_RULES


def test_a_log_line_is_shorter_than_the_assumed_log_bytes(capsys: pytest.CaptureFixture[str]) -> None:
    timings = {"read": 12.1, "decode": 30.2, "color": 0.4, "encode": 21.3}
    fields = {"bytes_in": 970_777, "bytes_out": 34_962, "pixels_in": 12_000_000, "pixels_out": 307_200}
    formats = {"format_in": "jpeg", "format_out": "webp", "quality": 75, "quality_steps": 1}
    response = Response(body=b"", headers={}, outcome=Outcome.RENDERED, log_fields=fields | formats)
    request = Request.parse(json.loads(EVENT.read_text()))._replace(query="format=webp&width=640")

    log(request, response, started=0.0, timings=timings)

    assert 0.5 * LOG_BYTES < len(capsys.readouterr().out.encode()) < 0.6 * LOG_BYTES
