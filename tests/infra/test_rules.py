"""Every stack and every variant follows every rule, and a program that breaks a rule is detected."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from local.program.program import Program, Resource
from local.program.recorder import record
from tests.infra.rules import RULES
from tests.support.edits import REMOVED, edited_input, edited_program, edited_statement
from tests.support.recorded_programs import KNOWN, program
from tests.support.served_stack import ROOT

Break = Callable[[Program], Program]
"""A function that returns a copy of a program, in which one part breaks a rule."""


def with_input(type_: str, name: str, path: str, value: Any) -> Break:
    return lambda program: edited_program(program, edited_input(type_, name, path, value))


def with_statement(type_: str, name: str, sid: str, element: str, value: Any) -> Break:
    return lambda program: edited_program(program, edited_statement(type_, name, sid, element, value))


def with_option(type_: str, name: str, option: str) -> Break:
    """Return a break that clears an option of a resource: `protect` or `retain`."""

    def clear(program: Program) -> Program:
        copy = deepcopy(program)
        (index,) = (
            index for index, item in enumerate(copy.resources) if (item.type, item.name) == (f"aws:{type_}", name)
        )
        assert getattr(copy.resources[index], option), f"{type_} {name} does not have the option {option}"
        copy.resources[index] = replace(copy.resources[index], **{option: False})
        return copy

    return clear


def with_unencrypted_queue(program: Program) -> Program:
    copy = deepcopy(program)
    outputs = {"arn": "arn:aws:sqs:eu-central-1:123456789012:unencrypted"}
    copy.resources.append(Resource(type="aws:sqs/queue:Queue", name="unencrypted", id="u", inputs={}, outputs=outputs))
    return copy


def without_protection(program: Program) -> Program:
    return record(ROOT, program.stack, overrides={"bundleTarget": "host", "protect": "false"})


BREAKS: dict[str, Break] = {
    "no statement allows a wildcard action": with_statement(
        "iam/rolePolicy", "edge-function", "StoreRenditions", "Action", "s3:Put*"
    ),
    "no statement allows an action to every principal": with_statement(
        "s3/bucketPolicy", "origin-access-originals", "AllowCloudFrontRead", "Principal", {"AWS": "*"}
    ),
    "a service is permitted only for this account, or for one of its resources": with_statement(
        "s3/bucketPolicy", "origin-access-originals", "AllowCloudFrontRead", "Condition", {}
    ),
    "no role may act on every resource": with_statement(
        "iam/rolePolicy", "edge-function", "ReadOriginals", "Resource", "*"
    ),
    "only the distribution, the edge function and uploaders may decrypt with the key of the images": with_statement(
        "kms/keyPolicy", "origin-access", "AllowUploadEncryption", "Action", ["kms:GenerateDataKey", "kms:Decrypt"]
    ),
    "only alarms, budgets and publishers of this account may use the key of a topic": with_statement(
        "kms/key", "alerts-us-east-1", "AllowPublishersUse", "Condition", {}
    ),
    "every bucket blocks public access": with_input(
        "s3/bucketPublicAccessBlock", "originals", "restrictPublicBuckets", False
    ),
    "the account owns every object of every bucket, without ACLs": with_input(
        "s3/bucketOwnershipControls", "originals", "rule.objectOwnership", "BucketOwnerPreferred"
    ),
    "every bucket requires TLS": with_statement(
        "s3/bucketPolicy",
        "origin-access-renditions",
        "DenyInsecureTransport",
        "Condition",
        {"Bool": {"aws:SecureTransport": "true"}},
    ),
    "every bucket encrypts its objects, and uses a bucket key with a KMS key": with_input(
        "s3/bucketServerSideEncryptionConfiguration", "origin-access-originals", "rules.0.bucketKeyEnabled", False
    ),
    "every bucket aborts incomplete uploads": with_input(
        "s3/bucketLifecycleConfiguration", "originals", "rules.0.abortIncompleteMultipartUpload", REMOVED
    ),
    "originals are versioned, and old versions expire": with_input(
        "s3/bucketLifecycleConfiguration", "originals", "rules.0.noncurrentVersionExpiration", REMOVED
    ),
    "a protected stack protects its originals, its key and its logs": with_option(
        "kms/key:Key", "encryption-key", "protect"
    ),
    "prod is protected": without_protection,
    "every key rotates, and `pulumi destroy` leaves the key of the images and its policy": with_option(
        "kms/keyPolicy:KeyPolicy", "origin-access", "retain"
    ),
    "every log group expires": with_input("cloudwatch/logGroup", "firewall", "retentionInDays", REMOVED),
    "every queue is encrypted, and has a dead-letter queue or is a dead-letter queue": with_unencrypted_queue,
    "only the resources that CloudFront requires in us-east-1 are in us-east-1": with_input(
        "wafv2/webAcl", "firewall", "region", REMOVED
    ),
    "viewers are redirected to HTTPS, and a domain of the stack requires TLSv1.2_2021 or newer": with_input(
        "cloudfront/distribution", "distribution", "defaultCacheBehavior.viewerProtocolPolicy", "allow-all"
    ),
    "a response headers policy removes at most 10 headers, a limit that AWS does not document": with_input(
        "cloudfront/responseHeadersPolicy",
        "distribution-response-headers",
        "removeHeadersConfig.items",
        lambda items: [*items, *items][:11],
    ),
    "the metrics of a firewall have the name of the project and the stack": with_input(
        "wafv2/webAcl", "firewall", "visibilityConfig.metricName", "all"
    ),
    "every origin is private: CloudFront signs its requests": with_input(
        "cloudfront/distribution", "distribution", "origins.1.originAccessControlId", REMOVED
    ),
    "an edge function has no environment variables, and `pulumi destroy` leaves all its versions": with_option(
        "lambda/function:Function", "edge-function", "retain"
    ),
    "a queue has a visibility timeout of six function timeouts, five receives, and partial batch failures": with_input(
        "sqs/queue", "upload-queue", "visibilityTimeoutSeconds", lambda seconds: seconds - 1
    ),
    "no access log identifies viewers": with_input("cloudwatch/logDelivery", "access-logs", "recordFields.0", "c-ip"),
    "neither the samples nor the log of the firewall contain credentials of viewers": with_input(
        "wafv2/webAcl",
        "firewall",
        "dataProtectionConfig.dataProtections",
        lambda protections: [item for item in protections if "authorization" not in str(item)],
    ),
    "no input contains a secret in plain text": with_input(
        "sns/topic", "routine-us-east-1", "displayName", "AKIAIOSFODNN7EXAMPLE"
    ),
    "every resource that supports tags has the tags of its owner and its stack": with_input(
        "kms/key", "encryption-key", "tags", REMOVED
    ),
}


@pytest.mark.parametrize("sentence", RULES)
def test_rule_holds_for_every_program(sentence: str) -> None:
    offenders = {name: list(RULES[sentence](program(name))) for name in KNOWN}

    assert {name: resources for name, resources in offenders.items() if resources} == {}


@pytest.mark.parametrize("sentence", BREAKS)
def test_rule_when_broken_names_a_resource(sentence: str) -> None:
    assert list(RULES[sentence](BREAKS[sentence](program("prod"))))


def test_every_rule_is_broken_by_one_program() -> None:
    assert BREAKS.keys() == RULES.keys()
