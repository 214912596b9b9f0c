"""The stand-in refuses the inputs that the real provider refuses, and no others."""

import subprocess
import sys
from typing import Any

import pytest

from tests.engine.input_checks import find_problems
from tests.engine.wire_values import UNKNOWN
from tests.support.served_stack import ROOT

WEB_ACL = "aws:wafv2/webAcl:WebAcl"
METRICS = {"cloudwatchMetricsEnabled": True, "metricName": "firewall", "sampledRequestsEnabled": True}
INPUTS = {"scope": "CLOUDFRONT", "defaultAction": {"allow": {}}, "visibilityConfig": METRICS}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        pytest.param({"scopes": "CLOUDFRONT"}, "scopes: unknown property; did you mean scope?", id="unknown property"),
        pytest.param(
            {"visibilityConfig": METRICS | {"metric": "firewall"}},
            "visibilityConfig.metric: unknown property; did you mean metricName?",
            id="unknown property of a block",
        ),
        pytest.param({"defaultAction": None}, "defaultAction: is missing", id="missing property"),
        pytest.param({"description": 5}, "description: 5 is not str", id="wrong type"),
        pytest.param({"scope": "GLOBAL"}, "scope: 'GLOBAL' is not one of CLOUDFRONT, ", id="unknown value"),
    ],
)
def test_mistake_in_the_inputs_is_a_problem(changes: dict[str, Any], problem: str) -> None:
    (found,) = find_problems(WEB_ACL, INPUTS | changes)

    assert found.startswith(problem)


@pytest.mark.parametrize(
    "changes", [{}, {"description": UNKNOWN}, {"__defaults": ["name"], "name": "firewall-1a2b3c4"}]
)
def test_correct_inputs_have_no_problem(changes: dict[str, Any]) -> None:
    assert find_problems(WEB_ACL, INPUTS | changes) == []


@pytest.mark.parametrize("type_", ["aws:s3/bucketWithoutType:Bucket", "aws:nothing/thing:Thing", "pulumi:pulumi:Stack"])
def test_unknown_type_is_a_problem(type_: str) -> None:
    (problem,) = find_problems(type_, {})

    assert problem.startswith(f"{type_} is not a type of the provider: ")


def test_type_without_known_values_is_a_problem() -> None:
    assert find_problems("aws:s3/directoryBucket:DirectoryBucket", {"bucket": "a", "location": {"name": "b"}}) == [
        "aws:s3/directoryBucket:DirectoryBucket has no operation in tests/support/service_models.py"
    ]


def test_checked_packages_stay_complete_for_programs() -> None:
    """Loading a class of arguments in a new process loads its package too, which pulumi_aws otherwise does later."""
    code = (
        "from tests.engine.input_checks import find_problems; import pulumi_aws; "
        "find_problems('aws:iam/role:Role', {}); pulumi_aws.iam.RolePolicy"
    )

    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
