"""The IAM documents among a resource's inputs, and what is wrong with their form."""

import json
import re
from collections.abc import Iterator
from typing import Any

from local.program.program import Program
from tests.support.service_models import is_action

NAMES = ("policy", "assumeRolePolicy")
IDENTITY = "aws:iam/rolePolicy:RolePolicy"
TRUST = "aws:iam/role:Role"
OPERATORS = {"StringEquals", "StringLike", "ArnEquals", "ArnLike", "Bool"}

_ARN = re.compile(r"arn:aws:(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):(?P<account>\d{12}|):(?P<name>\S+)")
_WITHOUT_REGION = {"s3", "iam", "cloudfront", "budgets", "route53"}
_WITHOUT_ACCOUNT = {"s3"}


def statements(program: Program) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Of every document: the resource, its type, and each statement."""
    for resource in program.resources:
        for name in NAMES:
            text = resource.inputs.get(name)
            if isinstance(text, str):
                for statement in json.loads(text)["Statement"]:
                    yield resource.name, resource.type, statement


def many(value: Any) -> list[Any]:
    """A list, whether one was written or a single thing."""
    return value if isinstance(value, list) else [value]


def problems(type_: str, text: str) -> list[str]:
    """What IAM would refuse, or would not understand as it is meant."""
    document = json.loads(text)
    found = [] if document.get("Version") == "2012-10-17" else ["the version is not 2012-10-17"]
    sids = [statement["Sid"] for statement in document["Statement"] if "Sid" in statement]
    if len(set(sids)) < len(sids) or any(not re.fullmatch(r"[A-Za-z0-9]+", sid) for sid in sids):
        found.append(f"{sids} are not different words")
    for statement in document["Statement"]:
        found += _of_statement(type_, statement)
    return found


def _of_statement(type_: str, statement: dict[str, Any]) -> Iterator[str]:
    wanted = {"Effect", "Action"} | ({"Resource"} if type_ != TRUST else set())
    wanted |= {"Principal"} if type_ != IDENTITY else set()
    if not wanted <= statement.keys() <= wanted | {"Sid", "Condition"}:
        yield f"{sorted(statement)} are not {sorted(wanted)}"
    if statement["Effect"] not in ("Allow", "Deny"):
        yield f"{statement['Effect']} is no effect"
    for action in many(statement["Action"]):
        if not is_action(action) and not (statement["Effect"] == "Deny" and re.fullmatch(r"\w+:\*", action)):
            yield f"{action} is no action"
    for arn in many(statement.get("Resource", [])):
        if arn != "*":
            yield from bad_arn(arn)
    for operator, keys in statement.get("Condition", {}).items():
        if operator not in OPERATORS or not keys or any(not re.fullmatch(r"\w+:[\w-]+", key) for key in keys):
            yield f"{operator} {keys} is no condition"


def bad_arn(arn: str) -> list[str]:
    """What cannot be the ARN of anything that this program names."""
    match = _ARN.fullmatch(arn)
    if not match:
        return [f"{arn} is not an ARN"]
    if bool(match["region"]) == (match["service"] in _WITHOUT_REGION):
        return [f"{arn} has a Region where none belongs, or none"]
    if not match["account"] and match["service"] not in _WITHOUT_ACCOUNT:
        return [f"{arn} has no account"]
    return []
