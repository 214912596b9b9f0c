"""Creates the declared log groups, metrics, alarms, dashboards, saved queries and topics in moto."""

from collections.abc import Callable
from typing import Any, Final

from local.aws.cloud import Cloud
from local.program.program import Resource

_ALARM_PARAMETERS: Final = {
    "actionsEnabled": "ActionsEnabled",
    "alarmActions": "AlarmActions",
    "alarmDescription": "AlarmDescription",
    "comparisonOperator": "ComparisonOperator",
    "datapointsToAlarm": "DatapointsToAlarm",
    "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile",
    "evaluationPeriods": "EvaluationPeriods",
    "extendedStatistic": "ExtendedStatistic",
    "insufficientDataActions": "InsufficientDataActions",
    "metricName": "MetricName",
    "namespace": "Namespace",
    "okActions": "OKActions",
    "period": "Period",
    "statistic": "Statistic",
    "threshold": "Threshold",
    "thresholdMetricId": "ThresholdMetricId",
    "treatMissingData": "TreatMissingData",
    "unit": "Unit",
}
"""The names of parameters of alarms in CloudWatch, by their names in Pulumi."""


def _create_log_group(resource: Resource, cloud: Cloud) -> None:
    logs = cloud.logs(resource.outputs["region"])
    logs.create_log_group(logGroupName=resource.outputs["name"])
    if days := resource.inputs.get("retentionInDays"):
        logs.put_retention_policy(logGroupName=resource.outputs["name"], retentionInDays=days)


def _create_metric_filter(resource: Resource, cloud: Cloud) -> None:
    declared = resource.inputs["metricTransformation"]
    transformation: Any = {
        "metricName": declared["name"],
        "metricNamespace": declared["namespace"],
        "metricValue": declared["value"],
    }
    transformation |= {name: declared[name] for name in ("dimensions", "unit") if name in declared}
    if "defaultValue" in declared:
        transformation["defaultValue"] = float(declared["defaultValue"])
    cloud.logs(resource.outputs["region"]).put_metric_filter(
        filterName=resource.outputs["name"],
        filterPattern=resource.inputs["pattern"],
        logGroupName=resource.inputs["logGroupName"],
        metricTransformations=[transformation],
    )


def _create_metric_alarm(resource: Resource, cloud: Cloud) -> None:
    parameters: Any = _alarm_parameters(resource)
    if dimensions := resource.inputs.get("dimensions"):
        parameters["Dimensions"] = _dimensions(dimensions)
    if queries := resource.inputs.get("metricQueries"):
        parameters["Metrics"] = [_metric_query(query) for query in queries]
    cloud.cloudwatch(resource.outputs["region"]).put_metric_alarm(AlarmName=resource.outputs["name"], **parameters)


def _create_composite_alarm(resource: Resource, cloud: Cloud) -> None:
    parameters: Any = _alarm_parameters(resource)
    cloud.cloudwatch(resource.outputs["region"]).put_composite_alarm(
        AlarmName=resource.inputs["alarmName"], AlarmRule=resource.inputs["alarmRule"], **parameters
    )


def _create_dashboard(resource: Resource, cloud: Cloud) -> None:
    cloud.cloudwatch(resource.outputs["region"]).put_dashboard(
        DashboardName=resource.inputs["dashboardName"], DashboardBody=resource.inputs["dashboardBody"]
    )


def _create_insight_rule(resource: Resource, cloud: Cloud) -> None:
    cloud.cloudwatch(resource.outputs["region"]).put_insight_rule(
        RuleName=resource.inputs["ruleName"],
        RuleDefinition=resource.inputs["ruleDefinition"],
        RuleState=resource.inputs.get("ruleState") or "ENABLED",
    )


def _create_query_definition(resource: Resource, cloud: Cloud) -> None:
    cloud.logs(resource.outputs["region"]).put_query_definition(
        name=resource.outputs["name"],
        queryString=resource.inputs["queryString"],
        logGroupNames=resource.inputs.get("logGroupNames") or [],
    )


def _create_topic(resource: Resource, cloud: Cloud) -> None:
    key = resource.inputs.get("kmsMasterKeyId")
    cloud.sns(resource.outputs["region"]).create_topic(
        Name=resource.outputs["name"], Attributes={"KmsMasterKeyId": key} if key else {}
    )


def _set_topic_policy(resource: Resource, cloud: Cloud) -> None:
    cloud.sns(resource.outputs["region"]).set_topic_attributes(
        TopicArn=resource.inputs["arn"], AttributeName="Policy", AttributeValue=resource.inputs["policy"]
    )


def _subscribe(resource: Resource, cloud: Cloud) -> None:
    cloud.sns(resource.outputs["region"]).subscribe(
        TopicArn=resource.inputs["topic"],
        Protocol=resource.inputs["protocol"],
        Endpoint=resource.inputs["endpoint"],
    )


def _alarm_parameters(resource: Resource) -> dict[str, Any]:
    return {
        cloudwatch_name: resource.inputs[pulumi_name]
        for pulumi_name, cloudwatch_name in _ALARM_PARAMETERS.items()
        if resource.inputs.get(pulumi_name) is not None
    }


def _metric_query(query: dict[str, Any]) -> dict[str, Any]:
    result = {"Id": query["id"], "ReturnData": bool(query.get("returnData"))}
    result |= {name.capitalize(): query[name] for name in ("expression", "label", "period") if query.get(name)}
    if metric := query.get("metric"):
        dimensions = _dimensions(metric.get("dimensions") or {})
        result["MetricStat"] = {
            "Metric": {
                "Namespace": metric["namespace"],
                "MetricName": metric["metricName"],
                "Dimensions": dimensions,
            },
            "Period": metric["period"],
            "Stat": metric["stat"],
        }
    return result


def _dimensions(dimensions: dict[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in dimensions.items()]


MONITORING_CREATORS: Final[dict[str, Callable[[Resource, Cloud], None]]] = {
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": _create_composite_alarm,
    "aws:cloudwatch/contributorInsightRule:ContributorInsightRule": _create_insight_rule,
    "aws:cloudwatch/dashboard:Dashboard": _create_dashboard,
    "aws:cloudwatch/logGroup:LogGroup": _create_log_group,
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": _create_metric_filter,
    "aws:cloudwatch/metricAlarm:MetricAlarm": _create_metric_alarm,
    "aws:cloudwatch/queryDefinition:QueryDefinition": _create_query_definition,
    "aws:sns/topic:Topic": _create_topic,
    "aws:sns/topicPolicy:TopicPolicy": _set_topic_policy,
    "aws:sns/topicSubscription:TopicSubscription": _subscribe,
}
"""The function that creates a resource of each type."""
