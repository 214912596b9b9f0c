"""The alarms of one group in one Region, and the composite alarm that pages for the urgent ones."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.config.thresholds import threshold
from infra.observability.alarm import Alarm, Metric, description
from infra.observability.alert_topic import AlertTopic, Urgency
from infra.resource_tags import resource_tags

_RESULT = "result"
_BAND = "band"


class AlarmGroup(pulumi.ComponentResource):
    """Metric alarms and one composite alarm.

    An urgent metric alarm has no action. The composite alarm notifies the urgent topic when the first of them goes off
    and when all are over, so that one incident causes one page. A routine alarm notifies the routine topic itself.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html
    """

    def __init__(
        self,
        group: str,
        *,
        config: StackConfig,
        region: str,
        alarms: Sequence[Alarm],
        urgent_topic: AlertTopic,
        routine_topic: AlertTopic,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the alarms. `group` is edge, distribution or uploads."""
        super().__init__("infra:observability/alarm_group:AlarmGroup", f"{group}-alarms-{region}", None, opts)
        child = pulumi.ResourceOptions(parent=self)
        metric_alarms = {alarm.name: _metric_alarm(alarm, config, region, routine_topic.arn, child) for alarm in alarms}
        urgent_alarms = [metric_alarms[alarm.name] for alarm in alarms if alarm.urgency is Urgency.URGENT]

        # A composite alarm needs a name from the program. The end of the topic's name makes the name unique.
        suffix = urgent_topic.physical_name.apply(lambda name: name.rpartition("-")[2])
        states = [pulumi.Output.concat('ALARM("', alarm.name, '")') for alarm in urgent_alarms]
        aws.cloudwatch.CompositeAlarm(
            f"{group}-urgent-{region}",
            region=region,
            alarm_name=pulumi.Output.concat(
                f"{pulumi.get_project()}-{pulumi.get_stack()}-{group}-urgent-{region}-", suffix
            ),
            alarm_description=description(
                config,
                urgency=Urgency.URGENT,
                meaning=f"At least one urgent alarm of the group {group} in {region} is on. "
                "The page names the alarms and their runbooks.",
                viewers="The runbook of each alarm says what they notice.",
                runbook="README.md",
            ),
            alarm_rule=pulumi.Output.all(*states).apply(" OR ".join),
            alarm_actions=[urgent_topic.arn],
            ok_actions=[urgent_topic.arn],
            tags=resource_tags(config),
            opts=child,
        )
        self.register_outputs({})


def _metric_alarm(
    alarm: Alarm,
    config: StackConfig,
    region: str,
    routine_topic: pulumi.Input[str],
    child: pulumi.ResourceOptions,
) -> aws.cloudwatch.MetricAlarm:
    limit = threshold(alarm.name, config.thresholds)
    actions = [routine_topic] if alarm.urgency is Urgency.ROUTINE else None
    return aws.cloudwatch.MetricAlarm(
        f"{alarm.name}-{region}",
        region=region,
        alarm_description=description(
            config,
            urgency=alarm.urgency,
            meaning=alarm.meaning,
            viewers=alarm.viewers,
            runbook=f"{alarm.name}.md",
        ),
        comparison_operator=alarm.comparison,
        evaluation_periods=alarm.periods,
        datapoints_to_alarm=alarm.breaching_periods,
        metric_queries=_queries(alarm, limit),
        threshold=None if alarm.has_band else limit,
        threshold_metric_id=_BAND if alarm.has_band else None,
        treat_missing_data=alarm.missing,
        alarm_actions=actions,
        ok_actions=actions,
        tags=resource_tags(config),
        opts=child,
    )


def _queries(alarm: Alarm, limit: float) -> list[aws.cloudwatch.MetricAlarmMetricQueryArgsDict]:
    """Return the queries of an alarm. CloudWatch compares the one that returns data, or the two with a band.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html
    """
    queries = [_metric_query(id_, metric, alarm) for id_, metric in alarm.metrics.items()]
    watched = _RESULT if alarm.expression else next(iter(alarm.metrics))
    if alarm.expression:
        query: aws.cloudwatch.MetricAlarmMetricQueryArgsDict = {
            "id": _RESULT,
            "label": alarm.name,
            "expression": alarm.expression,
            "return_data": True,
        }
        # An expression takes the period of its metrics, if it has any.
        queries.append(query if alarm.metrics else {**query, "period": alarm.period})
    if alarm.has_band:
        expression = f"ANOMALY_DETECTION_BAND({watched}, {limit:g})"
        queries.append({"id": _BAND, "label": "expected", "expression": expression, "return_data": True})
    return queries


def _metric_query(id_: str, metric: Metric, alarm: Alarm) -> aws.cloudwatch.MetricAlarmMetricQueryArgsDict:
    query: aws.cloudwatch.MetricAlarmMetricQueryMetricArgsDict = {
        "namespace": metric.namespace,
        "metric_name": metric.name,
        "stat": metric.stat,
        "period": alarm.period,
    }
    if metric.dimensions:
        query["dimensions"] = metric.dimensions
    return {"id": id_, "metric": query, "return_data": not alarm.expression}
