"""State what the real provider names automatically, what replaces a resource, and what an update makes unknown.

pulumi_aws 7 bridges hashicorp/terraform-provider-aws 6. An input replaces its resource if the schema there says
`ForceNew`, or for resources of the plugin framework, `RequiresReplace`. The file of each schema stands at its type,
relative to https://github.com/hashicorp/terraform-provider-aws/tree/main/internal/service. The docstrings of pulumi_aws
do not have these facts. The bridge's own rules are in
https://github.com/pulumi/pulumi-aws/blob/master/provider/resources.go (autonaming and DeleteBeforeReplace, which is set
for none of these types) and in https://github.com/pulumi/pulumi-terraform-bridge/tree/main/pkg/tfbridge.
"""

from collections.abc import Callable, Collection
from typing import Any, Final, NamedTuple

from tests.support.provider_types import arguments_class, properties


class AutomaticName(NamedTuple):
    """How the provider makes the name of a resource without a name."""

    input: str = "name"
    maximum: int = 255
    """The greatest length that Check accepts: of the bridge, or of the validator in the schema if it is smaller."""
    is_lowercase: bool = False
    prefix: str = ""


AUTOMATIC_NAMES: Final[dict[str, AutomaticName]] = {
    # setAutonaming in resources.go: 255 characters, for each string input called `name` that has no rule of its own.
    "aws:budgets/budget:Budget": AutomaticName(),
    "aws:cloudfront/cachePolicy:CachePolicy": AutomaticName(),
    "aws:cloudfront/function:Function": AutomaticName(),
    "aws:cloudfront/originAccessControl:OriginAccessControl": AutomaticName(maximum=64),
    "aws:cloudfront/originRequestPolicy:OriginRequestPolicy": AutomaticName(),
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": AutomaticName(),
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": AutomaticName(maximum=60),
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": AutomaticName(maximum=60),
    "aws:cloudwatch/logGroup:LogGroup": AutomaticName(),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": AutomaticName(),
    "aws:cloudwatch/metricAlarm:MetricAlarm": AutomaticName(),
    "aws:cloudwatch/queryDefinition:QueryDefinition": AutomaticName(),
    "aws:iam/rolePolicy:RolePolicy": AutomaticName(maximum=128),
    "aws:s3/bucketMetric:BucketMetric": AutomaticName(maximum=64),
    "aws:wafv2/webAcl:WebAcl": AutomaticName(maximum=128),
    # The rules of their own. A FIFO queue or topic also gets the suffix `.fifo`, but the program has none.
    "aws:iam/role:Role": AutomaticName(maximum=64),
    "aws:kms/alias:Alias": AutomaticName(maximum=238, prefix="alias/"),
    "aws:lambda/function:Function": AutomaticName(maximum=64),
    "aws:s3/bucket:Bucket": AutomaticName(input="bucket", maximum=63, is_lowercase=True),
    "aws:sns/topic:Topic": AutomaticName(maximum=80),
    "aws:sqs/queue:Queue": AutomaticName(maximum=80),
}
"""The types that the provider names. aws_route53_record is excluded there: its `name` is required."""

AUTONAMED: Final[dict[str, str]] = {type_: rule.input for type_, rule in AUTOMATIC_NAMES.items()}
"""The input that the provider names itself if the program does not, by type."""

_NAMES: Final = frozenset({"name", "namePrefix"})
_BUCKET_AND_OWNER: Final = frozenset({"bucket", "expectedBucketOwner"})

