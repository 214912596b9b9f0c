"""The programs that are checked: every stack of this repository, and configurations that a stack can have."""

import json
from functools import cache
from typing import Any

from local.program.program import Program
from local.program.recorder import record
from tests.support.served_stack import ROOT, STACKS

VARIANTS: dict[str, tuple[str, dict[str, str]]] = {
    "own domain": ("prod", {"domain": "images.example.com", "hostedZone": "Z1D633PJN98FT9"}),
    "own domain and nothing else": (
        "dev",
        {"domain": "a.example.co.uk", "hostedZone": "Z1", "budget": "0", "originShield": "false"},
    ),
    "no Origin Shield": ("prod", {"originShield": "false"}),
    "a Region without Origin Shield": ("staging", {"aws:region": "eu-central-2", "originShield": "false"}),
    "a Region with Origin Shield in a neighboring one": ("prod", {"aws:region": "eu-north-1"}),
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
        {"alertEmails": '["a@example.com", "b@example.com"]', "owner": "images", "costCenter": "4711"},
    ),
}
"""By its name: the stack that a variant is based on, and the keys that differ."""

KNOWN = [*STACKS, *VARIANTS]
"""The names of all programs whose outputs are known, as after a deployment."""
ALL = [*KNOWN, *(f"preview of {name}" for name in KNOWN)]
"""Also the previews of stacks of which nothing exists yet, in which AWS's outputs are unknown."""


@cache
def program(name: str) -> Program:
    """The recorded program of a stack, a variant, or a preview of one."""
    base = name.removeprefix("preview of ")
    stack, overrides = VARIANTS.get(base, (base, {}))
    return record(ROOT, stack, overrides={"bundleTarget": "host"} | overrides, preview=base != name)


def policy_statements(name: str, type_: str, resource_name: str) -> list[dict[str, Any]]:
    """The statements of the policy document of one resource."""
    (resource,) = (resource for resource in program(name).of(type_) if resource.name == resource_name)
    return json.loads(resource.inputs["policy"])["Statement"]
