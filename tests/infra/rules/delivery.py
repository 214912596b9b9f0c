"""Rules about delivery: Regions, TLS, origins, functions and their queue."""

import json
from collections.abc import Iterator

from common.contract import PROJECT
from local.program.program import Program, Resource
from tests.infra.rules.registry import DISTRIBUTION, FUNCTION, is_key_of_a_topic, rule

REGIONS_OF_MONITORING = {
    "aws:cloudwatch/compositeAlarm:CompositeAlarm",
    "aws:cloudwatch/contributorInsightRule:ContributorInsightRule",
    "aws:cloudwatch/logMetricFilter:LogMetricFilter",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:cloudwatch/queryDefinition:QueryDefinition",
    "aws:sns/topic:Topic",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sns/topicSubscription:TopicSubscription",
}
"""The types of resources that are in each Region with metrics. tests/infra/observability checks the Region of each."""


@rule("only the resources that CloudFront requires in us-east-1 are in us-east-1")
def _(program: Program) -> Iterator[str]:
    in_us_east_1 = {
        "aws:acm/certificate:Certificate",
        "aws:acm/certificateValidation:CertificateValidation",
        "aws:cloudwatch/dashboard:Dashboard",
        "aws:cloudwatch/logDelivery:LogDelivery",
        "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
        "aws:cloudwatch/logDeliverySource:LogDeliverySource",
        "aws:wafv2/webAcl:WebAcl",
        "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    }
    for resource in program.resources:
        region = resource.inputs.get("region")
        if resource.type == "aws:cloudwatch/logGroup:LogGroup":
            if region not in log_regions(resource, program):
                yield resource.name
        elif resource.type in REGIONS_OF_MONITORING or is_key_of_a_topic(resource):
            if region not in monitored_regions(program):
                yield resource.name
        elif resource.type == "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration":
            if region != "us-east-2":
                yield resource.name
        elif region != ("us-east-1" if resource.type in in_us_east_1 or is_edge_function(resource, program) else None):
            yield resource.name


def monitored_regions(program: Program) -> set[str]:
    """Return the Regions that can have alarms, and therefore topics."""
    return {"us-east-1", program.region, *program.outputs["edge_log_regions"]}


def log_regions(log_group: Resource, program: Program) -> list[str | None]:
    """Return the Regions in which a log group may be. None stands for the Region of the buckets."""
    name = log_group.inputs.get("name", "")
    if name.startswith("aws-waf-logs-"):
        return ["us-east-1"]
    return program.outputs["edge_log_regions"] if name.startswith("/aws/lambda/us-east-1.") else [None]


def is_edge_function(resource: Resource, program: Program) -> bool:
    """Return whether the resource is a function that the distribution runs."""
    arn = resource.outputs.get("arn")
    return resource.type == FUNCTION and arn is not None and str(arn) in str(program.of(DISTRIBUTION)[0].inputs)


@rule("viewers are redirected to HTTPS, and a domain of the stack requires TLSv1.2_2021 or newer")
def _(program: Program) -> Iterator[str]:
    for distribution in program.of(DISTRIBUTION):
        inputs = distribution.inputs
        behaviors = [inputs["defaultCacheBehavior"], *inputs["orderedCacheBehaviors"]]
        if any(behavior["viewerProtocolPolicy"] != "redirect-to-https" for behavior in behaviors):
            yield distribution.name
        certificate = inputs["viewerCertificate"]
        accepted_versions = ("TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")
        if inputs.get("aliases") and certificate.get("minimumProtocolVersion") not in accepted_versions:
            yield distribution.name


@rule("a response headers policy removes at most 10 headers, a limit that AWS does not document")
def _(program: Program) -> Iterator[str]:
    for policy in program.of("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"):
        if len(policy.inputs["removeHeadersConfig"]["items"]) > 10:
            yield policy.name


@rule("the metrics of a firewall have the name of the project and the stack")
def _(program: Program) -> Iterator[str]:
    for acl in program.of("aws:wafv2/webAcl:WebAcl"):
        if acl.inputs["visibilityConfig"]["metricName"] != f"{PROJECT}-{program.stack}":
            yield acl.name


@rule("every origin is private: CloudFront signs its requests")
def _(program: Program) -> Iterator[str]:
    for distribution in program.of(DISTRIBUTION):
        for origin in distribution.inputs["origins"]:
            if not origin.get("originAccessControlId"):
                yield origin["originId"]


@rule("an edge function has no environment variables, and `pulumi destroy` leaves all its versions")
def _(program: Program) -> Iterator[str]:
    for function in program.of(FUNCTION):
        if not is_edge_function(function, program):
            continue
        if "environment" in function.inputs or not function.retain or function.inputs.get("publish") is not True:
            yield function.name


@rule("a queue has a visibility timeout of six function timeouts, five receives, and partial batch failures")
def _(program: Program) -> Iterator[str]:
    for mapping in program.of("aws:lambda/eventSourceMapping:EventSourceMapping"):
        function = program.find(FUNCTION, "arn", mapping.inputs["functionName"])
        queue = program.find("aws:sqs/queue:Queue", "arn", mapping.inputs["eventSourceArn"]).inputs
        is_hidden_long_enough = queue["visibilityTimeoutSeconds"] >= 6 * function.inputs["timeout"]
        is_retried = json.loads(queue["redrivePolicy"])["maxReceiveCount"] >= 5
        reports_item_failures = mapping.inputs.get("functionResponseTypes") == ["ReportBatchItemFailures"]
        is_concurrency_limited = mapping.inputs.get("scalingConfig", {}).get("maximumConcurrency", 1000) <= 10
        if not (is_hidden_long_enough and is_retried and reports_item_failures and is_concurrency_limited):
            yield mapping.name
