"""Rules about information: no personal data in logs, no secrets in inputs, and tags on every resource."""

import re
from collections.abc import Iterator
from typing import Any

from pulumi.output import Unknown

from local.program.program import Program
from tests.infra.rules.registry import rule
from tests.support.provider_types import arguments_class, properties


@rule("no access log identifies viewers")
def _(program: Program) -> Iterator[str]:
    personal_fields = re.compile(r"c-ip|c-port|x-forwarded-for|asn|cs\((Cookie|Referer|User-Agent)\)")
    for delivery in program.of("aws:cloudwatch/logDelivery:LogDelivery"):
        yield from (field for field in delivery.inputs["recordFields"] if personal_fields.fullmatch(field))


@rule("neither the samples nor the log of the firewall contain credentials of viewers")
def _(program: Program) -> Iterator[str]:
    for acl in program.of("aws:wafv2/webAcl:WebAcl"):
        protections = acl.inputs.get("dataProtectionConfig", {}).get("dataProtections", [])
        substitutions = [protection for protection in protections if protection["action"] == "SUBSTITUTION"]
        hidden_headers = {header for protection in substitutions for header in protection["field"]["fieldKeys"]}
        if not {"authorization", "cookie"} <= hidden_headers:
            yield acl.name


@rule("no input contains a secret in plain text")
def _(program: Program) -> Iterator[str]:
    secrets = re.compile(
        r"AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|"
        r"\b(password|secret|token|api_?key)\b[\"']?\s*[:=]\s*[\"'][^\"']+",
        re.IGNORECASE,
    )
    for resource in program.resources:
        if any(secrets.search(text) for text in _texts(resource.inputs)):
            yield resource.name


@rule("every resource that supports tags has the tags of its owner and its stack")
def _(program: Program) -> Iterator[str]:
    required = {"project", "stack", "owner", "cost-center"}
    for resource in program.resources:
        if "tags" in properties(arguments_class(resource.type)):
            tags: dict[str, Any] = resource.inputs.get("tags") or {}
            if not required <= {name for name, value in tags.items() if value} or tags["stack"] != program.stack:
                yield resource.name


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str) and not isinstance(value, Unknown):
        yield value
