"""The policy of the KMS key, as a pure function that a test can call."""

from collections.abc import Sequence

import pulumi

from infra.iam.documents import Document, allow_key_administration, document, key_statement, root_of


def encryption_key_policy(
    *,
    account: pulumi.Input[str],
    region: str,
    distribution: pulumi.Input[str],
    edge_role: pulumi.Input[str],
    uploaders: Sequence[str],
) -> Document:
    """Return the policy of the key.

    One distribution and one role may decrypt, principals of the account may encrypt uploads through S3, and the
    account's administrators may administer the key but not use it.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    """
    through_s3 = {"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"}}
    statements = [
        allow_key_administration(account),
        # S3 requests a data key on behalf of the uploader, so every principal that the account lets upload needs this.
        key_statement("AllowUploadEncryption", root_of(account), ["kms:GenerateDataKey"], through_s3),
        key_statement(
            "AllowCloudFrontDecrypt",
            {"Service": "cloudfront.amazonaws.com"},
            ["kms:Decrypt"],
            {"StringEquals": {"AWS:SourceArn": distribution}},
        ),
        key_statement("AllowEdgeFunctionUse", {"AWS": edge_role}, ["kms:Decrypt", "kms:GenerateDataKey"], through_s3),
    ]
    if uploaders:
        # S3 decrypts the parts of a multipart upload when it assembles them.
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
        principals = {"AWS": [*uploaders]}
        statements.append(
            key_statement("AllowMultipartUpload", principals, ["kms:Decrypt", "kms:GenerateDataKey"], through_s3)
        )
    return document(*statements)
