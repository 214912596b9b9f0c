"""The bucket of the originals: private, versioned, encrypted."""

import pulumi
import pulumi_aws as aws

from infra.config import StackConfig
from infra.resource_tags import resource_tags


class Originals(pulumi.ComponentResource):
    """Who may read it is said in infra/access.py, once the distribution is known."""

    bucket: aws.s3.Bucket
    objects: pulumi.Output[str]
    """The ARN that stands for every original."""

    def __init__(self, name: str, *, config: StackConfig, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("infra:originals:Originals", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        # The originals themselves; a stack that is not protected takes them along when it is destroyed.
        self.bucket = aws.s3.Bucket(
            name,
            force_destroy=not config.protect,
            tags=resource_tags(config),
            opts=pulumi.ResourceOptions(parent=self, protect=config.protect),
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

        # Encrypted with S3's own key, which needs no permission from CloudFront or the edge function.
        aws.s3.BucketServerSideEncryptionConfiguration(
            name,
            bucket=self.bucket.bucket,
            rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
            opts=child,
        )

        # An overwritten or deleted original can be had back for a while.
        versioning = aws.s3.BucketVersioning(
            name, bucket=self.bucket.bucket, versioning_configuration={"status": "Enabled"}, opts=child
        )

        # What nobody can see any more is not paid for for ever.
        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=self.bucket.bucket,
            rules=[
                {
                    "id": "leftovers",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
                    "noncurrent_version_expiration": {"noncurrent_days": 30},
                    "expiration": {"expired_object_delete_marker": True},
                }
            ],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[versioning]),
        )

        self.register_outputs({"bucket": self.bucket.bucket})
