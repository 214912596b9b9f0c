"""The policies that let CloudFront and the edge function reach the images and the key that encrypts them."""

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.delivery.distribution import Distribution
from infra.delivery.edge_function import EdgeFunction
from infra.iam import policies
from infra.storage.encryption_key import EncryptionKey
from infra.storage.encryption_key_policy import encryption_key_policy
from infra.storage.private_bucket import PrivateBucket


class OriginAccess(pulumi.ComponentResource):
    """The policies of the image buckets and of the key.

    The policies name the distribution, and the distribution needs the buckets. So the policies are created last, in a
    component of their own.
    """

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        encryption_key: EncryptionKey,
        buckets: dict[str, PrivateBucket],
        readable_objects: dict[str, pulumi.Input[str]],
        edge_function: EdgeFunction,
        distribution: Distribution,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the policies.

        `buckets` are the image buckets by the name of their content, such as `originals`. `readable_objects` are the
        ARN patterns of the objects that CloudFront may read, by the same names.
        """
        super().__init__("infra:delivery/origin_access:OriginAccess", name, None, opts)

        for content, bucket in buckets.items():
            policy = policies.bucket_policy(
                bucket=bucket.arn,
                objects=bucket.objects_arn,
                readable_objects=readable_objects[content],
                distribution=distribution.arn,
            )
            # S3 refuses to change the policy while it changes the public access block, so the bucket comes first.
            aws.s3.BucketPolicy(
                f"{name}-{content}",
                bucket=bucket.name,
                policy=pulumi.Output.json_dumps(policy),
                opts=pulumi.ResourceOptions(parent=self, depends_on=[bucket]),
            )

        if encryption_key.key:
            caller = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=self))
            policy = encryption_key_policy(
                account=caller.account_id,
                region=config.region,
                distribution=distribution.arn,
                edge_role=edge_function.role.arn,
                uploaders=config.uploaders,
            )
            # `pulumi destroy` leaves the policy, like the key. KMS would otherwise restore its default policy, which
            # does not let CloudFront decrypt.
            aws.kms.KeyPolicy(
                name,
                key_id=encryption_key.key.key_id,
                policy=pulumi.Output.json_dumps(policy),
                opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
            )

        self.register_outputs({})
