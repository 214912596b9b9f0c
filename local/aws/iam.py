"""Evaluates the policies of buckets, keys, queues and roles for a request of a service or a role."""

import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

_OPERATORS: Final = {
    "StringEquals": lambda actual, expected: actual == expected,
    "StringLike": fnmatchcase,
    "ArnEquals": fnmatchcase,
    "ArnLike": fnmatchcase,
    "Bool": lambda actual, expected: actual == str(expected).lower(),
}
"""The condition operators, each with a function of a value of the request and a value of the policy."""


def is_allowed(
    policy: str, *, principal: tuple[str, str], action: str, resource: str, context: Mapping[str, str]
) -> bool:
    """Return whether the policy (JSON) allows the action: at least one statement allows it, and none denies it.

    `principal` is a kind and a name: ("Service", "cloudfront.amazonaws.com") or ("AWS", the ARN of a role).
    `context` contains the condition keys of the request.

    Raises ValueError for a condition operator that this module does not implement: an error is better than
    a wrong result.
    """
    effects = {
        statement["Effect"]
        for statement in _as_list(json.loads(policy)["Statement"])
        if _applies_to(statement, *principal)
        and any(fnmatchcase(action.lower(), pattern.lower()) for pattern in _as_list(statement["Action"]))
        and any(fnmatchcase(resource, pattern) for pattern in _as_list(statement["Resource"]))
        and all(_is_met(operator, keys, context) for operator, keys in statement.get("Condition", {}).items())
    }
    return effects == {"Allow"}


def _applies_to(statement: dict[str, Any], kind: str, name: str) -> bool:
    # The policy of a role names no principal, because its principal is the role.
    principal = statement.get("Principal", "*")
    if isinstance(principal, str):
        return principal == "*"
    return name in _as_list(principal.get(kind, [])) or "*" in _as_list(principal.get("AWS", []))


def _is_met(operator: str, keys: dict[str, Any], context: Mapping[str, str]) -> bool:
    if operator not in _OPERATORS:
        raise ValueError(
            f"the local engine cannot evaluate the condition operator {operator}: add it to local/aws/iam.py"
        )
    actual = {name.lower(): value for name, value in context.items()}
    return all(
        name.lower() in actual
        and any(_OPERATORS[operator](actual[name.lower()], value) for value in _as_list(expected))
        for name, expected in keys.items()
    )


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
