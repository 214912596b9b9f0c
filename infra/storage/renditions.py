"""The bucket of the renditions that are too large for one answer of Lambda@Edge."""

from typing import Final

import pulumi
import pulumi_aws as aws

from common.contract import STORED_RENDITIONS_PREFIX
from infra.config.stack_config import StackConfig
from infra.storage.encryption_key import Key
from infra.storage.private_bucket import PrivateBucket

_DAYS: Final = 7
"""Longer than a redirect is kept, which edge/stored_rendition.py says: it must not lead to what has gone."""


class Renditions(pulumi.ComponentResource):
    """Everything in it can be made again, and goes after a week."""

    store: PrivateBucket
    written: pulumi.Output[str]
    """The ARN that stands for all that the edge function writes."""

    def __init__(self, name: str, *, config: StackConfig, key: Key, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("infra:renditions:Renditions", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        self.store = PrivateBucket(name, config=config, protect=False, key=key, opts=child)
        self.written = pulumi.Output.concat(self.store.bucket.arn, "/", STORED_RENDITIONS_PREFIX, "*")

        # A rendition that is still wanted is made and stored anew.
        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=self.store.bucket.bucket,
            rules=[
                {
                    "id": "expire",
                    "status": "Enabled",
                    "filter": {"prefix": STORED_RENDITIONS_PREFIX},
                    "expiration": {"days": _DAYS},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 1},
                }
            ],
            opts=child,
        )

        self.register_outputs({"bucket": self.store.bucket.bucket})
