"""docs/cost.md says what the code does."""

import json
import re
from dataclasses import asdict
from typing import Any

import pytest
import yaml

from ops.console.argument_types import amount
from ops.console.formatting import format_price
from ops.cost.assumptions import Assumptions
from ops.cost.price_list import PRICES
from ops.page import PAGE, printed, written
from tests.support.served_stack import ROOT

TEXT = PAGE.read_text()


def found(options: str) -> list[dict[str, Any]]:
    return json.loads(printed(f"cost --json {options}"))


def total(options: str) -> float:
    return found(options)[0]["total"]


def test_what_the_page_shows_is_what_the_commands_print() -> None:
    assert len(re.findall(r"^(?:\$|<!--) python -m ops ", TEXT, re.MULTILINE)) == 5
    assert written(TEXT) == TEXT, "python -m ops.page writes it anew"


def test_every_price_is_on_the_page() -> None:
    for known in PRICES:
        assert f"| {known.item} | {known.location} | {format_price(known.usd)} |" in TEXT


def test_every_command_that_asks_nobody_is_on_the_page() -> None:
    assert {"cost", "compare", "prices"} == set(re.findall(r"^(?:\$|<!--) python -m ops (\w+)", TEXT, re.MULTILINE))


def test_what_was_there_before_is_replaced() -> None:
    box = "before\n\n```console\n$ python -m ops cost --requests 0 --originals 0\nold\n\nolder\n```\n\nafter\n"

    table = "<!-- python -m ops prices -->\n<!-- end -->\n"

    assert "| S3 storage |" in written(table)
    assert written(written(table)) == written(table)
    assert "old" not in written(box)
    assert written(box).startswith("before\n")
    assert written(box).endswith("```\n\nafter\n")
    assert written(written(box)) == written(box)


def test_every_assumption_is_on_the_page_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `--([\w-]+)` \| `?([\w.-]+)`? \|", TEXT, re.MULTILINE))
    shown = {name.replace("-", "_"): text for name, text in rows.items()}

    assert shown.pop("requests") == "1M"
    assert amount("1M") == Assumptions().requests
    for name, value in asdict(Assumptions()).items():
        if name != "requests":
            assert shown.pop(name) == ("yes" if value is True else f"{value:g}" if type(value) is float else str(value))
    assert not shown


@pytest.mark.parametrize("stack", ["dev", "staging", "prod"])
def test_the_stacks_cost_what_the_table_says(stack: str) -> None:
    row = next(line for line in TEXT.splitlines() if line.startswith(f"| {stack} |"))
    options, *shown = (cell.strip(" `") for cell in row.strip("|").split("|")[1:])
    volumes = found(f"{options} --requests 1M 10M 100M")

    idle = total(f"{options} --requests 0 --originals 0")
    assert shown == [f"{usd:.2f}" for usd in (idle, *(one["total"] for one in volumes))]


@pytest.mark.parametrize("stack", ["dev", "staging", "prod"])
def test_the_table_counts_each_stack_as_it_is_configured(stack: str) -> None:
    own = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    key = "edge-image-resizer:{}".format
    expected = [
        *(["--encryption kms"] if own.get(key("encryption")) == "kms" else []),
        *([] if own.get(key("firewall"), True) else ["--no-firewall"]),
        *(["--no-access-logs"] if own.get(key("accessLogs")) == "none" else []),
        *([f"--access-log-days {own[key('accessLogDays')]}"] if key("accessLogDays") in own else []),
    ]

    assert own["aws:region"] == Assumptions().region
    assert f"| {stack} | `{' '.join(expected)}` |" in TEXT


def test_a_smaller_format_pays_only_where_there_are_few_renders() -> None:
    more = [
        total(f"--requests 100M --hit-rate {rate} --response-bytes 30000 --render-ms {150 + 384 - 126}")
        - total(f"--requests 100M --hit-rate {rate}")
        for rate in (0.95, 0.99)
    ]

    assert [round(usd) for usd in more] == [21, -64]
    assert "21 USD more" in TEXT
    assert "64 less" in TEXT


def test_the_bills_on_which_the_difference_is_10_and_100_dollars() -> None:
    said = printed("compare")
    row = re.search(r"^Lambda, function URL, x86_64 +never +(\S+) +(\S+) +(\S+)$", said, re.MULTILINE)
    assert row
    requests = [int(text.replace(",", "")) / 0.05 / 0.95 / 1e6 for text in row.groups()]

    assert [round(millions) for millions in requests] == [15, 207, 22]
    assert [round(total(f"--requests {millions}M")) for millions in (15, 207)] == [39, 1169]


def test_ten_thousand_replaced_originals_cost_what_the_page_says() -> None:
    assert total("--invalidations 10k") - total("") == pytest.approx(45)
