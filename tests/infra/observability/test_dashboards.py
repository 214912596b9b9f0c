"""The bodies of the dashboards: layout, Regions, thresholds, links, and metrics that something emits."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from common.contract import PROJECT
from infra.config.regions import EDGE_REGIONS, GLOBAL_REGION
from infra.observability.dashboards.account import account_body
from infra.observability.dashboards.application import application_body
from infra.observability.dashboards.images import REASONS
from infra.observability.metric_filters import LOG_METRICS
from tests.support.aws_servers import Moto
from tests.support.dashboard_contexts import THRESHOLDS, dashboard_context
from tests.support.metric_sources import find_source

BODIES = {"application": application_body, "account": account_body}
OWN = {metric.name: metric.dimension for metric in LOG_METRICS}
"""The dimension of each metric that the metric filters count, or an empty text."""


def widgets(name: str, **context: Any) -> list[dict[str, Any]]:
    return json.loads(BODIES[name](dashboard_context(**context)))["widgets"]


def metrics_of(all_widgets: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], list[str], dict[str, Any]]]:
    """Yield the widget, the names and the options of each metric, without expressions."""
    for widget in all_widgets:
        for *names, options in widget["properties"].get("metrics", []):
            if names:
                yield widget, names, options


def texts(all_widgets: list[dict[str, Any]]) -> str:
    return "\n".join(widget["properties"].get("markdown", "") for widget in all_widgets)


both_dashboards = pytest.mark.parametrize("name", [*BODIES])
both_layouts = pytest.mark.parametrize("origin_shield", [True, False])


@both_dashboards
@both_layouts
def test_dashboard_names_only_metrics_that_something_emits(name: str, origin_shield: bool) -> None:
    for widget, (namespace, metric, *texts), _ in metrics_of(widgets(name, origin_shield=origin_shield)):
        dimensions = dict(zip(texts[::2], texts[1::2], strict=True))
        if namespace == f"{PROJECT}/prod":
            assert [*dimensions] == ([OWN[metric]] if OWN[metric] else [])
            assert dimensions.get("reason", "broken") in REASONS
        else:
            source = find_source(namespace, dimensions, metric)
            assert source, metric
            period = widget["properties"]["period"]
            assert period in source.periods or widget["properties"].get("setPeriodToTimeRange"), metric


@both_dashboards
@both_layouts
def test_expression_names_only_metrics_of_its_widget_in_one_region(name: str, origin_shield: bool) -> None:
    for widget in widgets(name, origin_shield=origin_shield):
        entries = widget["properties"].get("metrics", [])
        ids = {options["id"]: options["region"] for *names, options in entries if names and "id" in options}
        for options in (options for *names, options in entries if not names):
            named = set(re.findall(r"\b[a-z]+\d+\b", options["expression"]))
            assert named <= set(ids), options["expression"]
            assert len({ids[id_] for id_ in named}) <= 1
        all_ids = [options["id"] for *_, options in entries if "id" in options]
        assert len(set(all_ids)) == len(all_ids)


@both_dashboards
@both_layouts
def test_widgets_fill_the_grid_without_overlapping(name: str, origin_shield: bool) -> None:
    cells: set[tuple[int, int]] = set()
    for widget in widgets(name, origin_shield=origin_shield):
        for x in range(widget["x"], widget["x"] + widget["width"]):
            for y in range(widget["y"], widget["y"] + widget["height"]):
                assert x < 24
                assert (x, y) not in cells
                cells.add((x, y))


@both_dashboards
def test_metric_is_read_in_the_region_in_which_it_is_emitted(name: str) -> None:
    for _, (namespace, *_), options in metrics_of(widgets(name, edge_regions=("eu-west-1",))):
        expected = {"AWS/SQS": "eu-central-1", "AWS/S3": "eu-central-1", "AWS/Lambda": "eu-west-1"}
        expected[f"{PROJECT}/prod"] = "eu-west-1"
        assert options["region"] == expected.get(namespace, GLOBAL_REGION)


def test_without_origin_shield_each_region_has_one_line() -> None:
    (processed,) = [
        widget
        for widget in widgets("application", origin_shield=False)
        if widget["properties"].get("title") == "Images processed"
    ]

    regions = [options["region"] for *_, options in processed["properties"]["metrics"]]
    labels = [options["label"] for *_, options in processed["properties"]["metrics"]]
    assert regions == labels == [*EDGE_REGIONS]


def test_sections_are_in_the_order_of_the_page_about_observability() -> None:
    headings = re.findall(r"^## (.*)$", texts(widgets("application")), re.MULTILINE)

    assert headings == ["Images", "Edge function", "CDN", "Queues", "Buckets"]


def test_every_threshold_is_a_line_in_a_graph() -> None:
    """A band has no constant threshold, and no graph shows the days until a certificate expires."""
    values = {key: 1000 + index for index, key in enumerate(THRESHOLDS)}
    expected = {key: value for key, value in values.items() if not re.search("Band$|^certificate", key)}
    all_widgets = [widget for name in BODIES for widget in widgets(name, thresholds=values)]
    lines = {
        line["label"]
        for widget in all_widgets
        for line in widget["properties"].get("annotations", {}).get("horizontal", [])
    }

    missing = [
        key for key, value in expected.items() if not any(re.search(f"{value:,}|{value}", line) for line in lines)
    ]
    assert missing == []


def test_threshold_of_an_hour_is_converted_to_the_period_of_the_graph() -> None:
    (line,) = next(
        widget["properties"]["annotations"]["horizontal"]
        for widget in widgets("application")
        if widget["properties"].get("title") == "Images processed"
    )

    assert line["label"] == "alarm: 10,000 images an hour"
    assert line["value"] == pytest.approx(10_000 / 12)


def test_text_links_runbooks_and_names_the_saved_queries() -> None:
    text = texts(widgets("application"))

    assert "[rejected-share](https://git.example.com/runbooks/rejected-share.md)" in text
    assert "https://eu-central-1.console.aws.amazon.com/cloudwatch/home" in text
    assert "Slowest renditions (slowest)" in text


def test_text_without_runbook_address_names_the_file_in_the_repository() -> None:
    assert "`docs/runbooks/rejected-share.md`" in texts(widgets("application", runbook_url=""))


def test_metrics_that_the_stack_does_not_have_are_left_out() -> None:
    reduced = {"additional_metrics": False, "request_metrics_filter": "", "web_acl": "", "insight_rule": ""}
    bodies = "".join(body(dashboard_context(**reduced)) for body in BODIES.values())

    for name in ("CacheHitRate", "OriginLatency", "PutRequests", "WAFV2", "INSIGHT_RULE_METRIC"):
        assert name not in bodies
        assert name in "".join(body(dashboard_context()) for body in BODIES.values())


@both_dashboards
@both_layouts
def test_cloudwatch_accepts_the_body(name: str, origin_shield: bool, moto: Moto) -> None:
    body = BODIES[name](dashboard_context(origin_shield=origin_shield))

    assert len(json.loads(body)["widgets"]) <= 500
    assert all(len(widget["properties"].get("metrics", [])) <= 500 for widget in json.loads(body)["widgets"])
    moto.client("cloudwatch").put_dashboard(DashboardName=name, DashboardBody=body)
