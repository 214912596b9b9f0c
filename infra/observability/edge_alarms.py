"""The alarms on the edge function, for one Region in which it runs.

A replica publishes the metrics of Lambda in the Region where it runs, under the name `us-east-1.NAME`. AWS does not
document this name. So an alarm that pages uses the metrics of the log lines too, and either is enough.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-logs.html
"""

from typing import Final

import pulumi

from infra.observability.alarm import (
    ABOVE_BAND,
    AT_OR_ABOVE,
    HOUR,
    OUTSIDE_BAND,
    Alarm,
    Metric,
    filled,
    guarded,
    larger,
)
from infra.observability.alert_topic import Urgency
from infra.observability.metric_filters import metrics_namespace

_MIN_REJECTED: Final = 30
"""The number of rejected images in a period below which no page is sent: one broken original
has several renditions, and a rejection is cached for a minute."""

_MIN_FAILURES: Final = 5
"""The number of failures in a period below which no page is sent. It is small: a stack whose caches are full runs the
edge function seldom, and must page if every run fails."""

_MIN_IMAGES: Final = 100
"""The number of images in a period below which a percentile says nothing."""

_DEFAULT_CONCURRENCY: Final = 1000
"""The concurrency quota of an account that CloudWatch does not know.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""


def edge_alarms(*, replica: pulumi.Input[str], rule_name: pulumi.Input[str]) -> list[Alarm]:
    """Return the alarms. `replica` is the name under which replicas report, `rule_name` counts renders per original."""
    return [*_failures(replica), *_load(replica, rule_name), *_routine(replica)]


def _failures(replica: pulumi.Input[str]) -> list[Alarm]:
    processed, rejected = _own("ImagesProcessed"), _own("ImagesRejected")
    invocations, failures = _lambda("Invocations", "Sum", replica), _own("RenderFailures")
    images, all_failures = filled("processed", "rejected"), filled("errors", "failures")
    calls = larger(filled("invocations"), filled("processed", "rejected", "failures"))
    return [
        Alarm(
            name="rejected-share",
            urgency=Urgency.URGENT,
            meaning="The edge function rejects more originals than usual: too large, too slow to render, or broken. "
            "Many broken originals were uploaded, or a new version refuses good ones.",
            viewers="The affected images are missing: status 415.",
            metrics={"processed": processed, "rejected": rejected},
            expression=guarded(filled("rejected"), _MIN_REJECTED, f"100 * {filled('rejected')} / ({images})"),
        ),
        Alarm(
            name="edge-error-rate",
            urgency=Urgency.URGENT,
            meaning="The edge function fails: it cannot read from S3, it raises an unexpected exception, or Lambda "
            "stops it at its timeout.",
            viewers="Images that are not cached are missing: status 502 or 503. Cached images are served.",
            metrics={
                "errors": _lambda("Errors", "Sum", replica),
                "invocations": invocations,
                "failures": failures,
                "processed": processed,
                "rejected": rejected,
            },
            expression=guarded(all_failures, _MIN_FAILURES, f"100 * ({all_failures}) / {calls}"),
        ),
        Alarm(
            name="processing-duration",
            urgency=Urgency.URGENT,
            meaning="One image in a hundred takes longer to make than the threshold, in milliseconds.",
            viewers="Images that are not cached appear late. Cached images are fast.",
            metrics={
                "rendering": _own("ProcessingDuration", "p99"),
                "duration": _lambda("Duration", "p99", replica),
                "processed": processed,
                "invocations": invocations,
            },
            expression=larger(
                guarded(filled("processed"), _MIN_IMAGES, filled("rendering")),
                guarded(filled("invocations"), _MIN_IMAGES, filled("duration")),
            ),
        ),
    ]


def _load(replica: pulumi.Input[str], rule_name: pulumi.Input[str]) -> list[Alarm]:
    used = Metric(namespace="AWS/Lambda", name="ConcurrentExecutions", stat="Maximum")
    claimed = Metric(namespace="AWS/Lambda", name="ClaimedAccountConcurrency", stat="Maximum")
    return [
        # If replicas report under another name, server-error-rate goes off: CloudFront responds with 503.
        Alarm(
            name="edge-throttles",
            urgency=Urgency.URGENT,
            meaning="Lambda refuses to run the edge function, because the account uses its concurrency up.",
            viewers="Images that are not cached are missing: status 503.",
            metrics={"throttles": _lambda("Throttles", "Sum", replica)},
            period=300,
        ),
        # The quota is a usage metric without dimensions. AWS's list of services with quotas in CloudWatch does not
        # contain Lambda, but the Service Quotas API names this usage metric for the quota L-B99A9384. Where CloudWatch
        # does not know the quota, the default quota counts.
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Quotas-Visualize-Alarms.html
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html
        Alarm(
            name="edge-concurrency",
            urgency=Urgency.URGENT,
            meaning="The functions of the account use most of the concurrency of this Region. "
            "At 100 %, Lambda refuses to run the edge function.",
            viewers="Nothing yet. At 100 %, images that are not cached are missing: status 503.",
            metrics={"used": used, "claimed": claimed},
            expression=f"100 * {larger(filled('claimed'), filled('used'))} "
            f"/ FILL(SERVICE_QUOTA(used), {_DEFAULT_CONCURRENCY})",
            comparison=AT_OR_ABOVE,
            period=300,
        ),
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/ContributorInsights-GraphReportData.html
        Alarm(
            name="renders-per-original",
            urgency=Urgency.URGENT,
            meaning="One original was rendered far more often in an hour than it has renditions. "
            "Somebody creates renditions on purpose, or an original changes all the time.",
            viewers="Usually nothing. Each rendition costs money, and other images can wait longer.",
            metrics={},
            expression=pulumi.Output.concat('INSIGHT_RULE_METRIC("', rule_name, '", "MaxContributorValue")'),
            period=HOUR,
        ),
    ]


def _routine(replica: pulumi.Input[str]) -> list[Alarm]:
    processed, invocations = _own("ImagesProcessed"), _lambda("Invocations", "Sum", replica)
    calls = larger(filled("invocations"), filled("processed"))
    return [
        Alarm(
            name="images-per-hour",
            urgency=Urgency.ROUTINE,
            meaning="The edge function made more images in an hour than expected.",
            viewers="Nothing.",
            metrics={"processed": processed},
            period=HOUR,
        ),
        Alarm(
            name="duration-band",
            urgency=Urgency.ROUTINE,
            meaning="One image in a hundred takes longer to make than at this time on other days.",
            viewers="Images that are not cached can appear a little later.",
            metrics={"rendering": _own("ProcessingDuration", "p99")},
            comparison=ABOVE_BAND,
            periods=4,
            breaching_periods=3,
        ),
        Alarm(
            name="invocations-band",
            urgency=Urgency.ROUTINE,
            meaning="The edge function runs more often or less often than at this time on other days.",
            viewers="Usually nothing.",
            metrics={"invocations": invocations},
            # Lambda publishes nothing if the function does not run at all.
            expression=filled("invocations"),
            comparison=OUTSIDE_BAND,
            periods=4,
            breaching_periods=3,
        ),
        Alarm(
            name="cold-start-band",
            urgency=Urgency.ROUTINE,
            meaning="More invocations than usual start a new process first.",
            viewers="Images that are not cached appear about half a second later.",
            metrics={"cold": _own("ColdStarts"), "invocations": invocations, "processed": processed},
            expression=f"100 * {filled('cold')} / {calls}",
            comparison=ABOVE_BAND,
            periods=4,
            breaching_periods=3,
        ),
    ]


def _own(name: str, stat: str = "Sum") -> Metric:
    return Metric(namespace=metrics_namespace(), name=name, stat=stat)


def _lambda(name: str, stat: str, replica: pulumi.Input[str]) -> Metric:
    return Metric(namespace="AWS/Lambda", name=name, stat=stat, dimensions={"FunctionName": replica})
