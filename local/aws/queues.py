"""Creates the declared queues and bucket notifications in moto."""

import json
from typing import TYPE_CHECKING, Final

from local.aws.cloud import Cloud
from local.aws.iam import is_allowed
from local.program.output_functions import ACCOUNT
from local.program.program import ProgramError, Resource

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import QueueConfigurationTypeDef

_ATTRIBUTES: Final = {
    "delaySeconds": "DelaySeconds",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "redrivePolicy": "RedrivePolicy",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}
"""The names of queue attributes in SQS, by their names in Pulumi."""


def create_queue(resource: Resource, cloud: Cloud) -> None:
    """Create a queue under its declared name."""
    attributes = {
        sqs_name: _attribute_text(resource.inputs[pulumi_name])
        for pulumi_name, sqs_name in _ATTRIBUTES.items()
        if pulumi_name in resource.inputs
    }
    sqs = cloud.sqs(resource.outputs["region"])
    # The type stubs accept the names of attributes only as literals.
    sqs.create_queue(QueueName=resource.outputs["name"], Attributes=attributes)  # type: ignore[arg-type]


def set_queue_policy(resource: Resource, cloud: Cloud) -> None:
    """Set the policy of a queue. moto only stores the policy, and `put_notification` evaluates it."""
    cloud.sqs(resource.outputs["region"]).set_queue_attributes(
        QueueUrl=resource.inputs["queueUrl"], Attributes={"Policy": resource.inputs["policy"]}
    )


def check_redrive_allow_policy(resource: Resource, cloud: Cloud) -> None:
    """Check that a dead-letter queue accepts the dead letters of each queue that names it. moto has no such policy.

    Raises ProgramError if it does not: SQS also refuses such a policy of the other queue.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
    """
    policy = json.loads(resource.inputs["redriveAllowPolicy"])
    sqs = cloud.sqs(resource.outputs["region"])
    sources = sqs.list_dead_letter_source_queues(QueueUrl=resource.inputs["queueUrl"])["queueUrls"]
    for source in sources:
        attributes = sqs.get_queue_attributes(QueueUrl=source, AttributeNames=["QueueArn"])["Attributes"]
        if policy["redrivePermission"] != "byQueue" or attributes["QueueArn"] not in policy["sourceQueueArns"]:
            raise ProgramError(f"the redrive allow policy {resource.name} does not name {attributes['QueueArn']}")


def put_notification(resource: Resource, cloud: Cloud) -> None:
    """Make a bucket send its declared events to the declared queues.

    Raises ProgramError if the bucket may not send to a queue: S3 also refuses such a notification at once.
    """
    region = resource.outputs["region"]
    bucket = resource.inputs["bucket"]
    configurations: list[QueueConfigurationTypeDef] = []
    for queue in resource.inputs.get("queues") or []:
        _check_queue_policy(queue["queueArn"], bucket, region, cloud)
        configurations.append({"QueueArn": queue["queueArn"], "Events": queue["events"]})
    cloud.s3(region).put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"QueueConfigurations": configurations}
    )


def _attribute_text(value: object) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _check_queue_policy(queue_arn: str, bucket: str, region: str, cloud: Cloud) -> None:
    sqs = cloud.sqs(region)
    url = sqs.get_queue_url(QueueName=queue_arn.rpartition(":")[2])["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"]).get("Attributes", {})
    context = {"aws:SourceArn": f"arn:aws:s3:::{bucket}", "aws:SourceAccount": ACCOUNT, "aws:SecureTransport": "true"}
    if not is_allowed(
        attributes.get("Policy") or '{"Statement": []}',
        principal=("Service", "s3.amazonaws.com"),
        action="sqs:SendMessage",
        resource=queue_arn,
        context=context,
    ):
        raise ProgramError(
            f"the policy of {queue_arn} does not let {bucket} send messages: allow sqs:SendMessage for s3.amazonaws.com"
        )
