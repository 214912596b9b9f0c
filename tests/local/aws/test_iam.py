import json
from typing import Any

import pytest

from local.aws.iam import allows

ALLOW: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"Service": "cloudfront.amazonaws.com"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::b/*",
    "Condition": {"StringEquals": {"AWS:SourceArn": "arn:d"}},
}
DENY_PLAIN = {
    **ALLOW,
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def asked(*statements: dict[str, Any], resource: str = "arn:aws:s3:::b/k", action: str = "s3:GetObject") -> bool:
    context = {"aws:sourcearn": "arn:d", "AWS:SecureTransport": "true"}
    policy = json.dumps({"Statement": [*statements]})
    service = ("Service", "cloudfront.amazonaws.com")
    return allows(policy, principal=service, action=action, resource=resource, context=context)


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        (ALLOW, True),
        ({**ALLOW, "Action": ["s3:PutObject", "s3:Get*"]}, True),
        ({**ALLOW, "Principal": {"Service": ["x.amazonaws.com", "cloudfront.amazonaws.com"]}}, True),
        ({**ALLOW, "Principal": "*"}, True),
        ({**ALLOW, "Condition": {"ArnLike": {"AWS:SourceArn": ["arn:x", "arn:*"]}}}, True),
        ({**ALLOW, "Principal": {"Service": "lambda.amazonaws.com"}}, False),
        ({**ALLOW, "Principal": {"AWS": "arn:aws:iam::1:root"}}, False),
        ({**ALLOW, "Action": "s3:PutObject"}, False),
        ({**ALLOW, "Resource": "arn:aws:s3:::other/*"}, False),
        ({**ALLOW, "Condition": {"StringEquals": {"AWS:SourceArn": "arn:other"}}}, False),
        ({**ALLOW, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o"}}}, False),
    ],
)
def test_a_statement_allows_what_it_says(statement: dict[str, Any], allowed: bool) -> None:
    assert asked(statement) is allowed


def test_nothing_is_allowed_by_nothing() -> None:
    assert not asked()


def test_an_explicit_deny_wins() -> None:
    assert not asked(ALLOW, {**DENY_PLAIN, "Condition": {}})


def test_a_deny_whose_condition_does_not_hold_does_not_count() -> None:
    assert asked(ALLOW, DENY_PLAIN)


def test_an_operator_that_is_not_known_is_an_error_and_not_a_guess() -> None:
    with pytest.raises(ValueError, match="IpAddress"):
        asked({**ALLOW, "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}})


def test_a_role_is_allowed_what_is_said_of_it_by_name() -> None:
    role = "arn:aws:iam::123456789012:role/edge"
    policy = json.dumps({"Statement": [{**ALLOW, "Principal": {"AWS": [role]}}]})

    def may(kind: str, name: str) -> bool:
        context = {"AWS:SourceArn": "arn:d"}
        resource = "arn:aws:s3:::b/k"
        return allows(policy, principal=(kind, name), action="s3:GetObject", resource=resource, context=context)

    assert may("AWS", role)
    assert not may("AWS", f"{role}s")
    assert not may("Service", role)
