import json
from types import SimpleNamespace
from typing import Any

import pytest

from local.aws.callers import Callers
from local.program.program import Program, Resource
from tests.support.served_stack import ROOT

ROLE = "arn:aws:iam::123456789012:role/refresh"
DISTRIBUTION = "arn:aws:cloudfront::123456789012:distribution/E1"
POLICY = {"Effect": "Allow", "Action": "cloudfront:CreateInvalidation", "Resource": DISTRIBUTION}
AUTHORIZATION = "AWS4-HMAC-SHA256 Credential={}/20261121/us-east-1/cloudfront/aws4_request, Signature=0"


@pytest.fixture
def callers() -> Callers:
    role = Resource(type="aws:iam/role:Role", name="refresh", id="refresh", inputs={}, outputs={"arn": ROLE})
    inputs = {"role": "refresh", "policy": json.dumps({"Statement": [POLICY]})}
    policy = Resource(type="aws:iam/rolePolicy:RolePolicy", name="p", id="p", inputs=inputs, outputs={})
    program = Program(root=ROOT, stack="dev", region="us-east-1", resources=[role, policy])
    cloud: Any = SimpleNamespace(role_with_access_key={"ROLEKEY": ROLE}.get)
    return Callers(program, cloud)


@pytest.mark.parametrize(
    ("access_key", "action", "allowed"),
    [
        pytest.param("ROLEKEY", "cloudfront:CreateInvalidation", True, id="role with the permission"),
        pytest.param("ROLEKEY", "cloudfront:ListInvalidations", False, id="role without the permission"),
        pytest.param("OTHER", "cloudfront:ListInvalidations", True, id="any other caller"),
    ],
)
def test_role_needs_the_permission_and_others_do_not(
    callers: Callers, access_key: str, action: str, allowed: bool
) -> None:
    headers = {"authorization": AUTHORIZATION.format(access_key)}

    assert callers.is_allowed(headers, action, DISTRIBUTION) is allowed


def test_caller_without_a_signature_is_allowed(callers: Callers) -> None:
    assert callers.is_allowed({}, "cloudfront:ListInvalidations", DISTRIBUTION)
