"""What all buckets of the stack have in common: they are private, have no ACLs, and encrypt their objects."""

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.resource_tags import resource_tags


class PrivateBucket(pulumi.ComponentResource):
    """A private bucket, without a bucket policy and without a default encryption of the stack's own.

    OriginAccess adds both to the image buckets, and LogBucket to the log bucket.
    """

    name: pulumi.Output[str]
    """The name of the bucket."""
    arn: pulumi.Output[str]
    """The ARN of the bucket."""
    objects_arn: pulumi.Output[str]
    """The ARN pattern of all objects in the bucket."""
    regional_domain_name: pulumi.Output[str]
    """The domain name of the bucket in its Region, which CloudFront requests."""

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create a bucket. `pulumi destroy` deletes an unprotected bucket together with its objects."""
        super().__init__("infra:storage/private_bucket:PrivateBucket", name, None, opts)

        bucket = aws.s3.Bucket(
            name,
            force_destroy=not protect,
            tags=resource_tags(config),
            opts=pulumi.ResourceOptions(parent=self, protect=protect),
        )
        self.name = bucket.bucket
        self.arn = bucket.arn
        self.objects_arn = pulumi.Output.concat(bucket.arn, "/*")
        self.regional_domain_name = bucket.bucket_regional_domain_name
        self._deny_public_access(name)

        self.register_outputs({"name": self.name})

    def _deny_public_access(self, name: str) -> None:
        child = pulumi.ResourceOptions(parent=self)

        # These settings prevent uploaders from making objects public.
        aws.s3.BucketPublicAccessBlock(
            name,
            bucket=self.name,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=child,
        )

        # Every object belongs to this account. The origin access control of CloudFront works only without ACLs.
        aws.s3.BucketOwnershipControls(
            name, bucket=self.name, rule={"object_ownership": "BucketOwnerEnforced"}, opts=child
        )


def encrypt_objects(
    name: str, bucket: PrivateBucket, *, key_arn: pulumi.Input[str] | None, opts: pulumi.ResourceOptions
) -> None:
    """Let the bucket encrypt new objects with the KMS key `key_arn`, or with S3's own key if `key_arn` is None.

    Until then, S3's own key encrypts them.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingServerSideEncryption.html
    """
    # A bucket key saves most requests to KMS. S3 refuses objects that are encrypted with a key that only the uploader
    # has (SSE-C), because the distribution could not serve them.
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
    aws.s3.BucketServerSideEncryptionConfiguration(
        name,
        bucket=bucket.name,
        rules=[
            {
                "apply_server_side_encryption_by_default": _default_encryption(key_arn),
                "bucket_key_enabled": key_arn is not None,
                "blocked_encryption_types": ["SSE-C"],
            }
        ],
        opts=opts,
    )


def _default_encryption(
    key_arn: pulumi.Input[str] | None,
) -> aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgsDict:
    if key_arn is None:
        return {"sse_algorithm": "AES256"}
    return {"sse_algorithm": "aws:kms", "kms_master_key_id": key_arn}
