"""The alarms of a stack in all Regions, by their urgency."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from common.contract import PROJECT
from ops.aws.alert_topics import URGENCIES, topics
from ops.aws.stack import GLOBAL_REGION, Stack
from ops.errors import Failed

_RUNBOOKS: Final = Path(__file__).parents[2] / "docs" / "runbooks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A metric alarm."""

    name: str
    """The name as in docs/runbooks/, such as `rejected-share`."""
    region: str
    urgency: str
    is_firing: bool
    since: datetime
    """The time at which the alarm entered its state."""


def read_alarms(stack: Stack) -> list[Alarm]:
    """Return the alarms in every Region that has a topic of the stack.

    The descriptions begin with the urgency. Composite alarms are left out: they repeat the state of urgent alarms.
    Raises Failed if the name of the stack is not known.
    """
    if stack.name is None:
        raise Failed("the outputs do not contain the name of the stack: add --stack NAME")
    regions = {region for urgency in URGENCIES for region in topics(stack, urgency)} or {GLOBAL_REGION}
    prefix = f"{PROJECT}-{stack.name}-"
    alarms: list[Alarm] = []
    for region in sorted(regions):
        paginator = stack.cloudwatch(region).get_paginator("describe_alarms")
        for page in paginator.paginate(AlarmNamePrefix=prefix, AlarmTypes=["MetricAlarm"]):
            alarms += [_alarm(prefix, region, alarm) for alarm in page.get("MetricAlarms", [])]
    # The names of the stack `prod-eu` begin as the names of the stack `prod` do. Each alarm has a runbook.
    return [alarm for alarm in alarms if (_RUNBOOKS / f"{alarm.name}.md").exists()]


def _alarm(prefix: str, region: str, alarm: Mapping[str, Any]) -> Alarm:
    # Pulumi adds a random end to the name, and the program adds the Region.
    name = re.sub(rf"(-{region})?(-[0-9a-f]{{7}})?$", "", alarm["AlarmName"].removeprefix(prefix))
    description = str(alarm.get("AlarmDescription") or "")
    return Alarm(
        name=name,
        region=region,
        urgency="routine" if description.startswith("Routine.") else "urgent",
        is_firing=alarm["StateValue"] == "ALARM",
        since=alarm.get("StateTransitionedTimestamp") or alarm["StateUpdatedTimestamp"],
    )