REPLACING: Final[dict[str, frozenset[str]]] = {
    "aws:acm/certificate:Certificate": frozenset(  # acm/certificate.go
        {
            *("certificateAuthorityArn", "domainName", "keyAlgorithm"),
            *("subjectAlternativeNames", "validationMethod", "validationOptions"),
        }
    ),
    "aws:acm/certificateValidation:CertificateValidation": frozenset(  # acm/certificate_validation.go
        {"certificateArn", "validationRecordFqdns"}
    ),
    "aws:budgets/budget:Budget": _NAMES | {"accountId"},  # budgets/budget.go
    # `slack_team_id` and `configuration_name` have no plan modifier.
    # chatbot/slack_channel_configuration.go
    "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": frozenset(),
    # CloudFront renames policies and access controls in place.
    "aws:cloudfront/cachePolicy:CachePolicy": frozenset(),  # cloudfront/cache_policy.go
    "aws:cloudfront/distribution:Distribution": frozenset({"staging"}),  # cloudfront/distribution.go
    "aws:cloudfront/function:Function": frozenset({"name"}),  # cloudfront/function.go
    "aws:cloudfront/monitoringSubscription:MonitoringSubscription": frozenset(  # cloudfront/monitoring_subscription.go
        {"distributionId"}
    ),
    "aws:cloudfront/originAccessControl:OriginAccessControl": frozenset(),  # cloudfront/origin_access_control.go
    "aws:cloudfront/originRequestPolicy:OriginRequestPolicy": frozenset(),  # cloudfront/origin_request_policy.go
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": frozenset(),  # cloudfront/response_headers_policy.go
    # cloudwatch/composite_alarm.go
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": frozenset({"actionsEnabled", "alarmName"}),
    # The provider does not update a rule (framework.WithNoOpUpdate), so the program replaces it (replace_on_changes).
    # cloudwatch/contributor_insight_rule.go
    "aws:cloudwatch/contributorInsightRule:ContributorInsightRule": frozenset(),
    "aws:cloudwatch/dashboard:Dashboard": frozenset({"dashboardName"}),  # cloudwatch/dashboard.go
    "aws:cloudwatch/logDelivery:LogDelivery": frozenset(  # logs/delivery.go
        {"deliveryDestinationArn", "deliverySourceName"}
    ),
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": frozenset(  # logs/delivery_destination.go
        {"name", "outputFormat"}
    ),
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": frozenset(  # logs/delivery_source.go
        {"logType", "name", "resourceArn"}
    ),
    "aws:cloudwatch/logGroup:LogGroup": _NAMES | {"logGroupClass"},  # logs/group.go
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": frozenset({"logGroupName", "name"}),  # logs/metric_filter.go
    "aws:cloudwatch/metricAlarm:MetricAlarm": frozenset({"name"}),  # cloudwatch/metric_alarm.go
    "aws:cloudwatch/queryDefinition:QueryDefinition": frozenset(),  # logs/query_definition.go
    "aws:iam/role:Role": _NAMES | {"path"},  # iam/role.go
    "aws:iam/rolePolicy:RolePolicy": _NAMES | {"role"},  # iam/role_policy.go
    "aws:kms/alias:Alias": _NAMES,  # kms/alias.go
    "aws:kms/key:Key": frozenset(  # kms/key.go
        {"customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"}
    ),
    # `key_id` has no ForceNew, and the update then writes no policy to the other key.
    "aws:kms/keyPolicy:KeyPolicy": frozenset(),  # kms/key_policy.go
    "aws:lambda/eventSourceMapping:EventSourceMapping": frozenset(  # lambda/event_source_mapping.go
        {
            *("amazonManagedKafkaEventSourceConfig", "eventSourceArn", "queues", "selfManagedEventSource"),
            *("selfManagedKafkaEventSourceConfig", "startingPosition", "startingPositionTimestamp", "topics"),
        }
    ),
    "aws:lambda/function:Function": frozenset({"name", "packageType"}),  # lambda/function.go
    "aws:route53/record:Record": frozenset({"name", "zoneId"}),  # route53/record.go
    "aws:s3/bucket:Bucket": frozenset(  # s3/bucket.go
        {"bucket", "bucketPrefix", "objectLockConfiguration.objectLockEnabled", "objectLockEnabled"}
    ),
    # s3/bucket_lifecycle_configuration.go
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _BUCKET_AND_OWNER,
    "aws:s3/bucketLogging:BucketLogging": _BUCKET_AND_OWNER,  # s3/bucket_logging.go
    "aws:s3/bucketMetric:BucketMetric": frozenset({"bucket", "name"}),  # s3/bucket_metric.go
    "aws:s3/bucketNotification:BucketNotification": frozenset({"bucket"}),  # s3/bucket_notification.go
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": frozenset({"bucket"}),  # s3/bucket_ownership_controls.go
    "aws:s3/bucketPolicy:BucketPolicy": frozenset({"bucket"}),  # s3/bucket_policy.go
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": frozenset({"bucket"}),  # s3/bucket_public_access_block.go
    # s3/bucket_server_side_encryption_configuration.go
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _BUCKET_AND_OWNER,
    "aws:s3/bucketVersioning:BucketVersioning": _BUCKET_AND_OWNER,  # s3/bucket_versioning.go
    "aws:sns/topic:Topic": _NAMES | {"fifoTopic"},  # sns/topic.go
    "aws:sns/topicPolicy:TopicPolicy": frozenset({"arn"}),  # sns/topic_policy.go
    "aws:sns/topicSubscription:TopicSubscription": frozenset(  # sns/topic_subscription.go
        {"endpoint", "protocol", "topic"}
    ),
    "aws:sqs/queue:Queue": _NAMES | {"fifoQueue"},  # sqs/queue.go
    "aws:sqs/queuePolicy:QueuePolicy": frozenset({"queueUrl"}),  # sqs/queue_policy.go
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": frozenset({"queueUrl"}),  # sqs/queue_redrive_allow_policy.go
    "aws:wafv2/webAcl:WebAcl": _NAMES | {"scope"},  # wafv2/web_acl.go
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": frozenset(
        {"logDestinationConfigs", "resourceArn"}  # wafv2/web_acl_logging_configuration.go
    ),
}
"""The inputs, as paths, that replace a resource with every change of their value. The order of a list is no change."""


def _is_other_service(old: Any, new: Any) -> bool:
    """Return whether two ARNs are of different services. The ARN that only the deployment will know has none."""
    return [*str(old).split(":"), "", ""][2] != [*str(new).split(":"), "", ""][2]


