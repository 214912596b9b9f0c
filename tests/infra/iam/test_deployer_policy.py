"""docs/deployer-policy-*.json permit the actions that a deployer needs, in a form that IAM accepts."""

import json
import re
from fnmatch import fnmatchcase
from typing import Any

import pytest

from tests.infra.iam.service_authorization import (
    ACCOUNT,
    HOSTED_ZONE,
    RESOURCE_TYPES,
    WITHOUT_RESOURCE_TYPE,
    ResourceType,
)
from tests.support.policy_documents import as_list
from tests.support.recorded_programs import KNOWN, program
from tests.support.served_stack import ROOT
from tests.support.service_models import service_model

TEXTS = {path.stem: path.read_text() for path in sorted((ROOT / "docs").glob("deployer-policy-*.json"))}
FILLED_IN = {name: text.replace("ACCOUNT", ACCOUNT).replace("HOSTEDZONE", HOSTED_ZONE) for name, text in TEXTS.items()}
STATEMENTS: list[dict[str, Any]] = [
    statement for text in FILLED_IN.values() for statement in json.loads(text)["Statement"]
]
ACTIONS = [action for statement in STATEMENTS for action in as_list(statement["Action"])]

# The actions whose names are not names of API operations.
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
SPECIAL_ACTIONS = {
    "budgets:ModifyBudget",
    "budgets:ViewBudget",
    "cloudfront:AllowVendedLogDeliveryForResource",
    "iam:PassRole",
    "lambda:DisableReplication*",
    "lambda:EnableReplication*",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "s3:DeleteObjectVersion",
    "s3:GetAccelerateConfiguration",
    "s3:GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:GetMetricsConfiguration",
    "s3:GetReplicationConfiguration",
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:PutMetricsConfiguration",
    "s3:ListTagsForResource",
    "s3:TagResource",
    "s3:UntagResource",
}


def test_actions_exist_in_their_services() -> None:
    def is_known(action: str) -> bool:
        prefix, _, name = action.partition(":")
        pattern = re.compile(name.replace("*", r"\w*"))
        return action in SPECIAL_ACTIONS or any(
            pattern.fullmatch(operation) for operation in service_model(prefix).operation_names
        )

    assert [action for action in ACTIONS if not is_known(action)] == []


def test_services_of_every_stack_are_covered() -> None:
    services = {resource.type.split(":")[1].split("/")[0] for name in KNOWN for resource in program(name).resources}

    assert services | {"logs"} <= {action.partition(":")[0] for action in ACTIONS}


def test_deployer_can_neither_read_nor_decrypt_images() -> None:
    read_actions = ("s3:GetObject", "s3:Get*", "s3:*", "kms:Decrypt", "kms:*", "kms:CreateGrant")

    assert set(ACTIONS) & set(read_actions) == set()


def is_allowed(action: str, arn: str) -> bool:
    """Return whether a statement allows the action, which may contain a wildcard, on the resource."""
    return any(
        action in as_list(statement["Action"])
        and any(fnmatchcase(arn, pattern) for pattern in as_list(statement["Resource"]))
        for statement in STATEMENTS
    )


def test_actions_are_those_of_the_authorization_reference() -> None:
    supported = {action for resource_type in RESOURCE_TYPES for action in resource_type.action_names()}

    assert set(ACTIONS) == supported | WITHOUT_RESOURCE_TYPE


def test_actions_without_resource_type_have_all_resources() -> None:
    unrestricted = [statement for statement in STATEMENTS if statement["Resource"] == "*"]

    assert {statement["Sid"] for statement in unrestricted} == {"ActionsWithoutResourceType"}
    assert {action for statement in unrestricted for action in statement["Action"]} == WITHOUT_RESOURCE_TYPE


@pytest.mark.parametrize("resource_type", RESOURCE_TYPES, ids=lambda item: item.arn.partition(":aws:")[2])
def test_each_resource_of_a_stack_is_covered_by_its_actions(resource_type: ResourceType) -> None:
    assert [name for name in resource_type.action_names() if not is_allowed(name, resource_type.arn)] == []


@pytest.mark.parametrize("resource_type", [item for item in RESOURCE_TYPES if "edge-image-resizer" in item.arn])
def test_resource_of_another_project_is_not_covered(resource_type: ResourceType) -> None:
    other = resource_type.arn.replace("edge-image-resizer", "another-project")
    # A statement about every resource of CloudFront contains these actions, because a distribution has no name.
    common = {"cloudfront:Get*", "cloudfront:ListTagsForResource", "cloudfront:TagResource", "cloudfront:UntagResource"}

    assert {name for name in resource_type.action_names() if is_allowed(name, other)} <= common


def test_names_of_statements_are_distinct_within_a_document() -> None:
    for text in TEXTS.values():
        names = [statement["Sid"] for statement in json.loads(text)["Statement"]]
        assert len(names) == len(set(names))
        assert all(re.fullmatch(r"[A-Za-z0-9]+", name) for name in names)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("project", ["edge-image-resizer", "a-project-with-a-name-of-forty-characters"])
def test_document_with_real_values_fits_into_a_managed_policy(name: str, project: str) -> None:
    """IAM does not count white space: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html."""
    text = FILLED_IN[name].replace("edge-image-resizer", project)

    assert "ACCOUNT" not in text
    assert "HOSTEDZONE" not in text
    assert len(re.sub(r"\s", "", text)) <= 6144
