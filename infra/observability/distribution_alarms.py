"""The alarms on the distribution, its firewall and its certificate, in us-east-1.

CloudFront publishes its metrics only there, with the dimension `Region=Global`.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
"""

from typing import Final

import pulumi

from infra.config.stack_config import StackConfig
from infra.observability.alarm import ABOVE_BAND, BELOW, DAY, HOUR, Alarm, Metric, filled, guarded
from infra.observability.alert_topic import Urgency

_MIN_ERRORS: Final = 5
"""The number of responses with 5xx in a period below which no page is sent. It is small, so that a stack with few
viewers pages if every response is an error."""
_MIN_REQUESTS: Final = 100
_MIN_REQUESTS_OF_HIT_RATE: Final = 1000


def distribution_alarms(
    config: StackConfig,
    *,
    distribution: pulumi.Input[str],
    viewer_function: pulumi.Input[str],
    web_acl: str | None,
    certificate: pulumi.Input[str] | None,
) -> list[Alarm]:
    """Return the alarms.

    The arguments are the id of the distribution, the name of the viewer function, the metric name of the web ACL, and
    the ARN of the certificate. The last two are None for a stack without firewall or domain.
    """
    alarms = [_server_error_rate(distribution), _edge_validation_errors(distribution, viewer_function)]
    alarms.append(_client_error_rate(distribution))
    if config.additional_metrics:
        alarms.append(_hit_rate(distribution))
    if web_acl is not None:
        alarms.append(_blocked_requests_band(web_acl))
    if certificate is not None:
        alarms.append(_certificate_expiry(certificate))
    return alarms


def _server_error_rate(distribution: pulumi.Input[str]) -> Alarm:
    return Alarm(
        name="server-error-rate",
        urgency=Urgency.URGENT,
        meaning="CloudFront responds with 5xx: the edge function fails or is throttled, or S3 does not respond.",
        viewers="Images are missing.",
        metrics={"requests": _cloudfront("Requests", "Sum", distribution), "rate": _rate("5xxErrorRate", distribution)},
        expression=guarded(f"{filled('requests')} * {filled('rate')} / 100", _MIN_ERRORS, filled("rate")),
    )


def _edge_validation_errors(distribution: pulumi.Input[str], viewer_function: pulumi.Input[str]) -> Alarm:
    def of_viewer_function(name: str) -> Metric:
        dimensions: dict[str, pulumi.Input[str]] = {"FunctionName": viewer_function, "Region": "Global"}
        return Metric(namespace="AWS/CloudFront", name=name, stat="Sum", dimensions=dimensions)

    # The page on metrics does not name the two metrics of Lambda@Edge; dashboards of CloudFront's console do. If there
    # is no data, server-error-rate still goes off.
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/monitoring-functions.html
    return Alarm(
        name="edge-validation-errors",
        urgency=Urgency.URGENT,
        meaning="CloudFront refuses a response of the edge function, or one of the two functions raises an exception. "
        "A new version of a function probably has a defect.",
        viewers="The affected images are missing: status 502 or 503.",
        metrics={
            "validation": _cloudfront("LambdaValidationError", "Sum", distribution),
            "execution": _cloudfront("LambdaExecutionError", "Sum", distribution),
            "viewer_validation": of_viewer_function("FunctionValidationErrors"),
            "viewer_execution": of_viewer_function("FunctionExecutionErrors"),
        },
        expression=filled("validation", "execution", "viewer_validation", "viewer_execution"),
        period=300,
    )


def _client_error_rate(distribution: pulumi.Input[str]) -> Alarm:
    return Alarm(
        name="client-error-rate",
        urgency=Urgency.ROUTINE,
        meaning="Many requests get 4xx: pages request images that do not exist, or use a wrong query.",
        viewers="Images are missing in some pages.",
        metrics={"requests": _cloudfront("Requests", "Sum", distribution), "rate": _rate("4xxErrorRate", distribution)},
        expression=guarded(filled("requests"), _MIN_REQUESTS, filled("rate")),
        period=HOUR,
    )


def _hit_rate(distribution: pulumi.Input[str]) -> Alarm:
    return Alarm(
        name="hit-rate",
        urgency=Urgency.ROUTINE,
        meaning="CloudFront serves fewer requests than usual from its caches, so the edge function runs more often.",
        viewers="More images than usual appear late.",
        metrics={"requests": _cloudfront("Requests", "Sum", distribution), "rate": _rate("CacheHitRate", distribution)},
        expression=guarded(filled("requests"), _MIN_REQUESTS_OF_HIT_RATE, filled("rate"), otherwise=100),
        comparison=BELOW,
        period=HOUR,
        periods=3,
        breaching_periods=3,
    )


def _blocked_requests_band(web_acl: str) -> Alarm:
    # The dimension `Region` exists only for resources other than distributions.
    # https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
    dimensions: dict[str, pulumi.Input[str]] = {"WebACL": web_acl, "Rule": "ALL"}
    blocked = Metric(namespace="AWS/WAFV2", name="BlockedRequests", stat="Sum", dimensions=dimensions)
    return Alarm(
        name="blocked-requests-band",
        urgency=Urgency.ROUTINE,
        meaning="The firewall blocks more requests than at this time on other days: an attack, or a rule that matches "
        "requests of normal viewers.",
        viewers="Viewers whose requests are blocked get 403 or 429.",
        metrics={"blocked": blocked},
        comparison=ABOVE_BAND,
        periods=4,
        breaching_periods=3,
    )


def _certificate_expiry(certificate: pulumi.Input[str]) -> Alarm:
    # ACM publishes the metric twice a day until the certificate expires, so missing data keeps the state of the alarm.
    # https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html
    dimensions: dict[str, pulumi.Input[str]] = {"CertificateArn": certificate}
    days = Metric(namespace="AWS/CertificateManager", name="DaysToExpiry", stat="Minimum", dimensions=dimensions)
    return Alarm(
        name="certificate-expiry",
        urgency=Urgency.ROUTINE,
        meaning="The certificate of the domain expires soon, and ACM did not renew it. "
        "The validation record is probably missing from the hosted zone.",
        viewers="Nothing yet. After the day of expiry, browsers refuse every image.",
        metrics={"days": days},
        comparison=BELOW,
        period=DAY,
        missing="ignore",
    )


def _cloudfront(name: str, stat: str, distribution: pulumi.Input[str]) -> Metric:
    dimensions: dict[str, pulumi.Input[str]] = {"DistributionId": distribution, "Region": "Global"}
    return Metric(namespace="AWS/CloudFront", name=name, stat=stat, dimensions=dimensions)


def _rate(name: str, distribution: pulumi.Input[str]) -> Metric:
    return _cloudfront(name, "Average", distribution)
