"""The checks of the `status` command, each for one part of the stack. A failed check does not stop the others."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from ops.aws import metrics, queues
from ops.aws.alarms import read_alarms
from ops.aws.alert_topics import URGENCIES, find_recipients, topics
from ops.aws.error_messages import explain, is_credentials_error
from ops.aws.stack import Stack
from ops.console.formatting import format_age, format_number, format_percent
from ops.errors import Failed

METRICS_NOT_ENABLED: Final = "not available: no requests, or no additional metrics of CloudFront"
_NO_REFRESH: Final = "no refresh function: uploads do not invalidate automatically"
_BUDGET_LIMITS: Final = "counts only costs with activated cost allocation tags, and perhaps not Lambda@Edge"
"""What the budget of infra/observability/budget.py cannot see.

No AWS page says whether the usage of Lambda@Edge carries the tags of the function.
https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
"""
_SHOWN_INVALIDATIONS: Final = 3

Result = tuple[str, Any]
"""What a check returns: the text that the command prints, and the value for `--json`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """The result of one check."""

    name: str
    text: str
    """The result as text for the operator."""
    value: Any
    """The result for programs, in types that can be serialized as JSON."""
    is_known: bool = True
    """Whether AWS provided the information."""


def check_health(stack: Stack, now: datetime) -> list[HealthCheck]:
    """Run all checks, and return their results in the order in which `status` prints them.

    Raises BotoCoreError if a request cannot be sent, and ClientError if AWS rejects the credentials, because no check
    can succeed in these cases.
    """
    return [_run_check(name, check, stack, now) for name, check in _CHECKS.items()]


def _run_check(name: str, check: Callable[[Stack, datetime], Result], stack: Stack, now: datetime) -> HealthCheck:
    try:
        text, value = check(stack, now)
    except ClientError as error:
        if is_credentials_error(error):
            raise
        return _unknown(name, explain(error))
    except Failed as error:
        return _unknown(name, str(error))
    return HealthCheck(name=name, text=text, value=value)


def _unknown(name: str, reason: str) -> HealthCheck:
    return HealthCheck(name=name, text=f"unknown: {reason}", value={"error": reason}, is_known=False)


def _check_distribution(stack: Stack, now: datetime) -> Result:
    id_ = stack.output("distribution_id")
    if stack.is_local:
        return f"{id_}, served by the local engine at {stack.output('url')}", {"id": id_, "status": "local"}
    distribution = stack.cloudfront().get_distribution(Id=id_)["Distribution"]
    status, is_enabled = distribution["Status"], distribution["DistributionConfig"]["Enabled"]
    seconds = (now - distribution["LastModifiedTime"]).total_seconds()
    text = (
        f"{id_} ({distribution['DomainName']}), {'' if is_enabled else 'DISABLED, '}{status}, "
        f"changed {format_age(seconds)} ago"
    )
    return text, {"id": id_, "status": status, "enabled": is_enabled, "changed_seconds_ago": round(seconds)}


def _check_edge_function(stack: Stack, _now: datetime) -> Result:
    """Compare the version that the distribution uses with the newest version.

    The distribution provides its version, because the outputs may be outdated.
    """
    newest = stack.output("edge_function_newest_arn").rpartition(":")[2]
    arns = [stack.output("edge_function_arn")] if stack.is_local else _edge_function_arns(stack)
    if not arns:
        return "NONE: the distribution has no edge function", {"version": None, "newest": newest}
    function, _, version = arns[0].rpartition(":function:")[2].partition(":")
    comparison = "the newest" if version == newest else f"the newest is {newest}"
    value = {"function": function, "version": version, "newest": newest}
    return f"{function}, version {version}, {comparison}", value


def _edge_function_arns(stack: Stack) -> list[str]:
    response = stack.cloudfront().get_distribution(Id=stack.output("distribution_id"))
    behavior = response["Distribution"]["DistributionConfig"]["DefaultCacheBehavior"]
    associations = behavior.get("LambdaFunctionAssociations", {}).get("Items", [])
    return [
        association["LambdaFunctionARN"]
        for association in associations
        if association["EventType"] == "origin-response"
    ]


def _check_invalidations(stack: Stack, now: datetime) -> Result:
    paginator = stack.cloudfront().get_paginator("list_invalidations")
    in_progress: list[Any] = []
    # CloudFront lists the newest invalidations first. The search ends at a page without invalidations in progress.
    for page in paginator.paginate(DistributionId=stack.output("distribution_id")):
        invalidations = page["InvalidationList"].get("Items", [])
        unfinished = [invalidation for invalidation in invalidations if invalidation["Status"].lower() != "completed"]
        in_progress += unfinished
        if not unfinished:
            break
    if not in_progress:
        return "none in progress", {"in_progress": 0, "oldest_seconds": None, "ids": []}
    oldest = (now - min(invalidation["CreateTime"] for invalidation in in_progress)).total_seconds()
    ids = [invalidation["Id"] for invalidation in in_progress]
    listed_ids = f"{', '.join(ids[:_SHOWN_INVALIDATIONS])}{' ...' if len(ids) > _SHOWN_INVALIDATIONS else ''}"
    value = {"in_progress": len(ids), "oldest_seconds": round(oldest), "ids": ids}
    return f"{len(ids)} in progress, the oldest for {format_age(oldest)}: {listed_ids}", value


