"""AWS refuses calls of a deployment: `pulumi up` can be repeated, and nothing is lost or made twice."""

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
    "routineRecipients": ["team@example.com"],
    "thresholds": {"rejectedShare": 2},
    "uploaders": ["arn:aws:iam::123456789012:role/cms"],
    "budget": 20,
    "domain": "pictures.example.com",
}
"""An update that creates, changes, replaces and deletes resources."""


@pytest.mark.parametrize("resource", ["lambda.Function edge-function", "cloudfront.Distribution distribution"])
def test_deployment_that_stops_half_way_is_repeated(
    resource: str, deployed: Callable[..., Deployment], undeployed: Callable[..., Deployment]
) -> None:
    deployment = undeployed("dev")
    deployment.fail(f"create {resource}")

    refused = deployment.update()
    repeated = deployment.update()

    assert refused.status != 0
    assert "refused by the test" in refused.output
    assert repeated.status == 0, repeated.output
    assert deployment.account.labels() == deployed("dev").account.labels()


def test_first_deployment_ends_well_although_each_call_fails_once(
    deployed: Callable[..., Deployment], undeployed: Callable[..., Deployment]
) -> None:
    deployment = undeployed(STACK, **SETTINGS)
    calls = {f"create {resource}" for resource in RESOURCES}
    deployment.fail(*calls)

    repeat_update(deployment)

    assert deployment.refused_calls() == calls
    assert deployment.account.labels() == deployed(STACK, **SETTINGS).account.labels()


def test_update_ends_well_although_each_call_fails_once(deployed: Callable[..., Deployment]) -> None:
    undisturbed, deployment = deployed(STACK, **SETTINGS), deployed(STACK, **SETTINGS)
    undisturbed.set(**UPDATE)
    run = undisturbed.update()
    assert {operation for operation, _ in run.calls} == {"create", "update", "delete"}
    calls = {" ".join(call) for call in run.calls}
    deployment.set(**UPDATE)
    deployment.fail(*calls)
    assert deployment.update().status != 0
    assert deployment.outputs()["originals_bucket"], "ops could not find the bucket"

    repeat_update(deployment)

    assert deployment.refused_calls() == calls
    assert deployment.account.labels() == undisturbed.account.labels()
    assert deployment.update().calls == []


def repeat_update(deployment: Deployment) -> None:
    """Run `pulumi up` until it ends well. Each run that fails must have met a new refusal.

    A run continues with the resources that do not need the refused one, so that it meets several refusals.
    """
    refused: frozenset[str] = frozenset()
    while (run := deployment.update("--continue-on-error")).status != 0:
        assert deployment.refused_calls() > refused, run.output
        refused = deployment.refused_calls()


def test_destroy_that_fails_half_way_is_repeated(deployed: Callable[..., Deployment]) -> None:
    deployment = deployed("dev")
    deployment.fail("delete cloudfront.Distribution distribution")

    refused = deployment.destroy()
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
