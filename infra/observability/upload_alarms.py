"""The alarms on the upload queue and on the originals bucket, in the Region of the buckets."""

import pulumi

from infra.observability.alarm import DAY, HOUR, OUTSIDE_BAND, Alarm, Metric, filled
from infra.observability.alert_topic import Urgency


def upload_alarms(
    *,
    queue: pulumi.Input[str],
    dead_letter_queue: pulumi.Input[str],
    bucket: pulumi.Input[str],
    request_metrics: pulumi.Input[str] | None,
) -> list[Alarm]:
    """Return the alarms.

    The arguments are the names of both queues and of the originals bucket, and the id of the request metrics of the
    bucket, which is None without request metrics.
    """
    alarms = [*_queue_alarms(queue, dead_letter_queue), _bucket_growth_band(bucket)]
    if request_metrics is not None:
        alarms.append(_uploads_per_hour(bucket, request_metrics))
    return alarms


def _queue_alarms(queue: pulumi.Input[str], dead_letter_queue: pulumi.Input[str]) -> list[Alarm]:
    # SQS publishes nothing about a queue that was not used for six hours.
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    return [
        Alarm(
            name="dead-letters",
            urgency=Urgency.URGENT,
            meaning="The refresh function could not process a changed original in five attempts.",
            viewers="They still see the old version of the original until its cached renditions expire.",
            metrics={"letters": _sqs("ApproximateNumberOfMessagesVisible", dead_letter_queue)},
            period=300,
        ),
        Alarm(
            name="message-age",
            urgency=Urgency.URGENT,
            meaning="The refresh function does not keep up with changed originals, or does not run. "
            "The threshold is the age of the oldest message in seconds.",
            viewers="They see old versions of changed originals for longer than usual.",
            metrics={"age": _sqs("ApproximateAgeOfOldestMessage", queue)},
            period=300,
        ),
    ]


def _uploads_per_hour(bucket: pulumi.Input[str], request_metrics: pulumi.Input[str]) -> Alarm:
    def requests(name: str) -> Metric:
        dimensions = {"BucketName": bucket, "FilterId": request_metrics}
        return Metric(namespace="AWS/S3", name=name, stat="Sum", dimensions=dimensions)

    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
    return Alarm(
        name="uploads-per-hour",
        urgency=Urgency.ROUTINE,
        meaning="More originals were uploaded in an hour than expected.",
        viewers="Nothing.",
        metrics={"puts": requests("PutRequests"), "posts": requests("PostRequests")},
        expression=filled("puts", "posts"),
        period=HOUR,
    )


def _bucket_growth_band(bucket: pulumi.Input[str]) -> Alarm:
    # S3 publishes the size once a day, with a delay. An upload is first stored in the class STANDARD.
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
    dimensions: dict[str, pulumi.Input[str]] = {"BucketName": bucket, "StorageType": "StandardStorage"}
    size = Metric(namespace="AWS/S3", name="BucketSizeBytes", stat="Average", dimensions=dimensions)
    return Alarm(
        name="bucket-growth-band",
        urgency=Urgency.ROUTINE,
        meaning="The originals grow or shrink faster than on other days.",
        viewers="Nothing, unless somebody deletes originals.",
        metrics={"size": size},
        comparison=OUTSIDE_BAND,
        period=DAY,
        periods=3,
        breaching_periods=1,
        missing="ignore",
    )


def _sqs(name: str, queue: pulumi.Input[str]) -> Metric:
    return Metric(namespace="AWS/SQS", name=name, stat="Maximum", dimensions={"QueueName": queue})
