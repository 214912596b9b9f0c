import json
from typing import Any

import pytest

from local.aws.iam import is_allowed

ALLOW: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"Service": "cloudfront.amazonaws.com"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::b/*",
    "Condition": {"StringEquals": {"AWS:SourceArn": "arn:d"}},
}
DENY_PLAIN_HTTP = {
    **ALLOW,
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def is_read_allowed(*statements: dict[str, Any]) -> bool:
    """Evaluate a policy with these statements for CloudFront, which reads an object over HTTPS."""
    return is_allowed(
        json.dumps({"Statement": [*statements]}),
        principal=("Service", "cloudfront.amazonaws.com"),
        action="s3:GetObject",
        resource="arn:aws:s3:::b/k",
        context={"aws:sourcearn": "arn:d", "AWS:SecureTransport": "true"},
    )


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        pytest.param(ALLOW, True, id="exact"),
        pytest.param({**ALLOW, "Action": ["s3:PutObject", "s3:Get*"]}, True, id="list of actions"),
        pytest.param(
            {**ALLOW, "Principal": {"Service": ["x.amazonaws.com", "cloudfront.amazonaws.com"]}},
            True,
            id="list of services",
        ),
        pytest.param({**ALLOW, "Principal": "*"}, True, id="any principal"),
        pytest.param({**ALLOW, "Condition": {"ArnLike": {"AWS:SourceArn": ["arn:x", "arn:*"]}}}, True, id="ArnLike"),
        pytest.param({**ALLOW, "Principal": {"Service": "lambda.amazonaws.com"}}, False, id="another service"),
        pytest.param({**ALLOW, "Principal": {"AWS": "arn:aws:iam::1:root"}}, False, id="an account"),
        pytest.param({**ALLOW, "Action": "s3:PutObject"}, False, id="another action"),
        pytest.param({**ALLOW, "Resource": "arn:aws:s3:::other/*"}, False, id="another bucket"),
        pytest.param(
            {**ALLOW, "Condition": {"StringEquals": {"AWS:SourceArn": "arn:other"}}}, False, id="another source"
        ),
        pytest.param(
            {**ALLOW, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o"}}}, False, id="missing condition key"
        ),
    ],
)
def test_statement_allows_only_what_it_names(statement: dict[str, Any], allowed: bool) -> None:
    assert is_read_allowed(statement) is allowed


def test_policy_without_statements_allows_nothing() -> None:
    assert not is_read_allowed()


def test_explicit_deny_overrides_an_allow() -> None:
    assert not is_read_allowed(ALLOW, {**DENY_PLAIN_HTTP, "Condition": {}})


def test_deny_has_no_effect_when_its_condition_is_not_met() -> None:
    assert is_read_allowed(ALLOW, DENY_PLAIN_HTTP)


def test_unknown_condition_operator_raises_value_error() -> None:
    with pytest.raises(ValueError, match="IpAddress"):
        is_read_allowed({**ALLOW, "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}})


def test_statement_with_a_role_allows_only_that_role() -> None:
    role = "arn:aws:iam::123456789012:role/edge"
    policy = json.dumps({"Statement": [{**ALLOW, "Principal": {"AWS": [role]}}]})

    def may_read(kind: str, name: str) -> bool:
        context = {"AWS:SourceArn": "arn:d"}
        resource = "arn:aws:s3:::b/k"
        return is_allowed(policy, principal=(kind, name), action="s3:GetObject", resource=resource, context=context)

    assert may_read("AWS", role)
    assert not may_read("AWS", f"{role}s")
    assert not may_read("Service", role)
