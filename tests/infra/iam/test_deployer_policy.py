"""docs/deployer-policy.json: what a deployer has to be allowed, in a form that IAM takes."""

import json
import re
from typing import Any

from tests.support.policy_documents import many
from tests.support.recorded_programs import KNOWN, program
from tests.support.served_stack import ROOT
from tests.support.service_models import service

TEXT = (ROOT / "docs" / "deployer-policy.json").read_text()
STATEMENTS: list[dict[str, Any]] = json.loads(TEXT)["Statement"]
ACTIONS = [action for statement in STATEMENTS for action in many(statement["Action"])]

# IAM's names that are not those of operations.
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
OWN = {
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


def test_every_action_is_one_that_the_service_has() -> None:
    def is_known(action: str) -> bool:
        prefix, _, name = action.partition(":")
        pattern = re.compile(name.replace("*", r"\w*"))
        return action in OWN or any(pattern.fullmatch(each) for each in service(prefix).operation_names)

    assert [action for action in ACTIONS if not is_known(action)] == []


def test_every_service_that_a_stack_uses_is_there() -> None:
    services = {each.type.split(":")[1].split("/")[0] for name in KNOWN for each in program(name).resources}
    prefixes = {"cloudwatch": "logs"}

    assert {prefixes.get(name, name) for name in services} <= {action.partition(":")[0] for action in ACTIONS}


def test_a_deployer_cannot_read_a_picture_or_decrypt_one() -> None:
    reads = ("s3:GetObject", "s3:Get*", "s3:*", "kms:Decrypt", "kms:*", "kms:CreateGrant")

    assert set(ACTIONS) & set(reads) == set()


def test_what_can_be_named_is_named() -> None:
    everything = [statement["Sid"] for statement in STATEMENTS if statement["Resource"] == "*"]
    assert everything == ["Lists"]

    for statement in STATEMENTS:
        for arn in many(statement["Resource"]):
            assert (
                arn == "*"
                or "ACCOUNT" in arn
                or arn.startswith(("arn:aws:s3:::edge-image-resizer-", "arn:aws:route53:::"))
                or "/managedruleset/" in arn
            )


def test_it_fits_into_one_managed_policy() -> None:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    assert len(re.sub(r"\s", "", TEXT)) <= 6144
