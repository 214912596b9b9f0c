"""What can be read off the stack, by whom it should and by whom it should not."""

import re
from collections.abc import Iterator
from typing import Any

from pulumi.output import Unknown

from local.program.program import Program
from tests.infra.rules.registry import rule
from tests.support.provider_types import arguments, properties


@rule("no access log says who it was")
def _(program: Program) -> Iterator[str]:
    who = re.compile(r"c-ip|c-port|x-forwarded-for|asn|cs\((Cookie|Referer|User-Agent)\)")
    for delivery in program.of("aws:cloudwatch/logDelivery:LogDelivery"):
        yield from (field for field in delivery.inputs["recordFields"] if who.fullmatch(field))


@rule("neither samples nor the log of the firewall show how a viewer is logged in")
def _(program: Program) -> Iterator[str]:
    for acl in program.of("aws:wafv2/webAcl:WebAcl"):
        protections = acl.inputs.get("dataProtectionConfig", {}).get("dataProtections", [])
        hidden = {key for each in protections for key in each["field"]["fieldKeys"] if each["action"] == "SUBSTITUTION"}
        if not {"authorization", "cookie"} <= hidden:
            yield acl.name


@rule("nothing holds a secret in plain text")
def _(program: Program) -> Iterator[str]:
    shapes = re.compile(
        r"AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|"
        r"\b(password|secret|token|api_?key)\b[\"']?\s*[:=]\s*[\"'][^\"']+",
        re.IGNORECASE,
    )
    for resource in program.resources:
        if any(shapes.search(text) for text in _texts(resource.inputs)):
            yield resource.name


@rule("all that can be tagged says whose it is and which stack made it")
def _(program: Program) -> Iterator[str]:
    wanted = {"project", "stack", "owner", "cost-centre"}
    for resource in program.resources:
        if "tags" in properties(arguments(resource.type)):
            tags: dict[str, Any] = resource.inputs.get("tags") or {}
            if not wanted <= {name for name, value in tags.items() if value} or tags["stack"] != program.stack:
                yield resource.name


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str) and not isinstance(value, Unknown):
        yield value
