import json
from typing import Any

from infra.iam import policies
from tests.support.recorded_programs import program

BUCKET = "arn:aws:s3:::originals-1a2b3c4"
OBJECTS = f"{BUCKET}/*"
STORED = "arn:aws:s3:::renditions-1a2b3c4/.renditions/*"
DISTRIBUTION = "arn:aws:cloudfront::123456789012:distribution/E2QWRUHAPOMQZL"
LOG = "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/us-east-1.edge-function-1a2b3c4:*"


def test_only_this_distribution_may_read_and_it_may_only_read() -> None:
    document = policies.served(bucket=BUCKET, objects=OBJECTS, distribution=DISTRIBUTION)
    allowed = [statement for statement in document["Statement"] if statement["Effect"] == "Allow"]

    assert allowed == [
        {
            "Sid": "TheDistributionReads",
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject",
            "Resource": OBJECTS,
            "Condition": {"StringEquals": {"AWS:SourceArn": DISTRIBUTION}},
        }
    ]


def test_nobody_may_do_anything_without_tls() -> None:
    document = policies.served(bucket=BUCKET, objects=OBJECTS, distribution=DISTRIBUTION)
    denied = [statement for statement in document["Statement"] if statement["Effect"] == "Deny"]

    assert denied == [
        {
            "Sid": "OnlyOverTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [BUCKET, OBJECTS],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]


def test_the_edge_function_may_read_originals_store_renditions_write_its_log_and_nothing_else() -> None:
    document = policies.edge_role(originals=OBJECTS, renditions=STORED, log_streams=[LOG])
    may = [(statement["Effect"], statement["Action"], statement["Resource"]) for statement in document["Statement"]]

    assert may == [
        ("Allow", "s3:GetObject", OBJECTS),
        ("Allow", "s3:PutObject", STORED),
        ("Allow", ["logs:CreateLogStream", "logs:PutLogEvents"], [LOG]),
    ]


def test_the_edge_function_is_run_by_lambda_and_by_its_replicator() -> None:
    (statement,) = policies.edge_trust()["Statement"]

    assert statement["Principal"] == {"Service": ["edgelambda.amazonaws.com", "lambda.amazonaws.com"]}
    assert statement["Action"] == "sts:AssumeRole"


def test_every_document_is_of_the_version_that_has_conditions_and_variables() -> None:
    documents = [
        policies.served(bucket=BUCKET, objects=OBJECTS, distribution=DISTRIBUTION),
        policies.edge_role(originals=OBJECTS, renditions=STORED, log_streams=[LOG]),
        policies.edge_trust(),
    ]

    assert {"2012-10-17"} == {document["Version"] for document in documents}


def of(name: str, type_: str, resource: str) -> list[dict[str, Any]]:
    """The statements of a recorded document, whose parts are known only once the stack is."""
    (found,) = (each for each in program(name).of(type_) if each.name == resource)
    return json.loads(found.inputs["policy"])["Statement"]


def test_exactly_the_distribution_and_the_edge_function_may_decrypt() -> None:
    statements = of("prod", "aws:kms/keyPolicy:KeyPolicy", "access")
    decrypt = [(each["Principal"], each["Condition"]) for each in statements if "kms:Decrypt" in each["Action"]]

    distribution = program("prod").of("aws:cloudfront/distribution:Distribution")[0].outputs["arn"]
    assert decrypt == [
        ({"Service": "cloudfront.amazonaws.com"}, {"StringEquals": {"AWS:SourceArn": distribution}}),
        (
            {"AWS": program("prod").outputs["edge_role_arn"]},
            {"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}},
        ),
    ]


def test_who_administers_the_key_can_neither_use_it_nor_lend_it() -> None:
    (administer,) = (
        each for each in of("prod", "aws:kms/keyPolicy:KeyPolicy", "access") if each["Sid"] == "Administer"
    )

    uses = ("Encrypt", "Decrypt", "GenerateDataKey", "ReEncrypt", "CreateGrant", "Sign", "DeriveSharedSecret")
    assert [action for action in administer["Action"] if any(use in action for use in uses)] == []
    # KMS refuses a policy under which whoever sets it could never change it again.
    assert "kms:PutKeyPolicy" in administer["Action"]


def test_whom_the_stack_names_may_upload_in_parts_and_only_through_s3() -> None:
    statement = of("uploads in parts", "aws:kms/keyPolicy:KeyPolicy", "access")[-1]

    assert statement["Principal"] == {"AWS": ["arn:aws:iam::123456789012:role/team/cms"]}
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert statement["Condition"] == {"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}}


def test_only_aws_may_write_logs_and_only_this_accounts() -> None:
    allowed = [
        (each["Principal"]["Service"], each["Action"], each["Resource"].partition("/")[2])
        for each in of("prod", "aws:s3/bucketPolicy:BucketPolicy", "access-logs")
        if each["Effect"] == "Allow" and each["Condition"]["StringEquals"]["aws:SourceAccount"] == "123456789012"
    ]

    assert allowed == [
        ("delivery.logs.amazonaws.com", "s3:PutObject", "cloudfront/*"),
        ("logging.s3.amazonaws.com", "s3:PutObject", "originals/*"),
        ("logging.s3.amazonaws.com", "s3:PutObject", "renditions/*"),
    ]


def test_only_this_accounts_budgets_may_call_people() -> None:
    (allowed,) = (each for each in of("dev", "aws:sns/topicPolicy:TopicPolicy", "alerts") if each["Effect"] == "Allow")

    assert (allowed["Principal"], allowed["Action"]) == ({"Service": "budgets.amazonaws.com"}, "sns:Publish")
    assert allowed["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:budgets::123456789012:*"},
    }


def test_the_refresh_function_may_serve_its_queue_see_versions_invalidate_and_log_and_nothing_else() -> None:
    statements = of("dev", "aws:iam/rolePolicy:RolePolicy", "refresh")
    outputs = program("dev").outputs

    assert [(each["Action"], each["Resource"].rpartition(":")[2].rpartition("/")[2]) for each in statements] == [
        (
            ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:SendMessage"],
            outputs["refresh_queue_url"].rpartition("/")[2],
        ),
        ("s3:ListBucketVersions", outputs["originals_bucket"]),
        ("cloudfront:CreateInvalidation", outputs["distribution_id"]),
        (["logs:CreateLogStream", "logs:PutLogEvents"], "*"),
    ]


def test_only_the_originals_bucket_may_write_to_the_queue() -> None:
    (allowed,) = (
        each for each in of("dev", "aws:sqs/queuePolicy:QueuePolicy", "refresh-uploads") if each["Effect"] == "Allow"
    )

    assert (allowed["Principal"], allowed["Action"]) == ({"Service": "s3.amazonaws.com"}, "sqs:SendMessage")
    assert allowed["Condition"]["ArnLike"] == {
        "aws:SourceArn": f"arn:aws:s3:::{program('dev').outputs['originals_bucket']}"
    }
