"""Evaluates the alarms that moto stores, and publishes to their topics. The functions run in moto's process."""

import logging
from datetime import UTC, datetime
from typing import Any, Final

from local.aws.moto_metrics import read_account
from local.aws.moto_queue_metrics import publish_queue_metrics
from local.aws.topic_permissions import may_publish
from local.cloudwatch.alarm_messages import StateChange, message, subject
from local.cloudwatch.alarm_rules import AlarmRule
from local.cloudwatch.alarms import MetricAlarm, State, evaluate_alarm
from local.cloudwatch.metric_data import Account

_LOGGER: Final = logging.getLogger(__name__)
_ACTIONS: Final = {
    State.OK: "OKActions",
    State.ALARM: "AlarmActions",
    State.INSUFFICIENT_DATA: "InsufficientDataActions",
}


def evaluate_all(account: str, time: float) -> None:
    """Evaluate all alarms of the account at a time, in seconds since the epoch, after SQS has published its metrics."""
    from moto.cloudwatch.models import cloudwatch_backends

    publish_queue_metrics(account)
    for backend in [*cloudwatch_backends[account].values()]:
        alarms = [alarm for alarm in [*backend.alarms.values()] if alarm.rule is None]
        definitions = [metric_alarm(alarm) for alarm in alarms]
        data = read_account(backend, [query for definition in definitions for query in definition.queries])
        for alarm, definition in zip(alarms, definitions, strict=True):
            state, reason = evaluate_alarm(definition, data, time, State(alarm.state_value))
            change_state(backend, alarm, state, reason, time)
        evaluate_composite_alarms(backend, time)


def evaluate_composite_alarms(backend: Any, time: float) -> None:
    """Evaluate the composite alarms of a Region, again and again while one changes: a rule can contain another one."""
    alarms: list[Any] = [alarm for alarm in [*backend.alarms.values()] if alarm.rule is not None]
    for _ in alarms:
        changes = [_evaluate_composite_alarm(backend, alarm, time) for alarm in alarms]
        if not any(changes):
            return


def change_state(backend: Any, alarm: Any, state: State, reason: str, time: float, reason_data: str = "{}") -> bool:
    """Set the state of an alarm and run its actions if the state changes. Return whether it changes."""
    old_state = State(alarm.state_value)
    if state is old_state:
        return False
    alarm.update_state(reason, reason_data, state.value)
    alarm.state_updated_timestamp = datetime.fromtimestamp(time, UTC).replace(tzinfo=None)
    if alarm.actions_enabled:
        actions = {
            "OKActions": alarm.ok_actions,
            "AlarmActions": alarm.alarm_actions,
            "InsufficientDataActions": alarm.insufficient_data_actions,
        }
        change = StateChange(
            alarm=alarm.name,
            arn=alarm.alarm_arn,
            description=alarm.description,
            account=backend.account_id,
            region=backend.region_name,
            old_state=old_state.value,
            new_state=state.value,
            reason=reason,
            time=alarm.state_updated_timestamp,
            configured=alarm.configuration_updated_timestamp,
            actions=actions,
            details=_details(backend, alarm),
        )
        for topic in actions[_ACTIONS[state]]:
            _publish(topic, change)
    return True


def set_state(backend: Any, name: str, reason: str, reason_data: str | None, state: str, time: float) -> None:
    """Set the state of an alarm by hand, as SetAlarmState does, and evaluate the composite alarms."""
    from moto.cloudwatch.exceptions import ResourceNotFound

    if name not in backend.alarms:
        raise ResourceNotFound
    change_state(backend, backend.alarms[name], State(state), reason, time, reason_data or "{}")
    if backend.alarms[name].rule is None:
        evaluate_composite_alarms(backend, time)


def check_alarm(alarm: Any) -> None:
    """Raise UnknownSyntax if the local engine cannot evaluate the alarm."""
    if alarm.rule is not None:
        AlarmRule(alarm.rule)
    else:
        evaluate_alarm(metric_alarm(alarm), Account({}, lambda *_: {}, 0), 0, State.OK)


