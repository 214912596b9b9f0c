"""AWS refuses one call of a deployment: the next `pulumi up` ends well, and nothing is lost or made twice."""

from collections.abc import Callable

import pytest

from tests.engine.pulumi_cli import Deployment
from tests.engine.wire_values import label
from tests.support.recorded_programs import VARIANTS, program

LARGEST = "the stack's own domain"
"""The variant with the most resources."""
STACK, _TEXTS = VARIANTS[LARGEST]
SETTINGS = dict(_TEXTS)
RESOURCES = [label(resource.type, resource.name) for resource in program(LARGEST).resources]

UPDATE = {
    "maxDimension": 2048,
    "memory": 2048,
    "firewallCount": ["common"],
    "versionDays": 60,
    "warmWidths": [320],
    "logRetention": 30,
    "cdnTtl": 86400,
    "browserTtl": 60,
    "accessLogs": "parquet",
    "accessLogDays": 30,
    "alertEmails": ["team@example.com"],
    "uploaders": ["arn:aws:iam::123456789012:role/cms"],
    "budget": 20,
    "domain": "pictures.example.com",
}
"""An update that creates, changes, replaces and deletes resources."""


@pytest.mark.parametrize("resource", RESOURCES)
def test_first_deployment_ends_well_after_a_refused_call(
    resource: str, deployed: Callable[..., Deployment], undeployed: Callable[..., Deployment]
) -> None:
    deployment = undeployed(STACK, **SETTINGS)
    deployment.fail(f"create {resource}")

    refused = deployment.update()
    deployment.fail()
    repeated = deployment.update()

    assert refused.status != 0
    assert "refused by the test" in refused.output
    assert repeated.status == 0, repeated.output
    assert deployment.account.labels() == deployed(STACK, **SETTINGS).account.labels()


def test_update_ends_well_after_each_refused_call(deployed: Callable[..., Deployment]) -> None:
    undisturbed = deployed(STACK, **SETTINGS)
    undisturbed.set(**UPDATE)
    calls = undisturbed.update().calls
    assert {operation for operation, _ in calls} == {"create", "update", "delete"}

    for operation, resource in calls:
        deployment = deployed(STACK, **SETTINGS)
        deployment.set(**UPDATE)
        deployment.fail(f"{operation} {resource}")
        assert deployment.update().status != 0
        assert deployment.outputs()["originals_bucket"], "ops could not find the bucket"
        deployment.fail()

        repeated = deployment.update()

        assert repeated.status == 0, repeated.output
        assert deployment.account.labels() == undisturbed.account.labels(), f"after {operation} {resource}"


def test_destroy_that_fails_half_way_is_repeated(deployed: Callable[..., Deployment]) -> None:
    deployment = deployed("dev")
    deployment.fail("delete cloudfront.Distribution distribution")

    refused = deployment.destroy()
    deployment.fail()
    repeated = deployment.destroy()

    assert (refused.status != 0, repeated.status) == (True, 0), repeated.output
    # Lambda@Edge keeps the function until its replicas are deleted: docs/decisions/11.
    assert deployment.account.labels() == ["lambda.Function edge-function"]


def test_destroy_of_a_protected_stack_deletes_nothing(deployed: Callable[..., Deployment]) -> None:
    deployment = deployed("prod")
    before = deployment.account.labels()

    refused = deployment.destroy()

    assert refused.status != 0
    assert "protected" in refused.output
    assert deployment.account.labels() == before
    assert deployment.outputs()["originals_bucket"]
