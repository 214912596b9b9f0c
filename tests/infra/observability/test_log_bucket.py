"""The policy of the log bucket in a recorded stack."""

from tests.support.recorded_programs import policy_statements


def test_log_bucket_policy_lets_only_aws_write_and_only_for_this_account() -> None:
    statements = policy_statements("prod", "aws:s3/bucketPolicy:BucketPolicy", "access-logs")
    allowed = [
        (statement["Principal"]["Service"], statement["Action"], statement["Resource"].partition("/")[2])
        for statement in statements
        if statement["Effect"] == "Allow"
        and statement["Condition"]["StringEquals"]["aws:SourceAccount"] == "123456789012"
    ]

    assert allowed == [
        ("delivery.logs.amazonaws.com", "s3:PutObject", "cloudfront/*"),
        ("logging.s3.amazonaws.com", "s3:PutObject", "originals/*"),
        ("logging.s3.amazonaws.com", "s3:PutObject", "renditions/*"),
    ]
