"""Who may write to the queue of uploads, and what the refresh function may do."""

import pulumi

from infra.iam.documents import Document, document, only_over_tls, write_logs


def upload_queue(*, queue: pulumi.Input[str], bucket: pulumi.Input[str], account: pulumi.Input[str]) -> Document:
    """The queue's own: one bucket of this account may write, and nobody may do anything without TLS.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
    """
    uploads = {
        "Sid": "TheBucketWrites",
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnLike": {"aws:SourceArn": bucket}, "StringEquals": {"aws:SourceAccount": account}},
    }
    return document(uploads, only_over_tls("sqs:*", [queue]))


def dead_letters(*, queue: pulumi.Input[str]) -> Document:
    """The dead letters' own: nobody may do anything without TLS."""
    return document(only_over_tls("sqs:*", [queue]))


def lambda_trust() -> Document:
    """Who may run an ordinary function."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return document(trust)


def refresh_role(
    *,
    queue: pulumi.Input[str],
    bucket: pulumi.Input[str],
    distribution: pulumi.Input[str],
    log_streams: pulumi.Input[str],
) -> Document:
    """All that the refresh function may do: serve its queue, see which versions there are, and invalidate."""
    serve = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:SendMessage"]
    return document(
        {"Sid": "ServeTheQueue", "Effect": "Allow", "Action": serve, "Resource": queue},
        {"Sid": "SeeVersions", "Effect": "Allow", "Action": "s3:ListBucketVersions", "Resource": bucket},
        {"Sid": "Invalidate", "Effect": "Allow", "Action": "cloudfront:CreateInvalidation", "Resource": distribution},
        write_logs(log_streams),
    )