def _is_added_or_removed(old: Any, new: Any) -> bool:
    return (old is None) != (new is None)


CONDITIONS: Final[dict[str, dict[str, Callable[[Any, Any], bool]]]] = {
    # logs/delivery_destination.go: requiresReplaceIfARNServiceChanges
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": {
        "deliveryDestinationConfiguration.destinationResourceArn": _is_other_service
    },
    # lambda/function.go: CustomizeDiff, and a block with ForceNew whose argument has none
    "aws:lambda/function:Function": {"durableConfig": _is_added_or_removed, "tenancyConfig": _is_added_or_removed},
}
"""The inputs, as paths, that replace a resource only with some changes of their value."""

PLUGIN_FRAMEWORK: Final = frozenset(
    {
        "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration",
        "aws:cloudwatch/contributorInsightRule:ContributorInsightRule",
        "aws:cloudwatch/logDelivery:LogDelivery",
        "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
        "aws:cloudwatch/logDeliverySource:LogDeliverySource",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    }
)
"""The types of the plugin framework, which another part of the bridge serves."""

_CODE: Final = frozenset(
    {
        *("architectures", "code", "codeSha256", "imageUri", "s3Bucket", "s3Key", "s3ObjectVersion"),
        *("sourceCodeHash", "sourceKmsKeyArn"),
    }
)
"""The inputs of needsFunctionCodeUpdate in lambda/function.go."""
_PUBLISHING: Final = _CODE | {
    *("capacityProviderConfig", "deadLetterConfig", "description", "durableConfig", "environment", "ephemeralStorage"),
    *("fileSystemConfig", "handler", "imageConfig", "kmsKeyArn", "layers", "loggingConfig", "memorySize", "publish"),
    *("publishTo", "role", "runtime", "snapStart", "timeout", "tracingConfig", "vpcConfig"),
}
"""The inputs that publish a version: needsFunctionConfigUpdate, the code, and `publish`. `tags` is not one of them."""


def automatic_name(type_: str, proposed: str) -> str:
    """Return the name that Check makes of the engine's proposal. Raise ValueError if it is too long.

    ComputeAutoNameDefault in pkg/tfbridge does this. A mode of `pulumi:autonaming` that enforces a name skips it.
    """
    rule = AUTOMATIC_NAMES[type_]
    name = proposed.lower() if rule.is_lowercase else proposed
    if len(name) > rule.maximum:
        raise ValueError(f"calculated name '{name}' exceeds maximum length of {rule.maximum}")
    return name if name.startswith(rule.prefix) else rule.prefix + name


def replaced(
    type_: str, old: dict[str, Any], new: dict[str, Any], *, old_region: str = "", region: str = ""
) -> list[str]:
    """Return the inputs whose change replaces a resource.

    A resource without `region` gets the Region of the provider. It is replaced only if the Region really changes:
    forceNewIfRegionChanges in internal/provider. So `old_region` is the output `region` of the existing resource, and
    `region` is the provider's. A default that an input repeats is taken for a change here.
    """
    keys = {path.split(".")[0] for path in REPLACING[type_] if not _is_same(_value(old, path), _value(new, path))}
    for path, is_replacing in CONDITIONS.get(type_, {}).items():
        before, after = _value(old, path), _value(new, path)
        if before != after and is_replacing(before, after):
            keys.add(path.split(".")[0])
    if is_regional(type_) and (old_region or old.get("region") or region) != (new.get("region") or region):
        keys.add("region")
    return sorted(keys)


def deletes_before_replacing(type_: str, new: dict[str, Any]) -> bool:
    """Return whether the provider deletes a resource before it creates the replacement.

    It does so if the program sets the name, even if the name itself changes: nameRequiresDeleteBeforeReplace in
    pkg/tfbridge/schema.go. The bridge of the plugin framework does not have this rule.
    """
    key = AUTONAMED.get(type_)
    return type_ not in PLUGIN_FRAMEWORK and key in new and key not in new.get("__defaults", [])


def unknown_outputs(type_: str, changed: Collection[str], new: dict[str, Any]) -> list[str]:
    """Return the outputs that a preview must report as unknown when these inputs change.

    updateComputedAttributesOnPublish in lambda/function.go names them. Other updates keep the known outputs.
    """
    if type_ != "aws:lambda/function:Function":
        return []
    outputs = ["lastModified"] if _CODE.intersection(changed) else []
    if new.get("publish") and _PUBLISHING.intersection(changed):
        outputs += ["qualifiedArn", "qualifiedInvokeArn", "version"]
    return outputs


def is_regional(type_: str) -> bool:
    """Return whether a resource of this type is in one Region, so that it has the input `region`."""
    return "region" in properties(arguments_class(type_))


def _value(inputs: Any, path: str) -> Any:
    for key in path.split("."):
        inputs = inputs.get(key) if isinstance(inputs, dict) else None
    return inputs


def _is_same(old: Any, new: Any) -> bool:
    if isinstance(old, list) and isinstance(new, list):
        return sorted(map(str, old)) == sorted(map(str, new))
    return old == new
