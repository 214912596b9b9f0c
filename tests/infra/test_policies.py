from infra import policies

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
