"""May CloudFront do this with that object? A bucket policy, evaluated for a service principal."""

import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

_OPERATORS = {
    "StringEquals": lambda have, want: have == want,
    "StringLike": fnmatchcase,
    "ArnEquals": fnmatchcase,
    "ArnLike": fnmatchcase,
    "Bool": lambda have, want: have == str(want).lower(),
}


def allows(policy: str, *, service: str, action: str, resource: str, context: Mapping[str, str]) -> bool:
    """An explicit Deny wins, and nothing is allowed that no statement allows. `context` holds the condition keys.

    ValueError for an operator that this does not know: better no answer than a wrong one.
    """
    effects = {
        statement["Effect"]
        for statement in _list(json.loads(policy)["Statement"])
        if _is_for(statement, service)
        and any(fnmatchcase(action.lower(), pattern.lower()) for pattern in _list(statement["Action"]))
        and any(fnmatchcase(resource, pattern) for pattern in _list(statement["Resource"]))
        and all(_holds(operator, keys, context) for operator, keys in statement.get("Condition", {}).items())
    }
    return effects == {"Allow"}


def _is_for(statement: dict[str, Any], service: str) -> bool:
    principal = statement["Principal"]
    if isinstance(principal, str):
        return principal == "*"
    return service in _list(principal.get("Service", [])) or "*" in _list(principal.get("AWS", []))


def _holds(operator: str, keys: dict[str, Any], context: Mapping[str, str]) -> bool:
    if operator not in _OPERATORS:
        raise ValueError(f"the local engine cannot evaluate the condition operator {operator}")
    have = {name.lower(): value for name, value in context.items()}
    return all(
        name.lower() in have and any(_OPERATORS[operator](have[name.lower()], want) for want in _list(wanted))
        for name, wanted in keys.items()
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
