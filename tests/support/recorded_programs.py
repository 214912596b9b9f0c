"""The programs that are checked: every stack, and configurations that nobody has yet but anybody may."""

from functools import cache

from local.program.program import Program
from local.program.recorder import record
from tests.support.served_stack import ROOT, STACKS

ODD: dict[str, tuple[str, dict[str, str]]] = {
    "own domain": ("prod", {"domain": "images.example.com", "hostedZone": "Z1D633PJN98FT9"}),
    "own domain and nothing else": (
        "dev",
        {"domain": "a.example.co.uk", "hostedZone": "Z1", "budget": "0", "originShield": "false"},
    ),
    "no Origin Shield": ("prod", {"originShield": "false"}),
    "a Region that has none": ("staging", {"aws:region": "eu-central-2", "originShield": "false"}),
    "a Region whose neighbour has one": ("prod", {"aws:region": "eu-north-1"}),
    "in us-east-1": ("staging", {"aws:region": "us-east-1"}),
    "uploads in parts": ("prod", {"uploaders": '["arn:aws:iam::123456789012:role/team/cms"]'}),
    "a firewall that counts": ("prod", {"firewallCount": '["rate", "common", "bad-inputs", "ip-reputation"]'}),
    "access logs as Parquet": ("prod", {"accessLogs": "parquet", "bucketLogs": "false"}),
    "logs of buckets alone": ("prod", {"accessLogs": "none"}),
    "originals that move": ("prod", {"transitionDays": "31", "transitionClass": "ONEZONE_IA"}),
    "an earlier version": ("prod", {"edgeVersion": "3"}),
    "a few sizes in AVIF": ("dev", {"sizes": "[320, 640]", "formats": '["avif"]', "maxDimension": "640"}),
    "no budget": ("prod", {"budget": "0"}),
    "usual widths": ("prod", {"warmWidths": "[320, 640]"}),
    "people": ("prod", {"alertEmails": '["a@example.com", "b@example.com"]', "owner": "images", "costCentre": "4711"}),
}

KNOWN = [*STACKS, *ODD]
ALL = [*KNOWN, *(f"preview of {name}" for name in KNOWN)]


@cache
def program(name: str) -> Program:
    """By the name of a stack or of an odd one; its preview shows what is unknown before anything exists."""
    plain = name.removeprefix("preview of ")
    stack, overrides = ODD.get(plain, (plain, {}))
    return record(ROOT, stack, overrides={"bundleTarget": "host"} | overrides, preview=plain != name)
