"""docs/deployer-policy.json permits the actions that a deployer needs, in a form that IAM accepts."""

import json
import re
from typing import Any

from tests.support.policy_documents import as_list
from tests.support.recorded_programs import KNOWN, program
from tests.support.served_stack import ROOT
from tests.support.service_models import service_model

TEXT = (ROOT / "docs" / "deployer-policy.json").read_text()
STATEMENTS: list[dict[str, Any]] = json.loads(TEXT)["Statement"]
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
    "s3:GetReplicationConfiguration",
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
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
    prefixes = {"cloudwatch": "logs"}

    assert {prefixes.get(name, name) for name in services} <= {action.partition(":")[0] for action in ACTIONS}


def test_deployer_can_neither_read_nor_decrypt_images() -> None:
    read_actions = ("s3:GetObject", "s3:Get*", "s3:*", "kms:Decrypt", "kms:*", "kms:CreateGrant")

    assert set(ACTIONS) & set(read_actions) == set()


def test_resources_are_named_where_iam_supports_it() -> None:
    unrestricted = [statement["Sid"] for statement in STATEMENTS if statement["Resource"] == "*"]
    assert unrestricted == ["Lists"]

    for statement in STATEMENTS:
        for arn in as_list(statement["Resource"]):
            assert (
                arn == "*"
                or "ACCOUNT" in arn
                or arn.startswith(("arn:aws:s3:::edge-image-resizer-", "arn:aws:route53:::"))
                or "/managedruleset/" in arn
            )


def test_document_fits_into_one_managed_policy() -> None:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    assert len(re.sub(r"\s", "", TEXT)) <= 6144
