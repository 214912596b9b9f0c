"""python -m ops cost, as a person runs it."""

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

Said = pytest.CaptureFixture[str]


def objects(said: Said, *arguments: str) -> list[dict[str, Any]]:
    assert main(["cost", "--json", *arguments]) == 0
    return json.loads(said.readouterr().out)


def test_it_runs_by_itself_and_ends_with_0() -> None:
    command = [sys.executable, "-m", "ops", "cost", "--requests", "10M"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)

    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"^total +\d+\.\d\d$", done.stdout, re.MULTILINE)
    assert re.search(r"^share of the total: rendering +\d+ %$", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--requests", "ten"), "--requests: ten is not a whole number such as 250000, 250k, 10M or 1.5G"),
        (("--hit-rate", "95"), "--hit-rate: 95 is not a share from 0 to 1: 95 % is 0.95"),
        (("--memory", "64"), "--memory: 64 is not a whole number from 128 to 10240"),
        (("--render-ms", "forever"), "--render-ms: forever is not a number from 0 to 30000"),
        (("--encryption", "rot13"), "--encryption: invalid choice: rot13"),
        (("--region", "mars-1"), "choose from eu-central-1, us-east-1"),
        (("--sises", "3"), "unrecognized arguments: --sises 3"),
    ],
)
def test_a_mistake_ends_with_2_and_what_is_accepted(arguments: tuple[str, ...], said: str, capsys: Said) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["cost", *arguments])

    assert ended.value.code == 2
    assert said in capsys.readouterr().err.replace("'", "")  # Python 3.12 and later quote less


def test_no_command_is_a_mistake(capsys: Said) -> None:
    with pytest.raises(SystemExit) as ended:
        main([])

    assert ended.value.code == 2


def test_without_options_the_assumptions_are_the_defaults(capsys: Said) -> None:
    assert objects(capsys)[0]["assumptions"] == asdict(Assumptions())


def test_every_option_reaches_the_estimate(capsys: Said) -> None:
    others = {
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
    }
    options = [text for name, value in others.items() for text in (f"--{name.replace('_', '-')}", str(value))]
    found = objects(capsys, *options, "--no-firewall", "--no-access-logs", "--no-free-tier")[0]

    assert found["assumptions"] == others | {"firewall": False, "access_logs": False, "free_tier": False}
    assert {*found["assumptions"]} == {*asdict(Assumptions())}


def test_programs_get_every_line_with_its_price_and_the_sums(capsys: Said) -> None:
    found = objects(capsys, "--requests", "1M", "10M")

    assert [one["assumptions"]["requests"] for one in found] == [1_000_000, 10_000_000]
    for one in found:
        assert one["total"] == pytest.approx(sum(line["usd"] for line in one["lines"]))
        assert one["total"] == pytest.approx(sum(one["groups"].values()))
        assert one["total"] == pytest.approx(estimate_month(Assumptions(**one["assumptions"])).total)
        assert all(line["price"]["source"] and line["price"]["as_of"] for line in one["lines"])
