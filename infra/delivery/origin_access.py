"""The policies that let CloudFront and the edge function use the images and the key that encrypts the images."""

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

    The policies are not part of the components of the buckets and of the key, because the policies name the
    distribution, and the buckets must exist before the distribution.
    """

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        encryption_key: EncryptionKey,
        buckets: dict[str, PrivateBucket],
        edge_function: EdgeFunction,
        distribution: Distribution,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the policies of the key and of `buckets`, whose keys are `originals` and `renditions`."""
        super().__init__("infra:delivery/origin_access:OriginAccess", name, None, opts)
        self._create_bucket_policies(name, buckets, distribution)
        if encryption_key.key:
            self._create_key_policy(name, config, encryption_key.key, edge_function, distribution)
        self.register_outputs({})

    def _create_bucket_policies(self, name: str, buckets: dict[str, PrivateBucket], distribution: Distribution) -> None:
        for label, bucket in buckets.items():
            policy = policies.bucket_policy(
                bucket=bucket.arn, objects=bucket.objects_arn, distribution=distribution.arn
            )
            # S3 refuses to change the policy while the public access block changes, so the bucket must be complete.
            aws.s3.BucketPolicy(
                f"{name}-{label}",
                bucket=bucket.name,
                policy=pulumi.Output.json_dumps(policy),
                opts=pulumi.ResourceOptions(parent=self, depends_on=[bucket]),
            )

    def _create_key_policy(
        self,
        name: str,
        config: StackConfig,
        key: aws.kms.Key,
        edge_function: EdgeFunction,
        distribution: Distribution,
    ) -> None:
        caller = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=self))
        policy = encryption_key_policy(
            account=caller.account_id,
            region=config.region,
            distribution=distribution.arn,
            edge_role=edge_function.role.arn,
            uploaders=config.uploaders,
        )
        # `pulumi destroy` leaves the policy in AWS, as it leaves the key. Without the policy, KMS would restore its
        # default key policy, which does not let CloudFront decrypt.
        aws.kms.KeyPolicy(
            name,
            key_id=key.key_id,
            policy=pulumi.Output.json_dumps(policy),
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )
