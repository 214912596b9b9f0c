"""Every rule holds for every stack and every odd configuration, and bites where a program breaks it."""

from pathlib import Path

import pytest

from local.program.recorder import record
from tests.infra.rules import RULES
from tests.support.recorded_programs import KNOWN, program
from tests.support.served_stack import broken_program

QUEUE = 'access_logs = AccessLogs("access-logs"'
NAKED_QUEUE = f'import pulumi_aws as aws; aws.sqs.Queue("naked")\n{QUEUE}'

BROKEN: dict[str, tuple[str, str, str]] = {
    "no statement allows a wildcard action": (
        "infra/iam/policies.py",
        '"Action": "s3:PutObject", "Resource": renditions',
        '"Action": "s3:Put*", "Resource": renditions',
    ),
    "no statement allows something to everybody": (
        "infra/iam/policies.py",
        '"Principal": {"Service": "cloudfront.amazonaws.com"}',
        '"Principal": {"AWS": "*"}',
    ),
    "a service is let in only for this account, or for one resource of it": (
        "infra/iam/policies.py",
        '"Condition": {"StringEquals": {"AWS:SourceArn": distribution}}',
        '"Condition": {}',
    ),
    "no role may do something to everything": (
        "infra/iam/policies.py",
        '"Action": "s3:GetObject", "Resource": originals',
        '"Action": "s3:GetObject", "Resource": "*"',
    ),
    "only the distribution, the edge function and uploaders may decrypt with the key": (
        "infra/storage/encryption_key_policy.py",
        '"EncryptUploads", root, ["kms:GenerateDataKey"]',
        '"EncryptUploads", root, ["kms:GenerateDataKey", "kms:Decrypt"]',
    ),
    "every bucket blocks public access": (
        "infra/storage/private_bucket.py",
        "restrict_public_buckets=True",
        "restrict_public_buckets=False",
    ),
    "every bucket belongs to its owner, without ACLs": (
        "infra/storage/private_bucket.py",
        '"BucketOwnerEnforced"',
        '"BucketOwnerPreferred"',
    ),
    "every bucket demands TLS": (
        "infra/iam/documents.py",
        '"Bool": {"aws:SecureTransport": "false"}',
        '"Bool": {"aws:SecureTransport": "true"}',
    ),
    "every bucket encrypts, under a key only with a bucket key": (
        "infra/storage/private_bucket.py",
        "key is not None and key.arn is not None",
        "False",
    ),
    "every bucket gives up uploads that were never finished": (
        "infra/storage/originals.py",
        '"abort_incomplete_multipart_upload": {"days_after_initiation": 7},',
        "",
    ),
    "originals are versioned, and old versions expire": (
        "infra/storage/originals.py",
        '"noncurrent_version_expiration": {"noncurrent_days": config.version_days},',
        "",
    ),
    "a stack that is protected keeps its originals, its key and its logs": (
        "infra/storage/encryption_key.py",
        "protect=config.protect",
        "protect=False",
    ),
    "prod is protected": ("Pulumi.prod.yaml", "config:", "config:\n  edge-image-resizer:protect: false"),
    "every key turns, and outlives its stack with its policy": (
        "infra/delivery/origin_access.py",
        ", retain_on_delete=True",
        "",
    ),
    "every log group expires": ("infra/delivery/firewall.py", "retention_in_days=config.log_retention,", ""),
    "every queue is encrypted and has a dead-letter queue, or is one": ("__main__.py", QUEUE, NAKED_QUEUE),
    "what CloudFront demands in us-east-1 is there, and only that": (
        "infra/delivery/firewall.py",
        'name,\n                region="us-east-1",\n                scope',
        "name,\n                scope",
    ),
    "viewers are led to HTTPS, with TLS 1.2 of 2021 or newer under a certificate of one's own": (
        "infra/delivery/distribution.py",
        '"redirect-to-https"',
        '"allow-all"',
    ),
    "every origin is private: CloudFront signs what it asks": (
        "infra/delivery/distribution.py",
        '"origin_access_control_id": access_control.id,',
        "",
    ),
    "an edge function has no environment, and survives the stack with every version": (
        "infra/delivery/edge_function.py",
        ", retain_on_delete=True",
        "",
    ),
    "a message is hidden for six times as long as its function may take, tried five times, and fails alone": (
        "infra/uploads/upload_queue.py",
        "6 * timeout",
        "5 * timeout",
    ),
    "no access log says who it was": ("infra/observability/access_logs.py", '"c-country"', '"c-ip"'),
    "neither samples nor the log of the firewall show how a viewer is logged in": (
        "infra/delivery/firewall.py",
        '["authorization", "cookie"]',
        '["authorization"]',
    ),
    "nothing holds a secret in plain text": (
        "infra/observability/alert_topic.py",
        'name, region="us-east-1", tags=',
        'name, display_name="AKIAIOSFODNN7EXAMPLE", region="us-east-1", tags=',
    ),
    "all that can be tagged says whose it is and which stack made it": (
        "infra/storage/encryption_key.py",
        "tags=resource_tags(config),",
        "",
    ),
}


@pytest.mark.parametrize("sentence", RULES)
def test_a_rule_holds_for_every_program(sentence: str) -> None:
    offenders = {name: list(RULES[sentence](program(name))) for name in KNOWN}

    assert {name: found for name, found in offenders.items() if found} == {}


@pytest.mark.parametrize("sentence", BROKEN)
def test_a_rule_bites(tmp_path: Path, sentence: str) -> None:
    root = broken_program(tmp_path, *BROKEN[sentence])

    assert list(RULES[sentence](record(root, "prod", overrides={"bundleTarget": "host"})))


def test_every_rule_is_shown_to_bite() -> None:
    assert BROKEN.keys() == RULES.keys()
