"""An alarm as data: what it watches, when it goes off, and what its description says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pulumi

from infra.config.stack_config import StackConfig
from infra.observability.alert_topic import Urgency

MINUTES_15: Final = 900
HOUR: Final = 3600
DAY: Final = 86_400

ABOVE: Final = "GreaterThanThreshold"
AT_OR_ABOVE: Final = "GreaterThanOrEqualToThreshold"
BELOW: Final = "LessThanThreshold"
ABOVE_BAND: Final = "GreaterThanUpperThreshold"
OUTSIDE_BAND: Final = "LessThanLowerOrGreaterThanUpperThreshold"

MAX_DESCRIPTION: Final = 1024
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric of CloudWatch with one statistic."""

    namespace: str
    name: str
    stat: str
    dimensions: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """An alarm. The threshold comes from the configuration, under the name of the alarm in camel case."""

    name: str
    """The name, which is also the name of the runbook: docs/runbooks/<name>.md."""
    urgency: Urgency
    meaning: str
    """What the alarm means, as sentences."""
    viewers: str
    """What viewers notice, as sentences."""
    metrics: Mapping[str, Metric]
    """The metrics by the id that `expression` uses. CloudWatch accepts at most ten.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html
    """
    expression: pulumi.Input[str] = ""
    """The metric math whose result is watched. Empty if the alarm watches its only metric.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
    """
    comparison: str = ABOVE
    period: int = MINUTES_15
    """The length of a period in seconds. With more than one period, all together may have at most a day if a period is
    shorter than an hour, and at most seven days otherwise."""
    periods: int = 1
    """The number of the last periods that are evaluated."""
    breaching_periods: int = 1
    """The number of these periods in which the threshold must be breached."""
    missing: str = "notBreaching"
    """What a period without data means.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    """

    @property
    def has_band(self) -> bool:
        """Whether the threshold is the width of an anomaly detection band, in standard deviations."""
        return self.comparison in (ABOVE_BAND, OUTSIDE_BAND)


def description(config: StackConfig, *, urgency: Urgency, meaning: str, viewers: str, runbook: str) -> str:
    """Return the text that a page or an email shows. `runbook` is the name of a file in docs/runbooks/.

    The text begins with the urgency, by which `python -m ops status` sorts the alarms.
    """
    address = f"{config.runbook_url.rstrip('/') or 'docs/runbooks'}/{runbook}"
    return f"{urgency.capitalize()}. {meaning}\nViewers: {viewers}\nRunbook: {address}"


def filled(*ids: str) -> str:
    """Return the sum of some metrics, in which a missing value counts as 0."""
    return " + ".join(f"FILL({id_}, 0)" for id_ in ids)


def larger(first: str, second: str) -> str:
    """Return the larger of two expressions, so that either of two sources is enough for an alarm."""
    return f"MAX([{first}, {second}])"


def guarded(total: str, minimum: int, value: str, otherwise: int = 0) -> str:
    """Return `value` if `total` is at least `minimum`, so that a few requests or errors cannot set off an alarm."""
    return f"IF(({total}) >= {minimum}, {value}, {otherwise})"
