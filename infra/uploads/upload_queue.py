"""The queue of what happened in the originals bucket, and of what the refresh function puts off."""

from typing import Final

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.iam import refresh_policies as policies
from infra.resource_tags import resource_tags
from infra.storage.originals import Originals

_DAY: Final = 24 * 3600
_TRIES: Final = 5


class UploadQueue(pulumi.ComponentResource):
    """S3 writes to it; what cannot be dealt with in five tries is kept for two weeks with the dead letters."""

    queue: aws.sqs.Queue
    dead_letters: aws.sqs.Queue

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        originals: Originals,
        timeout: int,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`timeout` of the function that reads it, in seconds."""
        super().__init__("infra:upload_queue:UploadQueue", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        account = aws.get_caller_identity_output().account_id

        self.dead_letters = aws.sqs.Queue(
            f"{name}-dead-letters",
            sqs_managed_sse_enabled=True,
            message_retention_seconds=14 * _DAY,
            tags=resource_tags(config),
            opts=child,
        )

        # A message is hidden for six times as long as the function may take, as AWS advises.
        # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
        self.queue = aws.sqs.Queue(
            name,
            sqs_managed_sse_enabled=True,
            visibility_timeout_seconds=6 * timeout,
            message_retention_seconds=4 * _DAY,
            redrive_policy=pulumi.Output.json_dumps(
                {"deadLetterTargetArn": self.dead_letters.arn, "maxReceiveCount": _TRIES}
            ),
            tags=resource_tags(config),
            opts=child,
        )

        written = aws.sqs.QueuePolicy(
            name,
            queue_url=self.queue.url,
            policy=pulumi.Output.json_dumps(
                policies.upload_queue(queue=self.queue.arn, bucket=originals.store.bucket.arn, account=account)
            ),
            opts=child,
        )

        aws.sqs.QueuePolicy(
            f"{name}-dead-letters",
            queue_url=self.dead_letters.url,
            policy=pulumi.Output.json_dumps(policies.dead_letters(queue=self.dead_letters.arn)),
            opts=child,
        )

        # S3 tries the queue when it is named.
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
        aws.s3.BucketNotification(
            name,
            bucket=originals.store.bucket.bucket,
            queues=[{"queue_arn": self.queue.arn, "events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]}],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[written]),
        )

        self.register_outputs({"queue": self.queue.url})
