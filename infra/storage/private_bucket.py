"""A bucket that only the stack itself can reach: what every one of its buckets has in common."""

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.resource_tags import resource_tags
from infra.storage.encryption_key import Key


class PrivateBucket(pulumi.ComponentResource):
    """Who may read it is said in infra/delivery/origin_access.py, once the distribution is known."""

    bucket: aws.s3.Bucket
    objects: pulumi.Output[str]
    """The ARN that stands for every object."""

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        protect: bool,
        key: Key | None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`key` encrypts what is put into it; S3's own does if there is none."""
        super().__init__("infra:private_bucket:PrivateBucket", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        # One that is not protected takes its objects along when the stack is destroyed.
        self.bucket = aws.s3.Bucket(
            name,
            force_destroy=not protect,
            tags=resource_tags(config),
            opts=pulumi.ResourceOptions(parent=self, protect=protect),
        )
        self.objects = pulumi.Output.concat(self.bucket.arn, "/*")

        # Nothing in it can be made public, whatever an uploader asks for.
        aws.s3.BucketPublicAccessBlock(
            name,
            bucket=self.bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=child,
        )

        # Every object belongs to this account; the distribution's access control works only without ACLs.
        aws.s3.BucketOwnershipControls(
            name, bucket=self.bucket.bucket, rule={"object_ownership": "BucketOwnerEnforced"}, opts=child
        )

        # A bucket key spares most requests to KMS. What an uploader encrypts with a key that only he has is refused:
        # nobody could be shown it.
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
        aws.s3.BucketServerSideEncryptionConfiguration(
            name,
            bucket=self.bucket.bucket,
            rules=[
                {
                    "apply_server_side_encryption_by_default": _encryption(key),
                    "bucket_key_enabled": key is not None and key.arn is not None,
                    "blocked_encryption_types": ["SSE-C"],
                }
            ],
            opts=child,
        )

        self.register_outputs({"bucket": self.bucket.bucket})


def _encryption(
    key: Key | None,
) -> aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgsDict:
    if key is None or key.arn is None:
        return {"sse_algorithm": "AES256"}
    return {"sse_algorithm": "aws:kms", "kms_master_key_id": key.arn}
