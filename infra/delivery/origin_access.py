"""The policies that let CloudFront and the edge function read the images, and the encryption that needs them."""

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.delivery.distribution import Distribution
from infra.delivery.edge_function import EdgeFunction
from infra.iam import policies
from infra.storage.encryption_key import EncryptionKey
from infra.storage.encryption_key_policy import encryption_key_policy
from infra.storage.private_bucket import PrivateBucket, encrypt_objects


class OriginAccess(pulumi.ComponentResource):
    """The policies of the image buckets and of the key, and the default encryption of the image buckets.

    The policies name the distribution, and the distribution needs the buckets. So the policies are created last, in a
    component of their own. The buckets use the key only when its policy exists, because until then neither CloudFront
    nor the edge function can decrypt what is uploaded.
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
        """Create the policies and the default encryption.

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

        child = pulumi.ResourceOptions(parent=self)
        if encryption_key.key:
            key_policy = self._create_key_policy(name, config, encryption_key.key, edge_function, distribution)
            child = pulumi.ResourceOptions(parent=self, depends_on=[key_policy])
        for content, bucket in buckets.items():
            encrypt_objects(f"{name}-{content}", bucket, key_arn=encryption_key.arn, opts=child)

        self.register_outputs({})

    def _create_key_policy(
        self,
        name: str,
        config: StackConfig,
        key: aws.kms.Key,
        edge_function: EdgeFunction,
        distribution: Distribution,
    ) -> aws.kms.KeyPolicy:
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
        return aws.kms.KeyPolicy(
            name,
            key_id=key.key_id,
            policy=pulumi.Output.json_dumps(policy),
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )
