"""The policies of the image buckets, the queues and the functions allow only the necessary actions."""

from infra.iam import policies
from tests.support.recorded_programs import policy_statements, program

BUCKET = "arn:aws:s3:::originals-1a2b3c4"
OBJECTS = f"{BUCKET}/*"
STORED = "arn:aws:s3:::renditions-1a2b3c4/.renditions/*"
DISTRIBUTION = "arn:aws:cloudfront::123456789012:distribution/E2QWRUHAPOMQZL"
LOG = "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/us-east-1.edge-function-1a2b3c4:*"


def test_bucket_policy_allows_one_distribution_to_read_and_nothing_else() -> None:
    document = policies.bucket_policy(bucket=BUCKET, objects=OBJECTS, distribution=DISTRIBUTION)
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
    document = policies.bucket_policy(bucket=BUCKET, objects=OBJECTS, distribution=DISTRIBUTION)
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
        policies.bucket_policy(bucket=BUCKET, objects=OBJECTS, distribution=DISTRIBUTION),
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
        ("cloudfront:CreateInvalidation", outputs["distribution_id"]),
        (["logs:CreateLogStream", "logs:PutLogEvents"], "*"),
    ]


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
