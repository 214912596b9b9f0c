"""Who may read pictures, and what the edge function may do: pure functions, to be read and tested as a whole."""

from collections.abc import Sequence

import pulumi

from infra.iam.documents import Document, document, only_over_tls, write_logs


def served(*, bucket: pulumi.Input[str], objects: pulumi.Input[str], distribution: pulumi.Input[str]) -> Document:
    """A bucket's own: one distribution may read, and nobody may do anything without TLS.

    No s3:ListBucket: S3 then answers 403 for a missing key, and no query can ever list the bucket.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    """
    reader = {
        "Sid": "TheDistributionReads",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": objects,
        "Condition": {"StringEquals": {"AWS:SourceArn": distribution}},
    }
    return document(reader, only_over_tls("s3:*", [bucket, objects]))


def edge_trust() -> Document:
    """Who may run the edge function: Lambda in its home Region, Lambda@Edge everywhere else.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html
    """
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Service": ["edgelambda.amazonaws.com", "lambda.amazonaws.com"]},
            "Action": "sts:AssumeRole",
        }
    )


def edge_role(
    *, originals: pulumi.Input[str], renditions: pulumi.Input[str], log_streams: Sequence[pulumi.Input[str]]
) -> Document:
    """All that the edge function may do: read originals, store renditions, and write to log groups that exist."""
    read = {"Sid": "ReadOriginals", "Effect": "Allow", "Action": "s3:GetObject", "Resource": originals}
    store = {"Sid": "StoreRenditions", "Effect": "Allow", "Action": "s3:PutObject", "Resource": renditions}
    return document(read, store, write_logs([*log_streams]))
