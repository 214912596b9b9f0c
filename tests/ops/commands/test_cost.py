"""The output of `python -m ops cost`."""

import json
import re
import subprocess
import sys
from dataclasses import asdict
from typing import Any

import pytest

from ops.__main__ import main
from ops.cost.assumptions import Assumptions
from ops.cost.estimate import estimate_month
from tests.support.served_stack import ROOT

Capture = pytest.CaptureFixture[str]


def estimate_objects(capsys: Capture, *arguments: str) -> list[dict[str, Any]]:
    assert main(["cost", "--json", *arguments]) == 0
    return json.loads(capsys.readouterr().out)


def test_cost_without_aws_exits_with_0() -> None:
    command = [sys.executable, "-m", "ops", "cost", "--requests", "10M"]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)

    assert (process.returncode, process.stderr) == (0, "")
    assert re.search(r"^total +\d+\.\d\d$", process.stdout, re.MULTILINE)
    assert re.search(r"^share of the total: rendering +\d+ %$", process.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--requests", "ten"), "--requests: ten is not a whole number such as 250000, 250k, 10M or 1.5G"),
        (("--hit-rate", "95"), "--hit-rate: 95 is not a share from 0 to 1: 95 % is 0.95"),
        (("--memory", "64"), "--memory: 64 is not a whole number from 128 to 10240"),
        (("--render-ms", "forever"), "--render-ms: forever is not a number from 0 to 30000"),
        (("--encryption", "rot13"), "--encryption: rot13 is not one of s3, kms"),
        (("--region", "mars-1"), "mars-1 is not one of eu-central-1, us-east-1"),
        (("--sises", "3"), "No such option --sises"),
        (("1M",), "Got unexpected extra argument"),
    ],
)
def test_invalid_value_exits_with_2_and_what_is_accepted(
    arguments: tuple[str, ...], message: str, capsys: Capture
) -> None:
    with pytest.raises(SystemExit) as exit_info:
        main(["cost", *arguments])

    assert exit_info.value.code == 2
    assert message in capsys.readouterr().err.replace("'", "")


def test_cost_without_options_uses_the_default_assumptions(capsys: Capture) -> None:
    assert estimate_objects(capsys)[0]["assumptions"] == asdict(Assumptions())


def test_every_option_changes_its_assumption(capsys: Capture) -> None:
    assumptions = {
        "requests": 2_000_000,
        "hit_rate": 0.5,
        "response_bytes": 1_000,
        "viewers": "us",
        "region": "us-east-1",
        "shield_per_miss": 2.0,
        "invalidations": 7,
        "render_ms": 75.5,
        "memory": 1024,
        "passthrough_rate": 0.25,
        "stored_rate": 0.125,
        "originals": 5,
        "original_bytes": 6,
        "encryption": "kms",
        "kms_per_read": 0.75,
        "access_log_days": 14,
        "edge_regions": 13,
    }
    switches = ["firewall", "access_logs", "monitoring", "additional_metrics", "request_metrics", "free_tier"]
    options = [text for name, value in assumptions.items() for text in (f"--{name.replace('_', '-')}", str(value))]
    estimate = estimate_objects(capsys, *options, *(f"--no-{name.replace('_', '-')}" for name in switches))[0]

    assert estimate["assumptions"] == assumptions | dict.fromkeys(switches, False)
    assert {*estimate["assumptions"]} == {*asdict(Assumptions())}


def test_json_has_every_line_with_its_price_and_the_sums(capsys: Capture) -> None:
    estimates = estimate_objects(capsys, "--requests", "1M", "10M")

    assert [estimate["assumptions"]["requests"] for estimate in estimates] == [1_000_000, 10_000_000]
    for estimate in estimates:
        assert estimate["total"] == pytest.approx(sum(line["usd"] for line in estimate["lines"]))
        assert estimate["total"] == pytest.approx(sum(estimate["groups"].values()))
        assert estimate["total"] == pytest.approx(estimate_month(Assumptions(**estimate["assumptions"])).total)
        assert estimate["lines"]
        assert all(line["price"]["source"] and line["price"]["as_of"] for line in estimate["lines"])
