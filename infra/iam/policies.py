"""The policies of buckets, functions and queues, as pure functions that a test can call."""

from collections.abc import Mapping, Sequence

import pulumi

from common.contract import STORED_RENDITIONS_PREFIX, VISIBLE_VERSIONS_PREFIX
from infra.config.regions import GLOBAL_REGION
from infra.iam.documents import Document, deny_insecure_transport, document, write_logs


def bucket_policy(
    *,
    bucket: pulumi.Input[str],
    objects: pulumi.Input[str],
    readable_objects: pulumi.Input[str],
    distribution: pulumi.Input[str],
) -> Document:
    """Return the policy of an image bucket: one distribution may read, and only TLS requests are accepted.

    `objects` are all objects of the bucket, and `readable_objects` are those that the distribution may read.

    The policy leaves out s3:ListBucket. Without it, S3 responds with 403 to a missing key, and no query can
    list the bucket.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    """
    read = {
        "Sid": "AllowCloudFrontRead",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": readable_objects,
        "Condition": {"StringEquals": {"AWS:SourceArn": distribution}},
    }
    return document(read, deny_insecure_transport("s3:*", [bucket, objects]))


def edge_trust_policy() -> Document:
    """Return the trust policy of the edge function's role.

    Lambda runs the function in its home Region, and Lambda@Edge runs it in all other Regions.

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
    """Return the trust policy of the refresh function's role: only Lambda runs the function."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return document(trust)


def refresh_role_policy(
    *,
    queue: pulumi.Input[str],
    bucket: pulumi.Input[str],
    renditions_bucket: pulumi.Input[str],
    distribution: pulumi.Input[str],
    log_streams: pulumi.Input[str],
) -> Document:
    """Return the permissions of the refresh function.

    The function receives and sends messages, lists the versions of originals, deletes stored renditions, keeps its
    records of visible versions, and invalidates. It can read neither originals nor renditions.
    """
    stored_renditions = pulumi.Output.concat(renditions_bucket, "/", STORED_RENDITIONS_PREFIX, "*")
    records = pulumi.Output.concat(renditions_bucket, "/", VISIBLE_VERSIONS_PREFIX, "*")
    queue_actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:SendMessage"]
    return document(
        {"Sid": "ReceiveAndSendMessages", "Effect": "Allow", "Action": queue_actions, "Resource": queue},
        {"Sid": "ListVersions", "Effect": "Allow", "Action": "s3:ListBucketVersions", "Resource": bucket},
        {
            "Sid": "ListStoredRenditions",
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": renditions_bucket,
            "Condition": {"StringLike": {"s3:prefix": f"{STORED_RENDITIONS_PREFIX}*"}},
        },
        {
            "Sid": "DeleteStoredRenditions",
            "Effect": "Allow",
            "Action": "s3:DeleteObject",
            "Resource": stored_renditions,
        },
        {
            "Sid": "KeepVisibleVersions",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": records,
        },
        {
            "Sid": "CreateInvalidations",
            "Effect": "Allow",
            "Action": "cloudfront:CreateInvalidation",
            "Resource": distribution,
        },
        write_logs(log_streams),
    )


def upload_queue_policy(*, queue: pulumi.Input[str], bucket: pulumi.Input[str], account: pulumi.Input[str]) -> Document:
    """Return the policy of the upload queue: one bucket of this account may send, and only TLS requests are accepted.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
    """
    send = {
        "Sid": "AllowS3SendMessage",
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnLike": {"aws:SourceArn": bucket}, "StringEquals": {"aws:SourceAccount": account}},
    }
    return document(send, deny_insecure_transport("sqs:*", [queue]))


def redrive_allow_policy(*, source: pulumi.Input[str]) -> dict[str, pulumi.Input[str] | list[pulumi.Input[str]]]:
    """Return the redrive allow policy of the dead-letter queue: it receives the dead letters of one queue only.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
    """
    return {"redrivePermission": "byQueue", "sourceQueueArns": [source]}


def dead_letter_queue_policy(*, queue: pulumi.Input[str]) -> Document:
    """Return the policy of the dead-letter queue: only TLS requests are accepted."""
    return document(deny_insecure_transport("sqs:*", [queue]))


def log_bucket_policy(
    *,
    bucket: pulumi.Input[str],
    account: pulumi.Input[str],
    distribution_prefix: str,
    logged_buckets: Mapping[str, pulumi.Input[str]],
) -> Document:
    """Return the policy of the log bucket: AWS may write for this account, below the prefix of each log.

    `logged_buckets` are the ARNs of the buckets that S3 logs, by the prefix of their log. AWS would add the first
    statement by itself if it were missing, but without the prefix of this stack.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
    """
    delivery_sources = pulumi.Output.concat(f"arn:aws:logs:{GLOBAL_REGION}:", account, ":delivery-source:*")
    distribution_log = {
        "Sid": "AWSLogDeliveryWrite",
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": pulumi.Output.concat(bucket, "/", distribution_prefix, "/*"),
        "Condition": {
            "StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceAccount": account},
            "ArnLike": {"aws:SourceArn": delivery_sources},
        },
    }
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    bucket_logs = [
        {
            "Sid": f"AllowServerAccessLogsOf{prefix.capitalize()}",
            "Effect": "Allow",
            "Principal": {"Service": "logging.s3.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": pulumi.Output.concat(bucket, "/", prefix, "/*"),
            "Condition": {"ArnLike": {"aws:SourceArn": source}, "StringEquals": {"aws:SourceAccount": account}},
        }
        for prefix, source in logged_buckets.items()
    ]
    objects = pulumi.Output.concat(bucket, "/*")
    return document(distribution_log, *bucket_logs, deny_insecure_transport("s3:*", [bucket, objects]))
