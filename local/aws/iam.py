"""May they do this with that? The policy of a bucket or of a key, evaluated for a service or for a role."""

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


def allows(policy: str, *, principal: tuple[str, str], action: str, resource: str, context: Mapping[str, str]) -> bool:
    """An explicit Deny wins, and nothing is allowed that no statement allows. `context` holds the condition keys.

    `principal` is a kind and a name: ("Service", "cloudfront.amazonaws.com") or ("AWS", the ARN of a role).

    ValueError for an operator that this does not know: better no answer than a wrong one.
    """
    effects = {
        statement["Effect"]
        for statement in _list(json.loads(policy)["Statement"])
        if _is_for(statement, *principal)
        and any(fnmatchcase(action.lower(), pattern.lower()) for pattern in _list(statement["Action"]))
        and any(fnmatchcase(resource, pattern) for pattern in _list(statement["Resource"]))
        and all(_holds(operator, keys, context) for operator, keys in statement.get("Condition", {}).items())
    }
    return effects == {"Allow"}


def _is_for(statement: dict[str, Any], kind: str, name: str) -> bool:
    wanted = statement.get("Principal", "*")  # what is attached to a role is for that role
    if isinstance(wanted, str):
        return wanted == "*"
    return name in _list(wanted.get(kind, [])) or "*" in _list(wanted.get("AWS", []))


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
