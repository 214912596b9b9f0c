"""Comparison of docs/cost.md with the price list, the assumptions and the commands."""

import json
import re
from dataclasses import asdict
from typing import Any

import pytest
from cogapp import Cog

from docs.command_output import command_output
from infra.config.loader import parse_config
from local.program.config_files import stack_config
from ops.console.argument_types import Amount
from ops.console.formatting import format_price
from ops.cost.assumptions import Assumptions
from ops.cost.price_list import PRICES
from tests.support.served_stack import ROOT

PAGE = ROOT / "docs" / "cost.md"
TEXT = PAGE.read_text()
SHOWN_COMMANDS = re.findall(r'^(?:show|markdown)\("(\w+)', TEXT, re.MULTILINE)
"""The command of each cog block."""


def estimates(options: str) -> list[dict[str, Any]]:
    return json.loads(command_output(f"cost --json {options}"))


def total(options: str) -> float:
    return estimates(options)[0]["total"]


def test_page_shows_what_the_commands_print() -> None:
    assert len(SHOWN_COMMANDS) == 5
    assert Cog().main(["cog", "--check", str(PAGE)]) == 0, "PYTHONPATH=. cog -r docs/cost.md updates the page"


def test_every_price_is_on_the_page() -> None:
    for price in PRICES:
        assert f"| {price.item} | {price.location} | {format_price(price.usd)} |" in TEXT


def test_every_command_about_cost_is_on_the_page() -> None:
    assert {"cost", "compare", "prices"} == set(SHOWN_COMMANDS)


def test_every_assumption_is_on_the_page_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `--([\w-]+)` \| `?([\w.-]+)`? \|", TEXT, re.MULTILINE))
    documented = {name.replace("-", "_"): text for name, text in rows.items()}

    assert documented.pop("requests") == "1M"
    assert Amount().convert("1M", None, None) == Assumptions().requests
    for name, value in asdict(Assumptions()).items():
        if name != "requests":
            assert documented.pop(name) == (
                "yes" if value is True else f"{value:g}" if type(value) is float else str(value)
            )
    assert not documented


@pytest.mark.parametrize("stack", ["dev", "staging", "prod"])
def test_table_of_stacks_shows_their_estimates(stack: str) -> None:
    row = next(line for line in TEXT.splitlines() if line.startswith(f"| {stack} |"))
    options, *documented = (cell.strip(" `") for cell in row.strip("|").split("|")[1:])
    volumes = estimates(f"{options} --requests 1M 10M 100M")

    idle = total(f"{options} --requests 0 --originals 0")
    assert documented == [f"{usd:.2f}" for usd in (idle, *(estimate["total"] for estimate in volumes))]


@pytest.mark.parametrize("stack", ["dev", "staging", "prod"])
def test_table_of_stacks_uses_their_configuration(stack: str) -> None:
    project, values = stack_config(ROOT, stack)
    config = parse_config(values, project=project, stack=stack)
    days = config.access_log_days
    expected = [
        *(["--encryption kms"] if config.encryption == "kms" else []),
        *([] if config.firewall else ["--no-firewall"]),
        *(["--no-access-logs"] if config.access_logs == "none" else []),
        *([f"--access-log-days {days}"] if days != Assumptions().access_log_days else []),
        *(
            option
            for is_on, option in (
                (config.monitoring, "--no-monitoring"),
                (config.additional_metrics, "--no-additional-metrics"),
                (config.request_metrics, "--no-request-metrics"),
                (config.origin_shield, "--edge-regions 13 --shield-per-miss 0"),
            )
            if not is_on
        ),
    ]

    assert config.region == Assumptions().region
    assert f"| {stack} | `{' '.join(expected)}` |" in TEXT


def test_smaller_format_saves_money_only_with_few_renders() -> None:
    differences = [
        total(f"--requests 100M --hit-rate {rate} --response-bytes 30000 --render-ms {150 + 421 - 97}")
        - total(f"--requests 100M --hit-rate {rate}")
        for rate in (0.95, 0.99)
    ]

    assert [round(usd) for usd in differences] == [48, -58]
    assert "48 USD more" in TEXT
    assert "58 less" in TEXT


def test_request_volumes_where_the_surcharge_is_10_and_100_usd() -> None:
    comparison = command_output("compare")
    row = re.search(r"^Lambda, function URL, x86_64 +never +(\S+) +(\S+) +(\S+)$", comparison, re.MULTILINE)
    assert row
    requests = [int(text.replace(",", "")) / 0.05 / 0.95 / 1e6 for text in row.groups()]

    assert [round(millions) for millions in requests] == [15, 207, 22]
    assert [round(total(f"--requests {millions}M")) for millions in (15, 207)] == [56, 1188]


def test_ten_thousand_invalidations_cost_what_the_page_says() -> None:
    assert total("--invalidations 10k") - total("") == pytest.approx(45)
