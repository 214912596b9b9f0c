"""How a stack is, line by line: each asks AWS for one thing, and one that is denied does not hide the others."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from common.contract import PROJECT
from ops.aws import metrics, queues
from ops.aws.error_messages import explain, is_credentials_error
from ops.aws.stack import Stack
from ops.console.formatting import format_age, format_number, format_percent
from ops.errors import Failed

NOT_SUBSCRIBED: Final = "not available: CloudFront's additional metrics are not subscribed to"
_NO_REFRESH: Final = "no refresh: uploads do not invalidate by themselves"


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One thing, for people and for machines."""

    name: str
    text: str
    value: Any
    is_known: bool = True


def check_health(found: Stack, now: datetime) -> list[HealthCheck]:
    """In the order of the screen. BotoCoreError and ClientError only where nothing could be asked by anybody."""
    return [_line(name, ask, found, now) for name, ask in _ASKED.items()]


def _line(name: str, ask: Callable[[Stack, datetime], tuple[str, Any]], found: Stack, now: datetime) -> HealthCheck:
    try:
        text, value = ask(found, now)
    except ClientError as error:
        if is_credentials_error(error):
            raise
        return HealthCheck(name, f"not known: {explain(error)}", {"error": explain(error)}, is_known=False)
    except Failed as error:
        return HealthCheck(name, f"not known: {error}", {"error": str(error)}, is_known=False)
    return HealthCheck(name, text, value)


def _distribution(found: Stack, now: datetime) -> tuple[str, Any]:
    id_ = found.output("distribution_id")
    if found.is_local:
        return f"{id_}, served by the local engine at {found.output('url')}", {"id": id_, "status": "local"}
    told = found.client("cloudfront").get_distribution(Id=id_)["Distribution"]
    status, enabled = told["Status"], told["DistributionConfig"]["Enabled"]
    changed = (now - told["LastModifiedTime"]).total_seconds()
    text = f"{id_} ({told['DomainName']}), {'' if enabled else 'DISABLED, '}{status}, changed {format_age(changed)} ago"
    return text, {"id": id_, "status": status, "enabled": enabled, "changed_seconds_ago": round(changed)}


def _edge_function(found: Stack, _now: datetime) -> tuple[str, Any]:
    """What the distribution says, rather than what the stack meant."""
    newest = found.output("edge_function_newest_arn").rpartition(":")[2]
    arns = [found.output("edge_function_arn")]
    if not found.is_local:
        told = found.client("cloudfront").get_distribution(Id=found.output("distribution_id"))
        behaviour = told["Distribution"]["DistributionConfig"]["DefaultCacheBehavior"]
        used = behaviour.get("LambdaFunctionAssociations", {}).get("Items", [])
        arns = [one["LambdaFunctionARN"] for one in used if one["EventType"] == "origin-response"]
    if not arns:
        return "NONE: the distribution has no edge function", {"version": None, "newest": newest}
    function, _, version = arns[0].rpartition(":function:")[2].partition(":")
    behind = "the newest" if version == newest else f"the newest is {newest}"
    return f"{function}, version {version}, {behind}", {"function": function, "version": version, "newest": newest}


def _invalidations(found: Stack, now: datetime) -> tuple[str, Any]:
    """Newest come first, so pages are read as long as there is one in progress on them."""
    client = found.client("cloudfront")
    going: list[Any] = []
    for page in client.get_paginator("list_invalidations").paginate(DistributionId=found.output("distribution_id")):
        here = [one for one in page["InvalidationList"].get("Items", []) if one["Status"].lower() != "completed"]
        going += here
        if not here:
            break
    if not going:
        return "none in progress", {"in_progress": 0, "oldest_seconds": None, "ids": []}
    oldest = (now - min(one["CreateTime"] for one in going)).total_seconds()
    ids = [one["Id"] for one in going]
    shown = f"{', '.join(ids[:3])}{' ...' if len(ids) > 3 else ''}"
    value = {"in_progress": len(ids), "oldest_seconds": round(oldest), "ids": ids}
    return f"{len(ids)} in progress, the oldest for {format_age(oldest)}: {shown}", value


def _queue(found: Stack, now: datetime) -> tuple[str, Any]:
    queue = queues.queue_url(found, "refresh_queue_url")
    if queue is None:
        return _NO_REFRESH, None
    counts = queues.count_messages(found.client("sqs", found.output("originals_region")), queue)
    oldest = metrics.oldest_message_age(found, queue, now)
    text = f"{format_number(counts['waiting'])} waiting, {format_number(counts['in_work'])} in work"
    late = f", the oldest for {format_age(oldest)}" if oldest else ""
    return f"{text}{late}", counts | {"oldest_seconds": oldest}


def _dead_letters(found: Stack, _now: datetime) -> tuple[str, Any]:
    queue = queues.queue_url(found, "dead_letters_queue_url")
    if queue is None:
        return _NO_REFRESH, None
    count = sum(queues.count_messages(found.client("sqs", found.output("originals_region")), queue).values())
    return f"{format_number(count)}: see them with redrive --dry-run" if count else "none", {"count": count}


def _alarms(found: Stack, _now: datetime) -> tuple[str, Any]:
    if found.name is None:
        raise Failed("the outputs do not tell the stack's name: add --stack NAME")
    pages = found.client("cloudwatch").get_paginator("describe_alarms")
    asked = {"AlarmNamePrefix": f"{PROJECT}-{found.name}-", "AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
    there = [
        one
        for page in pages.paginate(**asked)
        for one in (*page.get("MetricAlarms", []), *page.get("CompositeAlarms", []))
    ]
    firing = [one["AlarmName"] for one in there if one["StateValue"] == "ALARM"]
    value = {"declared": len(there), "firing": firing}
    if firing:
        return f"{len(firing)} of {len(there)} FIRING: {', '.join(firing)}", value
    return f"none of {len(there)} firing" if there else "none declared", value


def _last_hour(found: Stack, now: datetime) -> tuple[str, Any]:
    told = metrics.read_traffic(found, now)
    text = "no requests counted" if told.requests is None else f"{format_number(told.requests)} requests"
    rates = [
        f"{format_percent(rate)} {name}"
        for name, rate in (("4xx", told.rate_4xx), ("5xx", told.rate_5xx))
        if rate is not None
    ]
    return ", ".join([text, *rates]), asdict(told)


def _hit_rate(found: Stack, now: datetime) -> tuple[str, Any]:
    rate = metrics.read_traffic(found, now).hit_rate
    return NOT_SUBSCRIBED if rate is None else f"{format_percent(rate)}, in the last hour", rate


def _runs(found: Stack, now: datetime) -> tuple[str, Any]:
    told = metrics.count_invocations(found, now)
    where = told.regions[0] if len(told.regions) == 1 else f"{len(told.regions)} Regions"
    if not told.count:
        return f"none counted in the last hour in {where}", asdict(told)
    return (
        f"{format_number(told.count)} in the last hour in {where}, {format_number(told.errors)} of them failed",
        asdict(told),
    )


_ASKED: Final = {
    "distribution": _distribution,
    "edge function": _edge_function,
    "invalidations": _invalidations,
    "queue": _queue,
    "dead letters": _dead_letters,
    "alarms": _alarms,
    "last hour": _last_hour,
    "hit rate": _hit_rate,
    "renders": _runs,
}