def metric_alarm(alarm: Any) -> MetricAlarm:
    """Return moto's alarm in the form that the evaluation uses."""
    queries = [_query(query) for query in alarm.metric_data_queries] or [_only_query(alarm)]
    return MetricAlarm(
        queries=queries,
        comparison_operator=alarm.comparison_operator,
        evaluation_periods=int(alarm.evaluation_periods),
        datapoints_to_alarm=int(alarm.datapoints_to_alarm or alarm.evaluation_periods),
        threshold=None if alarm.threshold is None else float(alarm.threshold),
        threshold_id=alarm.threshold_metric_id,
        treat_missing_data=alarm.treat_missing_data or "missing",
    )


def _evaluate_composite_alarm(backend: Any, alarm: Any, time: float) -> bool:
    rule = AlarmRule(alarm.rule)

    def state_of(name: str) -> State:
        child = backend.alarms.get(name)
        return State.INSUFFICIENT_DATA if child is None else State(child.state_value)

    state = State.ALARM if rule.is_met(state_of) else State.OK
    children = ", ".join(f"{name} is {state_of(name)}" for name in rule.alarms)
    return change_state(backend, alarm, state, f"{alarm.rule} is {state is State.ALARM}: {children}", time)


def _publish(topic_arn: str, change: StateChange) -> None:
    from moto.sns.models import sns_backends

    if not topic_arn.startswith("arn:aws:sns:"):
        _LOGGER.warning("the alarm %s has an action that is no topic: %s", change.alarm, topic_arn)
    elif may_publish(topic_arn, change.arn, change.account):
        backend = sns_backends[change.account][topic_arn.split(":")[3]]
        backend.publish(message(change), arn=topic_arn, subject=subject(change))
    else:
        _LOGGER.warning("CloudWatch may not publish to %s for the alarm %s", topic_arn, change.alarm)


def _details(backend: Any, alarm: Any) -> dict[str, Any]:
    if alarm.rule is None:
        return {"Trigger": _trigger(alarm)}
    children = [backend.alarms[name] for name in AlarmRule(alarm.rule).alarms if name in backend.alarms]
    triggering = [child for child in children if child.state_value == State.ALARM]
    states = [
        {"Arn": child.alarm_arn, "State": {"Value": child.state_value, "Timestamp": str(child.state_updated_timestamp)}}
        for child in triggering
    ]
    return {"AlarmRule": alarm.rule, "TriggeringChildren": states}


def _trigger(alarm: Any) -> dict[str, Any]:
    definition = metric_alarm(alarm)
    trigger: dict[str, Any] = {
        "EvaluationPeriods": definition.evaluation_periods,
        "DatapointsToAlarm": definition.datapoints_to_alarm,
        "ComparisonOperator": definition.comparison_operator,
        "Threshold": definition.threshold,
        "TreatMissingData": definition.treat_missing_data,
        "EvaluateLowSampleCountPercentile": alarm.evaluate_low_sample_count_percentile,
    }
    if alarm.metric_data_queries:
        return trigger | {"Metrics": definition.queries}
    return trigger | {
        "MetricName": alarm.metric_name,
        "Namespace": alarm.namespace,
        "StatisticType": "ExtendedStatistic" if alarm.extended_statistic else "Statistic",
        "Statistic": alarm.extended_statistic or str(alarm.statistic).upper(),
        "Unit": alarm.unit,
        "Dimensions": [{"value": item.value, "name": item.name} for item in alarm.dimensions],
        "Period": int(alarm.period),
    }


def _only_query(alarm: Any) -> dict[str, Any]:
    dimensions = [{"Name": item.name, "Value": item.value} for item in alarm.dimensions]
    metric = {"Namespace": alarm.namespace, "MetricName": alarm.metric_name, "Dimensions": dimensions}
    stat = alarm.extended_statistic or alarm.statistic
    return {"Id": "m", "MetricStat": {"Metric": metric, "Period": int(alarm.period), "Stat": stat}}


def _query(query: Any) -> dict[str, Any]:
    result: dict[str, Any] = {"Id": query.id, "ReturnData": query.return_data is not False}
    if query.period:
        result["Period"] = int(query.period)
    if query.expression:
        return result | {"Expression": query.expression}
    stat = query.metric_stat
    dimensions = [{"Name": item.name, "Value": item.value} for item in stat.metric.dimensions]
    metric = {"Namespace": stat.metric.namespace, "MetricName": stat.metric.metric_name, "Dimensions": dimensions}
    return result | {"MetricStat": {"Metric": metric, "Period": int(stat.period), "Stat": stat.stat}}
