"""The policies of the image buckets, the queues and the functions, as pure functions that a test can call."""

from collections.abc import Sequence

import pulumi

from infra.iam.documents import Document, document, only_over_tls, write_logs


def bucket_policy(
    *, bucket: pulumi.Input[str], objects: pulumi.Input[str], distribution: pulumi.Input[str]
) -> Document:
    """Return the policy of an image bucket: one distribution may read, and S3 denies requests without TLS.

    The policy leaves out s3:ListBucket. Without this permission, no query can list the bucket, and S3 responds with 403
    to a request for a missing key.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    """
    read = {
        "Sid": "TheDistributionReads",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": objects,
        "Condition": {"StringEquals": {"AWS:SourceArn": distribution}},
    }
    return document(read, only_over_tls("s3:*", [bucket, objects]))


def edge_trust_policy() -> Document:
    """Return the trust policy of the edge function's role: Lambda and Lambda@Edge may assume the role.

    Lambda runs the function in its home Region, and Lambda@Edge in all other Regions.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html
    """
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Service": ["edgelambda.amazonaws.com", "lambda.amazonaws.com"]},
            "Action": "sts:AssumeRole",
        }
    )


def edge_role_policy(
    *, originals: pulumi.Input[str], renditions: pulumi.Input[str], log_streams: Sequence[pulumi.Input[str]]
) -> Document:
    """Return the permissions of the edge function: read originals, store renditions, write to existing log groups."""
    read = {"Sid": "ReadOriginals", "Effect": "Allow", "Action": "s3:GetObject", "Resource": originals}
    store = {"Sid": "StoreRenditions", "Effect": "Allow", "Action": "s3:PutObject", "Resource": renditions}
    return document(read, store, write_logs([*log_streams]))


def refresh_trust_policy() -> Document:
    """Return the trust policy of the refresh function's role: Lambda may assume the role."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return document(trust)


def refresh_role_policy(
    *,
    queue: pulumi.Input[str],
    bucket: pulumi.Input[str],
    distribution: pulumi.Input[str],
    log_streams: pulumi.Input[str],
) -> Document:
    """Return the permissions of the refresh function: use the queue, list versions, invalidate, write logs."""
    queue_actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:SendMessage"]
    return document(
        {"Sid": "ServeTheQueue", "Effect": "Allow", "Action": queue_actions, "Resource": queue},
        {"Sid": "SeeVersions", "Effect": "Allow", "Action": "s3:ListBucketVersions", "Resource": bucket},
        {"Sid": "Invalidate", "Effect": "Allow", "Action": "cloudfront:CreateInvalidation", "Resource": distribution},
        write_logs(log_streams),
    )


def upload_queue_policy(*, queue: pulumi.Input[str], bucket: pulumi.Input[str], account: pulumi.Input[str]) -> Document:
    """Return the policy of the upload queue: one bucket of this account may send, and SQS denies requests without TLS.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
    """
    send = {
        "Sid": "TheBucketWrites",
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnLike": {"aws:SourceArn": bucket}, "StringEquals": {"aws:SourceAccount": account}},
    }
    return document(send, only_over_tls("sqs:*", [queue]))


def dead_letter_queue_policy(*, queue: pulumi.Input[str]) -> Document:
    """Return the policy of the dead-letter queue: SQS denies requests without TLS."""
    return document(only_over_tls("sqs:*", [queue]))