def _check_queue(stack: Stack, now: datetime) -> Result:
    queue = queues.queue_url(stack, "refresh_queue_url")
    if queue is None:
        return _NO_REFRESH, None
    counts = queues.count_messages(stack.sqs(), queue)
    oldest = metrics.oldest_message_age(stack, queue, now)
    text = f"{format_number(counts['waiting'])} waiting, {format_number(counts['in_flight'])} in flight"
    age_text = f", the oldest for {format_age(oldest)}" if oldest else ""
    return f"{text}{age_text}", counts | {"oldest_seconds": oldest}


def _check_dead_letters(stack: Stack, _now: datetime) -> Result:
    queue = queues.queue_url(stack, "dead_letters_queue_url")
    if queue is None:
        return _NO_REFRESH, None
    count = sum(queues.count_messages(stack.sqs(), queue).values())
    text = f"{format_number(count)}: list them with redrive --dry-run" if count else "none"
    return text, {"count": count}


def _check_urgent_alarms(stack: Stack, now: datetime) -> Result:
    return _check_alarms(stack, now, "urgent")


def _check_routine_alarms(stack: Stack, now: datetime) -> Result:
    return _check_alarms(stack, now, "routine")


def _check_alarms(stack: Stack, now: datetime, urgency: str) -> Result:
    """Return the alarms that fire, the oldest first, each with its Region and since when it fires."""
    alarms = [alarm for alarm in read_alarms(stack) if alarm.urgency == urgency]
    firing = sorted((alarm for alarm in alarms if alarm.is_firing), key=lambda alarm: alarm.since)
    ages = [(alarm, (now - alarm.since).total_seconds()) for alarm in firing]
    value = {
        "declared": len(alarms),
        "firing": [{"name": alarm.name, "region": alarm.region, "seconds": round(age)} for alarm, age in ages],
    }
    if ages:
        names = ", ".join(f"{alarm.name} ({alarm.region}, for {format_age(age)})" for alarm, age in ages)
        return f"{len(firing)} of {len(alarms)} FIRING: {names}", value
    return f"none of {len(alarms)} firing" if alarms else "none declared", value


def _check_recipients(stack: Stack, _now: datetime) -> Result:
    """Return the Regions without a recipient of alerts, and the recipients who have not confirmed."""
    texts: list[str] = []
    value: dict[str, Any] = {}
    for urgency in URGENCIES:
        recipients = [find_recipients(stack, region, topic) for region, topic in topics(stack, urgency).items()]
        if not recipients:
            continue
        pending = sorted({name for row in recipients for name in row.pending})
        silent = [row.region for row in recipients if not row.confirmed]
        value[urgency] = {"not_confirmed": pending, "regions_without_recipient": silent}
        problems = [f"NOBODY in {', '.join(silent)}"] if silent else []
        problems += [f"not confirmed: {', '.join(pending)}"] if pending else []
        texts.append(f"{urgency}: {'; '.join(problems) or 'all confirmed'}")
    return " | ".join(texts) or "none: the stack has no topics", value or None


def _check_budget(stack: Stack, _now: datetime) -> Result:
    """Return what the budget cannot see.

    The check sends no request, because 0 USD may mean both no costs and tags that are not activated.
    """
    name = stack.outputs.get("budget_name")
    if stack.is_local:
        return "none: the local engine has no costs", None
    return (_BUDGET_LIMITS, {"name": name, "limits": _BUDGET_LIMITS}) if name else ("none", None)


def _check_last_hour(stack: Stack, now: datetime) -> Result:
    traffic = metrics.read_traffic(stack, now)
    requests = "no requests" if traffic.requests is None else f"{format_number(traffic.requests)} requests"
    rates = [
        f"{format_percent(rate)} {name}"
        for name, rate in (("4xx", traffic.rate_4xx), ("5xx", traffic.rate_5xx))
        if rate is not None
    ]
    return ", ".join([requests, *rates]), asdict(traffic)


def _check_hit_rate(stack: Stack, now: datetime) -> Result:
    rate = metrics.read_traffic(stack, now).hit_rate
    return METRICS_NOT_ENABLED if rate is None else f"{format_percent(rate)} in the last hour", rate


def _check_renders(stack: Stack, now: datetime) -> Result:
    invocations = metrics.count_invocations(stack, now)
    regions = invocations.regions
    place = regions[0] if len(regions) == 1 else f"{len(regions)} Regions"
    if not invocations.count:
        return f"none in the last hour in {place}", asdict(invocations)
    counts = f"{format_number(invocations.count)} in the last hour in {place}"
    return f"{counts}, {format_number(invocations.errors)} failed", asdict(invocations)


_CHECKS: Final[dict[str, Callable[[Stack, datetime], Result]]] = {
    "distribution": _check_distribution,
    "edge function": _check_edge_function,
    "invalidations": _check_invalidations,
    "queue": _check_queue,
    "dead letters": _check_dead_letters,
    "urgent alarms": _check_urgent_alarms,
    "routine alarms": _check_routine_alarms,
    "recipients": _check_recipients,
    "budget": _check_budget,
    "last hour": _check_last_hour,
    "hit rate": _check_hit_rate,
    "renders": _check_renders,
}
