"""The refresh function: a Lambda function that invalidates the cached responses of a changed original."""

import json
from collections.abc import Mapping
from typing import Final

import pulumi
import pulumi_aws as aws

from common.contract import RefreshVariable
from infra.config.stack_config import StackConfig
from infra.delivery.distribution import Distribution
from infra.iam import policies
from infra.iam.documents import Document
from infra.packaging.bundle import build_bundle
from infra.packaging.bytecode import LAMBDA_RUNTIME
from infra.packaging.recipes import REFRESH
from infra.paths import PROJECT_ROOT
from infra.resource_tags import resource_tags
from infra.storage.originals import Originals
from infra.storage.renditions import Renditions
from infra.uploads.upload_queue import UploadQueue

TIMEOUT_SECONDS: Final = 60
"""The timeout of the refresh function, in seconds."""

_MAX_CONCURRENCY: Final = 2
"""The number of processes of the function that work at the same time: the smallest number that Lambda accepts.

https://docs.aws.amazon.com/lambda/latest/api/API_ScalingConfig.html
"""

_SETTLE_SECONDS: Final = 180
"""The delay between the first and the second invalidation, in seconds.

After this delay, a rendition of the old original that was being made at the first invalidation is in the cache, so the
second invalidation drops it. docs/decisions/24-invalidate-twice.md shows how the delay is calculated.
"""


class RefreshFunction(pulumi.ComponentResource):
    """The function, in the Region of the buckets. It processes the upload queue, to which S3 sends events."""

    function: aws.lambda_.Function
    log_group: pulumi.Output[str]
    """The name of the log group, in the Region of the buckets."""

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        originals: Originals,
        renditions: Renditions,
        distribution: Distribution,
        upload_queue: UploadQueue,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("infra:uploads/refresh_function:RefreshFunction", name, None, opts)
        queue = upload_queue.queue

        # A log group that Lambda creates never expires, so Pulumi creates the log group before the function. Pulumi
        # also generates its name, because no other part of the stack needs a fixed name.
        log_group = aws.cloudwatch.LogGroup(
            name,
            retention_in_days=config.log_retention,
            tags=resource_tags(config),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.log_group = log_group.name

        role_policy = policies.refresh_role_policy(
            queue=queue.arn,
            bucket=originals.bucket.arn,
            renditions_bucket=renditions.bucket.arn,
            distribution=distribution.arn,
            log_streams=pulumi.Output.concat(log_group.arn, ":*"),
        )
        environment: dict[str, pulumi.Input[str]] = {
            RefreshVariable.BUCKET: originals.bucket.name,
            RefreshVariable.RENDITIONS_BUCKET: renditions.bucket.name,
            RefreshVariable.DISTRIBUTION: distribution.id,
            RefreshVariable.QUEUE: queue.url,
            RefreshVariable.URL: distribution.url,
            RefreshVariable.SETTLE: str(_SETTLE_SECONDS),
            # Each process counts for itself, and at most `_MAX_CONCURRENCY` processes work at the same time.
            RefreshVariable.MAX_CHANGES: str(config.max_invalidations // _MAX_CONCURRENCY),
            RefreshVariable.WARM_WIDTHS: json.dumps(config.warm_widths),
            RefreshVariable.FORMATS: json.dumps(config.formats),
        }
        self._create_function(name, config, role_policy, environment)
        self._read_queue(name, config, queue)

        self.register_outputs({"arn": self.function.arn})

    def _create_function(
        self, name: str, config: StackConfig, role_policy: Document, environment: Mapping[str, pulumi.Input[str]]
    ) -> None:
        role = aws.iam.Role(
            name,
            assume_role_policy=pulumi.Output.json_dumps(policies.refresh_trust_policy()),
            description="Refresh function: reads the queue, lists versions, deletes stored renditions, invalidates",
            tags=resource_tags(config),
            opts=pulumi.ResourceOptions(parent=self),
        )
        permissions = aws.iam.RolePolicy(
            name,
            role=role.name,
            policy=pulumi.Output.json_dumps(role_policy),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.function = aws.lambda_.Function(
            name,
            description="Invalidates the cached responses of originals that were overwritten or removed",
            runtime=LAMBDA_RUNTIME,
            architectures=["arm64"],
            handler="refresh.handler.handler",
            code=pulumi.FileArchive(str(build_bundle(PROJECT_ROOT, config.bundle_target, REFRESH))),
            memory_size=256,
            timeout=TIMEOUT_SECONDS,
            role=role.arn,
            logging_config={"log_format": "Text", "log_group": self.log_group},
            environment={"variables": environment},
            tags=resource_tags(config),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[permissions]),
        )

    def _read_queue(self, name: str, config: StackConfig, queue: aws.sqs.Queue) -> None:
        # The concurrency is low because CloudFront accepts 150 tags a second.
        # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
        # If the function cannot process one message of a batch, only that message returns to the queue.
        aws.lambda_.EventSourceMapping(
            name,
            event_source_arn=queue.arn,
            function_name=self.function.arn,
            batch_size=10,
            scaling_config={"maximum_concurrency": _MAX_CONCURRENCY},
            function_response_types=["ReportBatchItemFailures"],
            tags=resource_tags(config),
            opts=pulumi.ResourceOptions(parent=self),
        )
