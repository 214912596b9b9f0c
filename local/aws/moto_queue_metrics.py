"""Publishes the metrics of the queues in moto, as SQS does once a minute. The function runs in moto's process.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

import time
from datetime import UTC, datetime
from typing import Any


def publish_queue_metrics(account: str) -> None:
    """Add the number of visible messages and the age of the oldest message of each queue to the metrics."""
    from moto.cloudwatch.models import MetricDatum, cloudwatch_backends
    from moto.sqs.models import sqs_backends

    now = time.time()
    timestamp = datetime.fromtimestamp(now, UTC).replace(tzinfo=None)
    for region, sqs in [*sqs_backends[account].items()]:
        for queue in [*sqs.queues.values()]:
            messages = [*queue._messages]  # pyright: ignore[reportPrivateUsage]
            sent = [float(message.sent_timestamp) for message in messages if message.sent_timestamp]
            values = {
                "ApproximateNumberOfMessagesVisible": (float(queue.approximate_number_of_messages), "Count"),
                "ApproximateAgeOfOldestMessage": (max(0.0, now - min(sent, default=now * 1000) / 1000), "Seconds"),
            }
            dimensions = [{"Name": "QueueName", "Value": queue.name}]
            data: list[Any] = cloudwatch_backends[account][region].metric_data
            data += [
                MetricDatum("AWS/SQS", name, value, dimensions, timestamp, unit)
                for name, (value, unit) in values.items()
            ]
