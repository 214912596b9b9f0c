"""Computes the values that AWS would assign to a resource: one function for each known resource type."""

from collections.abc import Callable
from typing import Any, Final

ACCOUNT: Final = "123456789012"  # moto's default account

Outputs = tuple[str, dict[str, Any]]
"""A resource's id and its outputs."""

OutputsFunction = Callable[[str, dict[str, Any], str, str], Outputs]
"""A function of the physical name, the inputs, the Region, and a hexadecimal digest for the ids."""


def _uuid(digest: str) -> str:
    return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))


def _bucket(name: str, inputs: dict[str, Any], region: str, _digest: str) -> Outputs:
    bucket = inputs.get("bucket") or name.lower()
    return bucket, {
        "bucket": bucket,
        "arn": f"arn:aws:s3:::{bucket}",
        "bucketDomainName": f"{bucket}.s3.amazonaws.com",
        "bucketRegionalDomainName": f"{bucket}.s3.{region}.amazonaws.com",
        "bucketRegion": region,
        "region": region,
    }


def _bucket_setting(_name: str, inputs: dict[str, Any], region: str, _digest: str) -> Outputs:
    return inputs["bucket"], {"region": region}


def _role(name: str, _inputs: dict[str, Any], _region: str, _digest: str) -> Outputs:
    return name, {"name": name, "arn": f"arn:aws:iam::{ACCOUNT}:role/{name}"}


def _role_policy(name: str, inputs: dict[str, Any], _region: str, _digest: str) -> Outputs:
    return f"{inputs['role']}:{name}", {"name": name}


def _log_group(name: str, _inputs: dict[str, Any], region: str, _digest: str) -> Outputs:
    return name, {"name": name, "arn": f"arn:aws:logs:{region}:{ACCOUNT}:log-group:{name}", "region": region}


def _lambda(name: str, inputs: dict[str, Any], region: str, _digest: str) -> Outputs:
    arn = f"arn:aws:lambda:{region}:{ACCOUNT}:function:{name}"
    version = "1" if inputs.get("publish") else "$LATEST"
    return name, {"name": name, "arn": arn, "version": version, "qualifiedArn": f"{arn}:{version}", "region": region}


def _cloudfront_function(name: str, _inputs: dict[str, Any], _region: str, _digest: str) -> Outputs:
    return name, {"name": name, "arn": f"arn:aws:cloudfront::{ACCOUNT}:function/{name}"}


def _cloudfront_policy(name: str, _inputs: dict[str, Any], _region: str, digest: str) -> Outputs:
    return _uuid(digest), {"name": name}


def _origin_access_control(name: str, _inputs: dict[str, Any], _region: str, digest: str) -> Outputs:
    return f"E{digest[:13].upper()}", {"name": name}


def _distribution(_name: str, _inputs: dict[str, Any], _region: str, digest: str) -> Outputs:
    id_ = f"E{digest[:13].upper()}"
    return id_, {
        "arn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/{id_}",
        "domainName": f"d{digest[:13]}.cloudfront.net",
        "hostedZoneId": "Z2FDTNDATAQYW2",  # the same for every distribution
        "status": "Deployed",
    }


def _key(_name: str, _inputs: dict[str, Any], region: str, digest: str) -> Outputs:
    id_ = _uuid(digest)
    return id_, {"keyId": id_, "arn": f"arn:aws:kms:{region}:{ACCOUNT}:key/{id_}", "region": region}


def _alias(name: str, inputs: dict[str, Any], region: str, _digest: str) -> Outputs:
    return name, {"name": name, "arn": f"arn:aws:kms:{region}:{ACCOUNT}:{name}", "region": region} | inputs


def _key_policy(_name: str, inputs: dict[str, Any], region: str, _digest: str) -> Outputs:
    return inputs["keyId"], {"region": region}


def _web_acl(name: str, _inputs: dict[str, Any], region: str, digest: str) -> Outputs:
    id_ = _uuid(digest)
    return id_, {"name": name, "arn": f"arn:aws:wafv2:{region}:{ACCOUNT}:global/webacl/{name}/{id_}", "capacity": 927}


def _web_acl_logging(_name: str, inputs: dict[str, Any], _region: str, _digest: str) -> Outputs:
    return inputs["resourceArn"], {}


