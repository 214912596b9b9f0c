"""Overwriting an original needs no command: what is cached of it goes by itself."""

import json
from pathlib import Path
from typing import Final

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.delivery.distribution import Cdn
from infra.iam import refresh_policies as policies
from infra.packaging.bundle import stage
from infra.packaging.recipes import REFRESH
from infra.resource_tags import resource_tags
from infra.storage.originals import Originals
from infra.uploads.upload_queue import UploadQueue

_ROOT = Path(__file__).parents[2]

_TIMEOUT: Final = 60
_SETTLE: Final = 180
"""Seconds. What was read before an upload is in the cache by then, if ever: docs/decisions/24 adds it up."""


class Refresh(pulumi.ComponentResource):
    """S3 tells the queue, the queue the function, and the function CloudFront."""

    queue: aws.sqs.Queue
    dead_letters: aws.sqs.Queue
    function: aws.lambda_.Function
    log_group: pulumi.Output[str]
    """Its name, in the buckets' Region."""

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        originals: Originals,
        cdn: Cdn,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("infra:refresh:Refresh", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        uploads = UploadQueue(f"{name}-uploads", config=config, originals=originals, timeout=_TIMEOUT, opts=child)
        self.queue, self.dead_letters = uploads.queue, uploads.dead_letters

        role = aws.iam.Role(
            name,
            assume_role_policy=pulumi.Output.json_dumps(policies.lambda_trust()),
            description="The refresh function: reads the queue, asks for versions, invalidates",
            tags=resource_tags(config),
            opts=child,
        )

        # Its group before it, so that the logs expire; under a name of Pulumi's, since nothing else needs to know it.
        log_group = aws.cloudwatch.LogGroup(
            name, retention_in_days=config.log_retention, tags=resource_tags(config), opts=child
        )
        self.log_group = log_group.name
        allowed = aws.iam.RolePolicy(
            name,
            role=role.name,
            policy=pulumi.Output.json_dumps(
                policies.refresh_role(
                    queue=self.queue.arn,
                    bucket=originals.store.bucket.arn,
                    distribution=cdn.distribution.arn,
                    log_streams=pulumi.Output.concat(log_group.arn, ":*"),
                )
            ),
            opts=child,
        )

        self.function = aws.lambda_.Function(
            name,
            description="Drops what is cached of an original that was overwritten or removed",
            runtime="python3.13",
            architectures=["arm64"],
            handler="refresh.handler.handler",
            code=pulumi.FileArchive(str(stage(_ROOT, config.bundle_target, REFRESH))),
            memory_size=256,
            timeout=_TIMEOUT,
            role=role.arn,
            logging_config={"log_format": "Text", "log_group": log_group.name},
            environment={
                "variables": {
                    "BUCKET": originals.store.bucket.bucket,
                    "DISTRIBUTION": cdn.distribution.id,
                    "QUEUE": self.queue.url,
                    "URL": cdn.url,
                    "SETTLE": str(_SETTLE),
                    "WARM_WIDTHS": json.dumps(config.warm_widths),
                    "FORMATS": json.dumps(config.formats),
                }
            },
            tags=resource_tags(config),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[allowed]),
        )

        # Few at once: CloudFront takes 150 tags a second. A message that fails comes back without its batch.
        # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
        aws.lambda_.EventSourceMapping(
            name,
            event_source_arn=self.queue.arn,
            function_name=self.function.arn,
            batch_size=10,
            scaling_config={"maximum_concurrency": 2},
            function_response_types=["ReportBatchItemFailures"],
            tags=resource_tags(config),
            opts=child,
        )

        self.register_outputs({"queue": self.queue.url})
