"""Ask AWS what it has deployed, measured and logged, with calls that only read."""

import re
from statistics import median

import pytest

from ops.aws.stack import Stack
from tests.live.account import (
    parse_renders,
    read_budget,
    read_firewall_capacity,
    read_lambda_metrics,
    read_log_events,
    read_replica_metrics,
    skipped_if_refused,
)
from tests.live.site import Canary, Report, Site, wait_for

PHASES = ("read", "decode", "color", "encode", "store")


@pytest.fixture
def log_messages(site: Site, stack: Stack, picture: Canary) -> dict[str, list[str]]:
    """The log lines of renders, by Region. CloudWatch shows a line some seconds after the render."""
    for width in range(130, 135):
        assert site.get(f"{picture.path}?width={width}").status_code == 200

    def read() -> dict[str, list[str]] | None:
        messages = read_log_events(stack, "encode")
        return messages if any(messages.values()) else None

    with skipped_if_refused():
        return wait_for(read, "a log line of the edge function", seconds=120)


@pytest.mark.question("edge-log")
def test_log_lines_arrive_as_json(log_messages: dict[str, list[str]], answer: Report) -> None:
    renders = {region: len(parse_renders(messages)) for region, messages in log_messages.items()}
    answer(f"Log lines of renders in the last hour, at most 100 of each Region: {renders}.")

    assert any(renders.values())


@pytest.mark.question("fork")
def test_time_outside_the_phases_is_reported(log_messages: dict[str, list[str]], answer: Report) -> None:
    lines = [line for messages in log_messages.values() for line in parse_renders(messages) if not line.get("cold")]
    differences = [line["ms"]["function"] - sum(line["ms"].get(name, 0) for name in PHASES) for line in lines]
    if not differences:
        pytest.skip("there is no log line of a warm render in the last hour")
    answer(f"Median of {len(differences)} warm renders: {median(differences):.1f} ms beyond the phases.")


@pytest.mark.question("runtime-version")
def test_version_of_the_runtime_is_reported(stack: Stack, answer: Report) -> None:
    with skipped_if_refused():
        messages = [message for events in read_log_events(stack, "INIT_START").values() for message in events]
    versions = {match[1] for message in messages if (match := re.search(r"Runtime Version: (\S+)", message))}
    if not versions:
        pytest.skip("the edge function did not start in the last hour")
    answer(f"Runtime versions: {', '.join(sorted(versions))}.")


@pytest.mark.question("lambda-metrics")
def test_names_of_the_metrics_are_reported(stack: Stack, answer: Report) -> None:
    with skipped_if_refused():
        names = read_lambda_metrics(stack)
    answer(
        f"Metrics with Lambda in their name: {', '.join(names) or 'none yet; a metric appears with its first value'}."
    )


@pytest.mark.question("replica-metrics")
def test_metrics_of_replicas_are_reported(site: Site, stack: Stack, picture: Canary, answer: Report) -> None:
    assert site.get(f"{picture.path}?width=140").status_code == 200
    with skipped_if_refused():
        names = read_replica_metrics(stack)
    answer(f"Metrics with FunctionName us-east-1.NAME: {names}; a new metric appears after some minutes.")


@pytest.mark.question("firewall-capacity")
def test_rules_fit_into_the_included_capacity(stack: Stack, answer: Report) -> None:
    if not stack.outputs.get("firewall_arn"):
        pytest.skip("the stack has no firewall")
    with skipped_if_refused():
        capacity = read_firewall_capacity(stack)
    answer(f"The rules have {capacity} capacity units.")

    assert capacity <= 1500


@pytest.mark.question("budget")
def test_budget_exists(stack: Stack, answer: Report) -> None:
    if not stack.outputs.get("budget_name"):
        pytest.skip("the stack has no budget")
    with skipped_if_refused():
        budget = read_budget(stack)
    spend = budget.get("CalculatedSpend", {}).get("ActualSpend", {})
    answer(f"The budget exists; it counts {spend.get('Amount', 'no')} {spend.get('Unit', 'cost')} until now.")
