"""The programs that the tests check: every stack of this repository, and variants with other configurations."""

import json
from functools import cache
from typing import Any

from local.program.program import Program
from local.program.recorder import record
from tests.support.served_stack import ROOT, STACKS

VARIANTS: dict[str, tuple[str, dict[str, str]]] = {
    "the stack's own domain": ("prod", {"domain": "images.example.com", "hostedZone": "Z1D633PJN98FT9"}),
    "the stack's own domain without optional parts": (
        "dev",
        {"domain": "a.example.co.uk", "hostedZone": "Z1", "budget": "0", "originShield": "false"},
    ),
    "no Origin Shield": ("prod", {"originShield": "false"}),
    "a Region without Origin Shield": ("staging", {"aws:region": "eu-central-2", "originShield": "false"}),
    "a Region with Origin Shield in a neighboring Region": ("prod", {"aws:region": "eu-north-1"}),
    "us-east-1": ("staging", {"aws:region": "us-east-1"}),
    "uploads in parts": ("prod", {"uploaders": '["arn:aws:iam::123456789012:role/team/cms"]'}),
    "a firewall that counts": ("prod", {"firewallCount": '["rate", "common", "bad-inputs", "ip-reputation"]'}),
    "access logs as Parquet": ("prod", {"accessLogs": "parquet", "bucketLogs": "false"}),
    "bucket logs alone": ("prod", {"accessLogs": "none"}),
    "originals that change their storage class": ("prod", {"transitionDays": "31", "transitionClass": "ONEZONE_IA"}),
    "an earlier version of the edge function": ("prod", {"edgeVersion": "3"}),
    "a few sizes in AVIF": ("dev", {"sizes": "[320, 640]", "formats": '["avif"]', "maxDimension": "640"}),
    "no budget": ("prod", {"budget": "0"}),
    "warm widths": ("prod", {"warmWidths": "[320, 640]"}),
    "recipients and tags": (
        "prod",
        {
            "urgentRecipients": '["a@example.com", "https://events.example.com/integration/0123456789/enqueue"]',
            "routineRecipients": '["a@example.com", "slack:T07EA123LEP/C07EZ1ABC23"]',
            "owner": "images",
            "costCenter": "4711",
        },
    ),
    "no monitoring": ("prod", {"monitoring": "false"}),
    "no additional metrics": ("prod", {"additionalMetrics": "false", "requestMetrics": "false"}),
    "monitoring without firewall": ("dev", {"monitoring": "true"}),
    "other thresholds": (
        "prod",
        {
            "thresholds": '{"rejectedShare": 2.5, "durationBand": 3, "certificateExpiry": 14}',
            "runbookUrl": "https://git.example.com/runbooks",
            "domain": "images.example.com",
            "hostedZone": "Z1D633PJN98FT9",
        },
    ),
}
"""For the name of each variant: the stack that it is based on, and the keys that differ."""

KNOWN = [*STACKS, *VARIANTS]
"""The names of all programs whose outputs are known, as after a deployment."""
ALL = [*KNOWN, *(f"preview of {name}" for name in KNOWN)]
"""The names of all programs, including previews: before the first deployment, the outputs of resources are unknown."""


@cache
def program(name: str) -> Program:
    """Return the recorded program of a stack, of a variant, or of a preview of either."""
    base = name.removeprefix("preview of ")
    stack, overrides = VARIANTS.get(base, (base, {}))
    return record(ROOT, stack, overrides={"bundleTarget": "host"} | overrides, preview=base != name)


def policy_statements(name: str, type_: str, resource_name: str) -> list[dict[str, Any]]:
    """Return the statements of the policy document of one resource."""
    (resource,) = (resource for resource in program(name).of(type_) if resource.name == resource_name)
    return json.loads(resource.inputs["policy"])["Statement"]
