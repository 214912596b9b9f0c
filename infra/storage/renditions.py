"""The bucket of the stored renditions, which are too large for one response of Lambda@Edge."""

from typing import Final

import pulumi
import pulumi_aws as aws

from common.contract import STORED_RENDITIONS_PREFIX
from infra.config.stack_config import StackConfig
from infra.storage.encryption_key import EncryptionKey
from infra.storage.private_bucket import PrivateBucket

_EXPIRATION_DAYS: Final = 7
"""The lifetime of a stored rendition. CloudFront caches a redirect for less time (edge/stored_rendition.py), so that no
cached redirect leads to an expired rendition."""


class Renditions(pulumi.ComponentResource):
    """The bucket of the stored renditions. The objects expire, because the edge function can render them again."""

    bucket: PrivateBucket
    stored_renditions_arn: pulumi.Output[str]
    """The ARN that matches every object that the edge function writes."""

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        encryption_key: EncryptionKey,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("infra:storage/renditions:Renditions", name, None, opts)
        child_options = pulumi.ResourceOptions(parent=self)

        self.bucket = PrivateBucket(name, config=config, protect=False, key_arn=encryption_key.arn, opts=child_options)
        self.stored_renditions_arn = pulumi.Output.concat(self.bucket.arn, "/", STORED_RENDITIONS_PREFIX, "*")

        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=self.bucket.name,
            rules=[
                {
                    "id": "expire",
                    "status": "Enabled",
                    "filter": {"prefix": STORED_RENDITIONS_PREFIX},
                    "expiration": {"days": _EXPIRATION_DAYS},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 1},
                }
            ],
            opts=child_options,
        )

        self.register_outputs({"bucket": self.bucket.name})
