"""The bucket of the stored renditions, which are too large for one response of Lambda@Edge.

The refresh function keeps its records of visible versions in the same bucket, where viewers cannot read them.
"""

from typing import Final

import pulumi
import pulumi_aws as aws

from common.contract import STORED_RENDITIONS_PREFIX, VISIBLE_VERSIONS_PREFIX
from infra.config.stack_config import StackConfig
from infra.storage.private_bucket import PrivateBucket

_EXPIRATION_DAYS: Final = 7
"""The age at which a stored rendition expires, in days.

Browsers and CloudFront cache a redirect for a shorter time (edge/stored_rendition.py), so that no redirect leads to an
expired rendition.
"""


_RECORD_EXTRA_DAYS: Final = 3
"""The days that a record of a visible version exists longer than the noncurrent versions of its original.

S3 may remove expired objects a day or two late.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html
"""


class Renditions(pulumi.ComponentResource):
    """The bucket of the stored renditions. Each of them expires, because the edge function can render it again."""

    bucket: PrivateBucket
    stored_renditions_arn: pulumi.Output[str]
    """The ARN pattern of the objects that the edge function writes."""

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("infra:storage/renditions:Renditions", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        self.bucket = PrivateBucket(name, config=config, protect=False, opts=child)
        self.stored_renditions_arn = pulumi.Output.concat(self.bucket.arn, "/", STORED_RENDITIONS_PREFIX, "*")

        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=self.bucket.name,
            rules=[
                {
                    "id": "expire-stored-renditions",
                    "status": "Enabled",
                    "filter": {"prefix": STORED_RENDITIONS_PREFIX},
                    "expiration": {"days": _EXPIRATION_DAYS},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 1},
                },
                # A record is useful as long as the original has noncurrent versions, which expire after `versionDays`.
                {
                    "id": "expire-visible-versions",
                    "status": "Enabled",
                    "filter": {"prefix": VISIBLE_VERSIONS_PREFIX},
                    "expiration": {"days": config.version_days + _RECORD_EXTRA_DAYS},
                },
            ],
            opts=child,
        )

        self.register_outputs({"bucket": self.bucket.name})
