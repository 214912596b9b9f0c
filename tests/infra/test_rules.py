"""Every stack and every variant follows every rule, and a program that breaks a rule is detected."""

from pathlib import Path

import pytest

from local.program.recorder import record
from tests.infra.rules import RULES
from tests.support.recorded_programs import KNOWN, program
from tests.support.served_stack import broken_program

EXPORTS = "for name, value in resizer.outputs.items():"
UNENCRYPTED_QUEUE = f'import pulumi_aws as aws; aws.sqs.Queue("unencrypted")\n{EXPORTS}'

BREAKS: dict[str, tuple[str, str, str]] = {
    "no statement allows a wildcard action": (
        "infra/iam/policies.py",
        '"Action": "s3:PutObject", "Resource": renditions',
        '"Action": "s3:Put*", "Resource": renditions',
    ),
    "no statement allows an action to every principal": (
        "infra/iam/policies.py",
        '"Principal": {"Service": "cloudfront.amazonaws.com"}',
        '"Principal": {"AWS": "*"}',
    ),
    "a service is permitted only for this account, or for one of its resources": (
        "infra/iam/policies.py",
        '"Condition": {"StringEquals": {"AWS:SourceArn": distribution}}',
        '"Condition": {}',
    ),
    "no role may act on every resource": (
        "infra/iam/policies.py",
        '"Action": "s3:GetObject", "Resource": originals',
        '"Action": "s3:GetObject", "Resource": "*"',
    ),
    "only the distribution, the edge function and uploaders may decrypt with the key": (
        "infra/storage/encryption_key_policy.py",
        '"AllowUploadEncryption", root, ["kms:GenerateDataKey"]',
        '"AllowUploadEncryption", root, ["kms:GenerateDataKey", "kms:Decrypt"]',
    ),
    "every bucket blocks public access": (
        "infra/storage/private_bucket.py",
        "restrict_public_buckets=True",
        "restrict_public_buckets=False",
    ),
    "the account owns every object of every bucket, without ACLs": (
        "infra/storage/private_bucket.py",
        '"BucketOwnerEnforced"',
        '"BucketOwnerPreferred"',
    ),
    "every bucket requires TLS": (
        "infra/iam/documents.py",
        '"Bool": {"aws:SecureTransport": "false"}',
        '"Bool": {"aws:SecureTransport": "true"}',
    ),
    "every bucket encrypts its objects, and uses a bucket key with a KMS key": (
        "infra/storage/private_bucket.py",
        '"bucket_key_enabled": key_arn is not None',
        '"bucket_key_enabled": False',
    ),
    "every bucket aborts incomplete uploads": (
        "infra/storage/originals.py",
        '"abort_incomplete_multipart_upload": {"days_after_initiation": 7},',
        "",
    ),
    "originals are versioned, and old versions expire": (
        "infra/storage/originals.py",
        '"noncurrent_version_expiration": {"noncurrent_days": config.version_days},',
        "",
    ),
    "a protected stack protects its originals, its key and its logs": (
        "infra/storage/encryption_key.py",
        "protect=config.protect",
        "protect=False",
    ),
    "prod is protected": ("Pulumi.prod.yaml", "config:", "config:\n  edge-image-resizer:protect: false"),
    "every key rotates, and `pulumi destroy` leaves the key and its policy": (
        "infra/delivery/origin_access.py",
        ", retain_on_delete=True",
        "",
    ),
    "every log group expires": ("infra/delivery/firewall.py", "retention_in_days=config.log_retention,", ""),
    "every queue is encrypted, and has a dead-letter queue or is a dead-letter queue": (
        "__main__.py",
        EXPORTS,
        UNENCRYPTED_QUEUE,
    ),
    "only the resources that CloudFront requires in us-east-1 are in us-east-1": (
        "infra/delivery/firewall.py",
        "name,\n            region=GLOBAL_REGION,\n            scope",
        "name,\n            scope",
    ),
    "viewers are redirected to HTTPS, and a domain of the stack requires TLSv1.2_2021 or newer": (
        "infra/delivery/distribution.py",
        '"redirect-to-https"',
        '"allow-all"',
    ),
    "a response headers policy removes at most 10 headers, a limit that AWS does not document": (
        "infra/delivery/response_headers.py",
        '    "x-amz-storage-class",\n',
        '    "x-amz-storage-class", "x-amz-restore",\n',
    ),
    "the metrics of a firewall have the name of the project and the stack": (
        "infra/delivery/firewall.py",
        'f"{pulumi.get_project()}-{pulumi.get_stack()}"),',
        '"all"),',
    ),
    "every origin is private: CloudFront signs its requests": (
        "infra/delivery/distribution.py",
        '"origin_access_control_id": access_control.id,',
        "",
    ),
    "an edge function has no environment variables, and `pulumi destroy` leaves all its versions": (
        "infra/delivery/edge_function.py",
        ", retain_on_delete=True",
        "",
    ),
    "a queue has a visibility timeout of six function timeouts, five receives, and partial batch failures": (
        "infra/uploads/upload_queue.py",
        "6 * consumer_timeout",
        "5 * consumer_timeout",
    ),
    "no access log identifies viewers": ("infra/observability/access_logs.py", '"c-country"', '"c-ip"'),
    "neither the samples nor the log of the firewall contain credentials of viewers": (
        "infra/delivery/firewall.py",
        '["authorization", "cookie"]',
        '["authorization"]',
    ),
    "no input contains a secret in plain text": (
        "infra/observability/alert_topic.py",
        "name, region=GLOBAL_REGION, tags=",
        'name, display_name="AKIAIOSFODNN7EXAMPLE", region=GLOBAL_REGION, tags=',
    ),
    "every resource that supports tags has the tags of its owner and its stack": (
        "infra/storage/encryption_key.py",
        "tags=resource_tags(config),",
        "",
    ),
}


@pytest.mark.parametrize("sentence", RULES)
def test_rule_holds_for_every_program(sentence: str) -> None:
    offenders = {name: list(RULES[sentence](program(name))) for name in KNOWN}

    assert {name: resources for name, resources in offenders.items() if resources} == {}


@pytest.mark.parametrize("sentence", BREAKS)
def test_rule_when_broken_names_a_resource(tmp_path: Path, sentence: str) -> None:
    root = broken_program(tmp_path, *BREAKS[sentence])

    assert list(RULES[sentence](record(root, "prod", overrides={"bundleTarget": "host"})))


def test_every_rule_is_broken_by_one_program() -> None:
    assert BREAKS.keys() == RULES.keys()
