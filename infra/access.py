"""Who may read the buckets over HTTP: the one distribution, and only over TLS."""

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.cdn import Cdn
from infra.private_bucket import PrivateBucket


class Access(pulumi.ComponentResource):
    """Apart from the buckets, since it needs the distribution, which in turn needs them."""

    def __init__(
        self, name: str, *, stores: dict[str, PrivateBucket], cdn: Cdn, opts: pulumi.ResourceOptions | None = None
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

        self.register_outputs({})
