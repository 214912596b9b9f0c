"""Who may reach the pictures, and the key they are encrypted with: the one distribution and the edge function."""

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.delivery.distribution import Cdn
from infra.delivery.edge_function import EdgeFunction
from infra.iam import policies
from infra.storage.encryption_key import Key
from infra.storage.encryption_key_policy import key_policy
from infra.storage.private_bucket import PrivateBucket


class Access(pulumi.ComponentResource):
    """Apart from the buckets and the key, since it needs the distribution, which in turn needs them."""

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        key: Key,
        stores: dict[str, PrivateBucket],
        edge_function: EdgeFunction,
        cdn: Cdn,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`stores` by the name of what they hold."""
        super().__init__("infra:access:Access", name, None, opts)

        # S3 refuses to change a policy while it changes the public access block, hence the order.
        for holds, store in stores.items():
            aws.s3.BucketPolicy(
                f"{name}-{holds}",
                bucket=store.bucket.bucket,
                policy=pulumi.Output.json_dumps(
                    policies.served(bucket=store.bucket.arn, objects=store.objects, distribution=cdn.distribution.arn)
                ),
                opts=pulumi.ResourceOptions(parent=self, depends_on=[store]),
            )

        if key.key:
            aws.kms.KeyPolicy(
                name,
                key_id=key.key.key_id,
                policy=pulumi.Output.json_dumps(
                    key_policy(
                        account=aws.get_caller_identity_output().account_id,
                        region=config.region,
                        distribution=cdn.distribution.arn,
                        edge_role=edge_function.role.arn,
                        uploaders=config.uploaders,
                    )
                ),
                # As the key itself it stays: KMS's default policy, which would be back, lets no CloudFront in.
                opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
            )

        self.register_outputs({})