def _certificate(_name: str, inputs: dict[str, Any], region: str, digest: str) -> Outputs:
    id_ = _uuid(digest)
    arn = f"arn:aws:acm:{region}:{ACCOUNT}:certificate/{id_}"
    validation_record = {
        "domainName": inputs["domainName"],
        "resourceRecordName": f"_{digest[:32]}.{inputs['domainName']}.",
        "resourceRecordType": "CNAME",
        "resourceRecordValue": f"_{digest[32:]}.acm-validations.aws.",
    }
    return arn, {"arn": arn, "domainValidationOptions": [validation_record], "status": "ISSUED", "region": region}


def _certificate_validation(_name: str, inputs: dict[str, Any], region: str, _digest: str) -> Outputs:
    return "0001-01-01 00:00:00 +0000 UTC", {"certificateArn": inputs["certificateArn"], "region": region}


def _record(_name: str, inputs: dict[str, Any], _region: str, _digest: str) -> Outputs:
    return f"{inputs['zoneId']}_{inputs['name']}_{inputs['type']}", {"fqdn": inputs["name"].rstrip(".")}


def _delivery_part(kind: str) -> OutputsFunction:
    def outputs(name: str, _inputs: dict[str, Any], region: str, _digest: str) -> Outputs:
        return name, {"name": name, "arn": f"arn:aws:logs:{region}:{ACCOUNT}:{kind}:{name}", "region": region}

    return outputs


def _delivery(_name: str, _inputs: dict[str, Any], region: str, digest: str) -> Outputs:
    return digest[:16], {"arn": f"arn:aws:logs:{region}:{ACCOUNT}:delivery:{digest[:16]}", "region": region}


def _topic(name: str, _inputs: dict[str, Any], region: str, _digest: str) -> Outputs:
    arn = f"arn:aws:sns:{region}:{ACCOUNT}:{name}"
    return arn, {"name": name, "arn": arn, "region": region}


def _topic_policy(_name: str, inputs: dict[str, Any], region: str, _digest: str) -> Outputs:
    return inputs["arn"], {"region": region}


def _topic_subscription(_name: str, inputs: dict[str, Any], region: str, digest: str) -> Outputs:
    id_ = _uuid(digest)
    return f"{inputs['topic']}:{id_}", {"arn": f"{inputs['topic']}:{id_}", "region": region}


def _queue(name: str, _inputs: dict[str, Any], region: str, _digest: str) -> Outputs:
    url = f"https://sqs.{region}.amazonaws.com/{ACCOUNT}/{name}"
    return url, {"name": name, "url": url, "arn": f"arn:aws:sqs:{region}:{ACCOUNT}:{name}", "region": region}


def _queue_policy(_name: str, inputs: dict[str, Any], region: str, _digest: str) -> Outputs:
    return inputs["queueUrl"], {"region": region}


def _event_source_mapping(_name: str, inputs: dict[str, Any], region: str, digest: str) -> Outputs:
    id_ = _uuid(digest)
    arn = f"arn:aws:lambda:{region}:{ACCOUNT}:event-source-mapping:{id_}"
    return id_, {"uuid": id_, "arn": arn, "functionArn": inputs["functionName"], "region": region}


def _metric_alarm(name: str, _inputs: dict[str, Any], region: str, _digest: str) -> Outputs:
    return name, {"name": name, "arn": f"arn:aws:cloudwatch:{region}:{ACCOUNT}:alarm:{name}", "region": region}


def _composite_alarm(_name: str, inputs: dict[str, Any], region: str, _digest: str) -> Outputs:
    name = inputs["alarmName"]
    return name, {"arn": f"arn:aws:cloudwatch:{region}:{ACCOUNT}:alarm:{name}", "region": region}


def _insight_rule(_name: str, inputs: dict[str, Any], region: str, _digest: str) -> Outputs:
    name = inputs["ruleName"]
    return name, {"resourceArn": f"arn:aws:cloudwatch:{region}:{ACCOUNT}:insight-rule/{name}", "region": region}


def _metric_filter(name: str, _inputs: dict[str, Any], region: str, _digest: str) -> Outputs:
    return name, {"name": name, "region": region}


