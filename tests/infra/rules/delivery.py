"""How pictures reach viewers, and from where."""

import json
from collections.abc import Iterator

from local.program.program import Program, Resource
from tests.infra.rules.registry import DISTRIBUTION, FUNCTION, rule


@rule("what CloudFront demands in us-east-1 is there, and only that")
def _(program: Program) -> Iterator[str]:
    there = {
        "aws:acm/certificate:Certificate",
        "aws:acm/certificateValidation:CertificateValidation",
        "aws:cloudwatch/logDelivery:LogDelivery",
        "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
        "aws:cloudwatch/logDeliverySource:LogDeliverySource",
        "aws:sns/topic:Topic",
        "aws:sns/topicPolicy:TopicPolicy",
        "aws:sns/topicSubscription:TopicSubscription",
        "aws:wafv2/webAcl:WebAcl",
        "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    }
    for resource in program.resources:
        region = resource.inputs.get("region")
        if resource.type == "aws:cloudwatch/logGroup:LogGroup":
            firewall = resource.inputs.get("name", "").startswith("aws-waf-logs-")
            edge = resource.inputs.get("name", "").startswith("/aws/lambda/us-east-1.")
            wanted = ["us-east-1"] if firewall else program.outputs["edge_log_regions"] if edge else [None]
            if region not in wanted:
                yield resource.name
        elif region != ("us-east-1" if resource.type in there or is_edge(resource, program) else None):
            yield resource.name


def is_edge(resource: Resource, program: Program) -> bool:
    """Whether a distribution runs it."""
    arn = resource.outputs.get("arn")
    return resource.type == FUNCTION and arn is not None and str(arn) in str(program.of(DISTRIBUTION)[0].inputs)


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
    for function in program.of(FUNCTION):
        if not is_edge(function, program):
            continue
        if "environment" in function.inputs or not function.retain or function.inputs.get("publish") is not True:
            yield function.name


@rule("a message is hidden for six times as long as its function may take, tried five times, and fails alone")
def _(program: Program) -> Iterator[str]:
    for mapping in program.of("aws:lambda/eventSourceMapping:EventSourceMapping"):
        function = program.find(FUNCTION, "arn", mapping.inputs["functionName"])
        queue = program.find("aws:sqs/queue:Queue", "arn", mapping.inputs["eventSourceArn"]).inputs
        hidden = queue["visibilityTimeoutSeconds"] >= 6 * function.inputs["timeout"]
        tried = json.loads(queue["redrivePolicy"])["maxReceiveCount"] >= 5
        alone = mapping.inputs.get("functionResponseTypes") == ["ReportBatchItemFailures"]
        bounded = mapping.inputs.get("scalingConfig", {}).get("maximumConcurrency", 1000) <= 10
        if not (hidden and tried and alone and bounded):
            yield mapping.name
