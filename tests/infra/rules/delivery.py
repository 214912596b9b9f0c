"""How pictures reach viewers, and from where."""

from collections.abc import Iterator

from local.program import Program
from tests.infra.rules.registry import DISTRIBUTION, EDGE_FUNCTION, rule


@rule("what CloudFront demands in us-east-1 is there, and only that")
def _(program: Program) -> Iterator[str]:
    there = {
        "aws:acm/certificate:Certificate",
        "aws:acm/certificateValidation:CertificateValidation",
        "aws:cloudwatch/logDelivery:LogDelivery",
        "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
        "aws:cloudwatch/logDeliverySource:LogDeliverySource",
        EDGE_FUNCTION,
        "aws:sns/topic:Topic",
        "aws:sns/topicPolicy:TopicPolicy",
        "aws:sns/topicSubscription:TopicSubscription",
        "aws:wafv2/webAcl:WebAcl",
        "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    }
    for resource in program.resources:
        region = resource.inputs.get("region")
        if resource.type == "aws:cloudwatch/logGroup:LogGroup":
            firewall = str(resource.inputs["name"]).startswith("aws-waf-logs-")
            if region not in (["us-east-1"] if firewall else program.outputs["edge_log_regions"]):
                yield resource.name
        elif region != ("us-east-1" if resource.type in there else None):
            yield resource.name


@rule("viewers are led to HTTPS, with TLS 1.2 of 2021 or newer under a certificate of one's own")
def _(program: Program) -> Iterator[str]:
    for distribution in program.of(DISTRIBUTION):
        inputs = distribution.inputs
        behaviours = [inputs["defaultCacheBehavior"], *inputs["orderedCacheBehaviors"]]
        if any(behaviour["viewerProtocolPolicy"] != "redirect-to-https" for behaviour in behaviours):
            yield distribution.name
        certificate = inputs["viewerCertificate"]
        modern = ("TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")
        if inputs.get("aliases") and certificate.get("minimumProtocolVersion") not in modern:
            yield distribution.name


@rule("every origin is private: CloudFront signs what it asks")
def _(program: Program) -> Iterator[str]:
    for distribution in program.of(DISTRIBUTION):
        for origin in distribution.inputs["origins"]:
            if not origin.get("originAccessControlId"):
                yield origin["originId"]


@rule("an edge function has no environment, and survives the stack with every version")
def _(program: Program) -> Iterator[str]:
    for function in program.of(EDGE_FUNCTION):
        if "environment" in function.inputs or not function.retain or function.inputs.get("publish") is not True:
            yield function.name
