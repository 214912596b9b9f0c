"""The queue of the events of the originals bucket, which also holds the delayed tasks of the refresh function."""

from typing import Final

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.iam import policies
from infra.resource_tags import resource_tags
from infra.storage.originals import Originals

_DAY: Final = 24 * 3600
_MAX_RECEIVES: Final = 5


class UploadQueue(pulumi.ComponentResource):
    """The upload queue and its dead-letter queue.

    A message that the refresh function cannot process in `_MAX_RECEIVES` attempts moves to the dead-letter queue, which
    keeps the message for two weeks.
    """

    queue: aws.sqs.Queue
    dead_letter_queue: aws.sqs.Queue

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        originals: Originals,
        consumer_timeout: int,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the queues. `consumer_timeout` is the timeout of the function that reads the queue, in seconds."""
        super().__init__("infra:uploads/upload_queue:UploadQueue", name, None, opts)
        self._create_queues(name, config, consumer_timeout)
        self._receive_events(name, originals)
        self.register_outputs({"url": self.queue.url})

    def _create_queues(self, name: str, config: StackConfig, consumer_timeout: int) -> None:
        child = pulumi.ResourceOptions(parent=self)
        self.dead_letter_queue = aws.sqs.Queue(
            f"{name}-dead-letters",
            sqs_managed_sse_enabled=True,
            message_retention_seconds=14 * _DAY,
            tags=resource_tags(config),
            opts=child,
        )
        aws.sqs.QueuePolicy(
            f"{name}-dead-letters",
            queue_url=self.dead_letter_queue.url,
            policy=pulumi.Output.json_dumps(policies.dead_letter_queue_policy(queue=self.dead_letter_queue.arn)),
            opts=child,
        )

        # AWS recommends a visibility timeout of six times the timeout of the function.
        # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
        self.queue = aws.sqs.Queue(
            name,
            sqs_managed_sse_enabled=True,
            visibility_timeout_seconds=6 * consumer_timeout,
            message_retention_seconds=4 * _DAY,
            redrive_policy=pulumi.Output.json_dumps(
                {"deadLetterTargetArn": self.dead_letter_queue.arn, "maxReceiveCount": _MAX_RECEIVES}
            ),
            tags=resource_tags(config),
            opts=child,
        )

        # SQS would accept the dead letters of every queue of the account in this Region. The policy comes last, because
        # it names the upload queue, and the upload queue names the dead-letter queue.
        # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
        aws.sqs.RedriveAllowPolicy(
            f"{name}-dead-letters",
            queue_url=self.dead_letter_queue.url,
            redrive_allow_policy=pulumi.Output.json_dumps(policies.redrive_allow_policy(source=self.queue.arn)),
            opts=child,
        )

    def _receive_events(self, name: str, originals: Originals) -> None:
        caller = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=self))
        policy = policies.upload_queue_policy(
            queue=self.queue.arn, bucket=originals.bucket.arn, account=caller.account_id
        )
        queue_policy = aws.sqs.QueuePolicy(
            name,
            queue_url=self.queue.url,
            policy=pulumi.Output.json_dumps(policy),
            opts=pulumi.ResourceOptions(parent=self),
        )

        # S3 sends a test message when the notification is created, so the queue policy must exist before that.
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
        aws.s3.BucketNotification(
            name,
            bucket=originals.bucket.name,
            queues=[{"queue_arn": self.queue.arn, "events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]}],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[queue_policy]),
        )
