"""The declared queues and notifications, made in moto; S3's leave to write is asked for, as S3 asks at once."""

import json
from collections.abc import Callable
from typing import Any

from local.aws.iam import allows
from local.program.program import ProgramError, Resource
from local.program.resource_outputs import ACCOUNT

Clients = Callable[[str, str], Any]

_ATTRIBUTES = {
    "delaySeconds": "DelaySeconds",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "redrivePolicy": "RedrivePolicy",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}


def make_queue(resource: Resource, client: Clients) -> None:
    """Under its declared name, which moto keeps."""
    attributes = {
        theirs: json.dumps(resource.inputs[ours]) if type(resource.inputs[ours]) is bool else str(resource.inputs[ours])
        for ours, theirs in _ATTRIBUTES.items()
        if ours in resource.inputs
    }
    client("sqs", resource.outputs["region"]).create_queue(QueueName=resource.outputs["name"], Attributes=attributes)


def set_queue_policy(resource: Resource, client: Clients) -> None:
    """Moto keeps it and does not ask it; `notify` does."""
    client("sqs", resource.outputs["region"]).set_queue_attributes(
        QueueUrl=resource.inputs["queueUrl"], Attributes={"Policy": resource.inputs["policy"]}
    )


def notify(resource: Resource, client: Clients) -> None:
    """ProgramError if the bucket may not write to the queue: S3 refuses such a notification."""
    region = resource.outputs["region"]
    bucket = resource.inputs["bucket"]
    configurations: list[dict[str, Any]] = []
    for queue in resource.inputs.get("queues") or []:
        _check(queue["queueArn"], bucket, client("sqs", region))
        configurations.append({"QueueArn": queue["queueArn"], "Events": queue["events"]})
    client("s3", region).put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"QueueConfigurations": configurations}
    )


def _check(queue: str, bucket: str, sqs: Any) -> None:
    url = sqs.get_queue_url(QueueName=queue.rpartition(":")[2])["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"]).get("Attributes", {})
    context = {"aws:SourceArn": f"arn:aws:s3:::{bucket}", "aws:SourceAccount": ACCOUNT, "aws:SecureTransport": "true"}
    if not allows(
        attributes.get("Policy") or '{"Statement": []}',
        principal=("Service", "s3.amazonaws.com"),
        action="sqs:SendMessage",
        resource=queue,
        context=context,
    ):
        raise ProgramError(f"{queue} does not let {bucket} write to it")
