"""Find the IAM policy documents in the inputs of resources, and the problems that IAM would find in them."""

import json
import re
from collections.abc import Iterator
from typing import Any

from local.program.program import Program
from tests.support.service_models import is_action

INPUTS = ("policy", "assumeRolePolicy")
"""The names of the inputs that contain policy documents."""
IDENTITY_POLICY = "aws:iam/rolePolicy:RolePolicy"
TRUST_POLICY = "aws:iam/role:Role"
OPERATORS = {"StringEquals", "StringLike", "ArnEquals", "ArnLike", "Bool"}

_ARN = re.compile(r"arn:aws:(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):(?P<account>\d{12}|aws|):(?P<name>\S+)")
_WITHOUT_REGION = {"s3", "iam", "cloudfront", "budgets", "route53"}
_WITHOUT_ACCOUNT = {"s3"}


def statements(program: Program) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield each statement of every document, with the name and the type of its resource."""
    for resource in program.resources:
        for name in INPUTS:
            text = resource.inputs.get(name)
            if isinstance(text, str):
                for statement in json.loads(text)["Statement"]:
                    yield resource.name, resource.type, statement


def as_list(value: Any) -> list[Any]:
    """Return the list itself, or a list with the single value: IAM accepts both forms."""
    return value if isinstance(value, list) else [value]


def find_problems(type_: str, text: str) -> list[str]:
    """Return the problems of the policy document of a resource of this type: IAM would refuse or misread it."""
    document = json.loads(text)
    problems = [] if document.get("Version") == "2012-10-17" else ["the version is not 2012-10-17"]
    sids = [statement["Sid"] for statement in document["Statement"] if "Sid" in statement]
    if len(set(sids)) < len(sids) or any(not re.fullmatch(r"[A-Za-z0-9]+", sid) for sid in sids):
        problems.append(f"the Sids {sids} are not distinct and alphanumeric")
    for statement in document["Statement"]:
        problems += _statement_problems(type_, statement)
    return problems


def _statement_problems(type_: str, statement: dict[str, Any]) -> Iterator[str]:
    required = {"Effect", "Action"} | ({"Resource"} if type_ != TRUST_POLICY else set())
    required |= {"Principal"} if type_ != IDENTITY_POLICY else set()
    if not required <= statement.keys() <= required | {"Sid", "Condition"}:
        yield f"the elements are {sorted(statement)}, but {sorted(required)} are required"
    if statement["Effect"] not in ("Allow", "Deny"):
        yield f"{statement['Effect']} is not an effect"
    for action in as_list(statement["Action"]):
        if not is_action(action) and not (statement["Effect"] == "Deny" and re.fullmatch(r"\w+:\*", action)):
            yield f"{action} is not an action"
    for arn in as_list(statement.get("Resource", [])):
        if arn != "*":
            yield from arn_problems(arn)
    for operator, keys in statement.get("Condition", {}).items():
        if operator not in OPERATORS or not keys or any(not re.fullmatch(r"\w+:[\w-]+", key) for key in keys):
            yield f"{operator} {keys} is not a condition"


def arn_problems(arn: str) -> list[str]:
    """Return the reason why the text is not a complete ARN, or an empty list."""
    match = _ARN.fullmatch(arn)
    if not match:
        return [f"{arn} is not an ARN"]
    if bool(match["region"]) == (match["service"] in _WITHOUT_REGION):
        return [f"{arn} has a Region although ARNs of its service have none, or lacks its Region"]
    if not match["account"] and match["service"] not in _WITHOUT_ACCOUNT:
        return [f"{arn} lacks its account"]
    return []
