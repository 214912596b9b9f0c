"""Who may read the originals over HTTP: the one distribution, and only over TLS."""

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.cdn import Cdn
from infra.originals import Originals


class Access(pulumi.ComponentResource):
    """Apart from the bucket, since it needs the distribution, which in turn needs the bucket."""

    def __init__(
        self, name: str, *, originals: Originals, cdn: Cdn, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("infra:access:Access", name, None, opts)

        # S3 refuses to change a policy while it changes the public access block, hence the order.
        aws.s3.BucketPolicy(
            name,
            bucket=originals.bucket.bucket,
            policy=pulumi.Output.json_dumps(
                policies.originals(
                    bucket=originals.bucket.arn, objects=originals.objects, distribution=cdn.distribution.arn
                )
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[originals]),
        )

        self.register_outputs({})
