"""The saved queries and the dashboards that the stacks declare."""

import json

import pytest

from common.log_queries import LOG_QUERIES
from infra.config.regions import EDGE_REGIONS
from local.program.program import Resource
from tests.support.recorded_programs import program

QUERY = "aws:cloudwatch/queryDefinition:QueryDefinition"
DASHBOARD = "aws:cloudwatch/dashboard:Dashboard"


def queries(name: str) -> list[Resource]:
    return program(name).of(QUERY)


@pytest.mark.parametrize(("name", "regions"), [("prod", ("eu-central-1",)), ("no Origin Shield", EDGE_REGIONS)])
def test_every_query_is_saved_in_each_region_with_a_log_group(name: str, regions: tuple[str, ...]) -> None:
    saved = {(query.inputs["region"], query.inputs["name"]) for query in queries(name)}

    assert saved == {(region, f"edge-image-resizer/prod/{query.name}") for region in regions for query in LOG_QUERIES}


def test_saved_query_reads_the_log_group_of_the_edge_function() -> None:
    outputs = program("prod").outputs
    texts = {query.inputs["name"].rpartition("/")[2]: query.inputs["queryString"] for query in queries("prod")}

    assert {group for query in queries("prod") for group in query.inputs["logGroupNames"]} == {
        outputs["edge_log_group"]
    }
    assert all(texts[query.name].endswith(query.text) for query in LOG_QUERIES)
    assert texts["request"].startswith("# Replace REQUEST_ID with the value of the response header x-amz-cf-id.\n")


def test_stack_without_monitoring_has_neither_queries_nor_dashboards() -> None:
    assert queries("dev") == []
    assert program("dev").of(DASHBOARD) == []
    assert program("dev").outputs["dashboards"] == {}


@pytest.mark.parametrize("name", ["prod", "no Origin Shield", "us-east-1"])
def test_dashboard_names_only_resources_of_the_stack(name: str) -> None:
    recorded = program(name)
    names = {resource.id for resource in recorded.resources} | {
        str(resource.outputs.get("name", "")) for resource in recorded.resources
    }
    dashboards = recorded.of(DASHBOARD)

    assert recorded.outputs["dashboards"] == {
        content: f"edge-image-resizer-{recorded.stack}-{content}" for content in ("application", "account")
    }
    assert len(dashboards) == 2
    for dashboard in dashboards:
        for widget in json.loads(dashboard.inputs["dashboardBody"])["widgets"]:
            for *texts, _ in widget["properties"].get("metrics", []):
                dimensions = dict(zip(texts[2::2], texts[3::2], strict=True))
                for dimension in ("FunctionName", "QueueName", "BucketName", "DistributionId", "FilterId"):
                    assert dimensions.get(dimension, "us-east-1.").removeprefix("us-east-1.") in {"", *names}
