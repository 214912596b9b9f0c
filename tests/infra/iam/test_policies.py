"""The policies of the image buckets, the queues and the functions allow only the necessary actions."""

import json

import pytest

from infra.iam import policies
from local.aws.iam import is_allowed
from tests.support.recorded_programs import policy_statements, program

BUCKET = "arn:aws:s3:::originals-1a2b3c4"
OBJECTS = f"{BUCKET}/*"
STORED = "arn:aws:s3:::renditions-1a2b3c4/.renditions/*"
DISTRIBUTION = "arn:aws:cloudfront::123456789012:distribution/E2QWRUHAPOMQZL"
LOG = "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/us-east-1.edge-function-1a2b3c4:*"


def test_bucket_policy_allows_one_distribution_to_read_and_nothing_else() -> None:
    document = policies.bucket_policy(
        bucket=BUCKET, objects=OBJECTS, readable_objects=OBJECTS, distribution=DISTRIBUTION
    )
    allow_statements = [statement for statement in document["Statement"] if statement["Effect"] == "Allow"]

    assert allow_statements == [
        {
            "Sid": "AllowCloudFrontRead",
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject",
            "Resource": OBJECTS,
            "Condition": {"StringEquals": {"AWS:SourceArn": DISTRIBUTION}},
        }
    ]


def test_bucket_policy_denies_everything_without_tls() -> None:
    document = policies.bucket_policy(
        bucket=BUCKET, objects=OBJECTS, readable_objects=OBJECTS, distribution=DISTRIBUTION
    )
    deny_statements = [statement for statement in document["Statement"] if statement["Effect"] == "Deny"]

    assert deny_statements == [
        {
            "Sid": "DenyInsecureTransport",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [BUCKET, OBJECTS],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]


def test_edge_role_may_read_originals_store_renditions_and_write_its_log() -> None:
    document = policies.edge_role_policy(originals=OBJECTS, renditions=STORED, log_streams=[LOG])
    permissions = [
        (statement["Effect"], statement["Action"], statement["Resource"]) for statement in document["Statement"]
    ]

    assert permissions == [
        ("Allow", "s3:GetObject", OBJECTS),
        ("Allow", "s3:PutObject", STORED),
        ("Allow", ["logs:CreateLogStream", "logs:PutLogEvents"], [LOG]),
    ]


def test_edge_function_is_run_by_lambda_and_by_lambda_at_edge() -> None:
    (statement,) = policies.edge_trust_policy()["Statement"]

    assert statement["Principal"] == {"Service": ["edgelambda.amazonaws.com", "lambda.amazonaws.com"]}
    assert statement["Action"] == "sts:AssumeRole"


def test_documents_have_the_version_that_supports_conditions_and_variables() -> None:
    documents = [
        policies.bucket_policy(bucket=BUCKET, objects=OBJECTS, readable_objects=OBJECTS, distribution=DISTRIBUTION),
        policies.edge_role_policy(originals=OBJECTS, renditions=STORED, log_streams=[LOG]),
        policies.edge_trust_policy(),
    ]

    assert {"2012-10-17"} == {document["Version"] for document in documents}


def test_refresh_role_may_use_its_queue_list_versions_invalidate_and_log() -> None:
    statements = policy_statements("dev", "aws:iam/rolePolicy:RolePolicy", "refresh-function")
    outputs = program("dev").outputs

    permissions = [
        (statement["Action"], statement["Resource"].rpartition(":")[2].rpartition("/")[2]) for statement in statements
    ]
    assert permissions == [
        (
            ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:SendMessage"],
            outputs["refresh_queue_url"].rpartition("/")[2],
        ),
        ("s3:ListBucketVersions", outputs["originals_bucket"]),
        ("s3:ListBucket", outputs["renditions_bucket"]),
        ("s3:DeleteObject", "*"),
        (["s3:GetObject", "s3:PutObject"], "*"),
        ("cloudfront:CreateInvalidation", outputs["distribution_id"]),
        (["logs:CreateLogStream", "logs:PutLogEvents"], "*"),
    ]


@pytest.mark.parametrize(
    ("action", "resource", "prefix", "expected"),
    [
        ("s3:ListBucket", "", ".renditions/0123/", True),
        ("s3:ListBucket", "", "", False),
        ("s3:ListBucket", "", ".versions/", False),
        ("s3:DeleteObject", "/.renditions/0123/a-b.png", "", True),
        ("s3:DeleteObject", "/.versions/0123", "", False),
        ("s3:GetObject", "/.versions/0123", "", True),
        ("s3:GetObject", "/.renditions/0123/a-b.png", "", False),
        ("s3:PutObject", "/.versions/0123", "", True),
        ("s3:PutObject", "/.renditions/0123/a-b.png", "", False),
    ],
)
def test_refresh_role_deletes_stored_renditions_and_keeps_records(
    action: str, resource: str, prefix: str, expected: bool
) -> None:
    """The role cannot read or replace a rendition, and cannot list or remove a record."""
    renditions = f"arn:aws:s3:::{program('dev').outputs['renditions_bucket']}"
    (policy,) = (
        resource.inputs["policy"]
        for resource in program("dev").of("aws:iam/rolePolicy:RolePolicy")
        if resource.name == "refresh-function"
    )

    allowed = is_allowed(
        policy,
        principal=("AWS", "role"),
        action=action,
        resource=renditions + resource,
        context={"s3:prefix": prefix},
    )
    assert allowed is expected


def test_distribution_may_read_only_the_stored_renditions_of_their_bucket() -> None:
    """The same bucket has the records of the refresh function."""
    statements = policy_statements("dev", "aws:s3/bucketPolicy:BucketPolicy", "origin-access-renditions")
    (resource,) = (statement["Resource"] for statement in statements if statement["Effect"] == "Allow")

    assert resource == f"arn:aws:s3:::{program('dev').outputs['renditions_bucket']}/.renditions/*"


def test_dead_letter_queue_accepts_messages_of_the_upload_queue_only() -> None:
    (policy,) = program("dev").of("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy")
    outputs = program("dev").outputs
    upload_queue = program("dev").find("aws:sqs/queue:Queue", "id", outputs["refresh_queue_url"])

    assert policy.inputs["queueUrl"] == outputs["dead_letters_queue_url"]
    assert json.loads(policy.inputs["redriveAllowPolicy"]) == {
        "redrivePermission": "byQueue",
        "sourceQueueArns": [upload_queue.outputs["arn"]],
    }


def test_upload_queue_accepts_messages_from_the_originals_bucket_only() -> None:
    statements = policy_statements("dev", "aws:sqs/queuePolicy:QueuePolicy", "upload-queue")
    (allow_statement,) = (statement for statement in statements if statement["Effect"] == "Allow")

    assert (allow_statement["Principal"], allow_statement["Action"]) == (
        {"Service": "s3.amazonaws.com"},
        "sqs:SendMessage",
    )
    assert allow_statement["Condition"]["ArnLike"] == {
        "aws:SourceArn": f"arn:aws:s3:::{program('dev').outputs['originals_bucket']}"
    }
