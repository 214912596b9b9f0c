import json
from pathlib import Path

import pytest

from edge.event import Request, Response
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
    response = Response(body=b" " * 34_962, headers={})

    log(Request.parse(json.loads(EVENT.read_text())), response, started=0.0, timings=timings)

    assert 250 < len(capsys.readouterr().out.encode()) < 0.6 * LOG_BYTES