def _dashboard(_name: str, inputs: dict[str, Any], region: str, _digest: str) -> Outputs:
    name = inputs["dashboardName"]
    return name, {"dashboardArn": f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/{name}", "region": region}


def _query_definition(name: str, _inputs: dict[str, Any], region: str, digest: str) -> Outputs:
    id_ = _uuid(digest)
    arn = f"arn:aws:logs:{region}:{ACCOUNT}:query-definition:{id_}"
    return id_, {"arn": arn, "name": name, "queryDefinitionId": id_, "region": region}


def _bucket_metric(name: str, inputs: dict[str, Any], region: str, _digest: str) -> Outputs:
    return f"{inputs['bucket']}:{name}", {"name": name, "region": region}


def _monitoring_subscription(_name: str, inputs: dict[str, Any], _region: str, _digest: str) -> Outputs:
    return inputs["distributionId"], {}


def _slack_channel(_name: str, inputs: dict[str, Any], region: str, _digest: str) -> Outputs:
    arn = f"arn:aws:chatbot::{ACCOUNT}:chat-configuration/slack-channel/{inputs['configurationName']}"
    return arn, {"chatConfigurationArn": arn, "region": region}


def _budget(name: str, _inputs: dict[str, Any], _region: str, _digest: str) -> Outputs:
    return f"{ACCOUNT}:{name}", {"name": name, "arn": f"arn:aws:budgets::{ACCOUNT}:budget/{name}"}


OUTPUTS_FUNCTIONS: Final[dict[str, OutputsFunction]] = {
    "aws:acm/certificate:Certificate": _certificate,
    "aws:acm/certificateValidation:CertificateValidation": _certificate_validation,
    "aws:budgets/budget:Budget": _budget,
    "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": _slack_channel,
    "aws:cloudfront/cachePolicy:CachePolicy": _cloudfront_policy,
    "aws:cloudfront/distribution:Distribution": _distribution,
    "aws:cloudfront/function:Function": _cloudfront_function,
    "aws:cloudfront/monitoringSubscription:MonitoringSubscription": _monitoring_subscription,
    "aws:cloudfront/originAccessControl:OriginAccessControl": _origin_access_control,
    "aws:cloudfront/originRequestPolicy:OriginRequestPolicy": _cloudfront_policy,
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": _cloudfront_policy,
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": _composite_alarm,
    "aws:cloudwatch/contributorInsightRule:ContributorInsightRule": _insight_rule,
    "aws:cloudwatch/logDelivery:LogDelivery": _delivery,
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": _delivery_part("delivery-destination"),
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": _delivery_part("delivery-source"),
    "aws:cloudwatch/logGroup:LogGroup": _log_group,
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": _metric_filter,
    "aws:cloudwatch/dashboard:Dashboard": _dashboard,
    "aws:cloudwatch/queryDefinition:QueryDefinition": _query_definition,
    "aws:cloudwatch/metricAlarm:MetricAlarm": _metric_alarm,
    "aws:iam/role:Role": _role,
    "aws:iam/rolePolicy:RolePolicy": _role_policy,
    "aws:kms/alias:Alias": _alias,
    "aws:kms/key:Key": _key,
    "aws:kms/keyPolicy:KeyPolicy": _key_policy,
    "aws:lambda/eventSourceMapping:EventSourceMapping": _event_source_mapping,
    "aws:lambda/function:Function": _lambda,
    "aws:route53/record:Record": _record,
    "aws:s3/bucket:Bucket": _bucket,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _bucket_setting,
    "aws:s3/bucketLogging:BucketLogging": _bucket_setting,
    "aws:s3/bucketMetric:BucketMetric": _bucket_metric,
    "aws:s3/bucketNotification:BucketNotification": _bucket_setting,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _bucket_setting,
    "aws:s3/bucketPolicy:BucketPolicy": _bucket_setting,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _bucket_setting,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _bucket_setting,
    "aws:s3/bucketVersioning:BucketVersioning": _bucket_setting,
    "aws:sns/topic:Topic": _topic,
    "aws:sns/topicPolicy:TopicPolicy": _topic_policy,
    "aws:sns/topicSubscription:TopicSubscription": _topic_subscription,
    "aws:sqs/queue:Queue": _queue,
    "aws:sqs/queuePolicy:QueuePolicy": _queue_policy,
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": _queue_policy,
    "aws:wafv2/webAcl:WebAcl": _web_acl,
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": _web_acl_logging,
}
"""The function of each known resource type."""
