"""A table of IAM actions and the resource types that they support, for the actions of the deployer policies.

Source: AWS's Service Authorization Reference as of August 2026, one page for each service.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html

The table has only the resource types that a stack uses. A name with a wildcard stands for all actions that it matches.
"""

from typing import Final, NamedTuple


class ResourceType(NamedTuple):
    """A resource type, as an example ARN of a stack's resource, and the actions that support or require the type."""

    service: str
    arn: str
    actions: str

    def action_names(self) -> list[str]:
        """Return the actions with the prefix of the service."""
        return [f"{self.service}:{name}" for name in self.actions.split()]


ACCOUNT: Final = "123456789012"
HOSTED_ZONE: Final = "Z1D633PJN98FT9ABCDEFG"
_STACK: Final = "edge-image-resizer-dev"
_TAGS: Final = "ListTagsForResource TagResource UntagResource"

RESOURCE_TYPES: Final = (
    ResourceType(
        "acm",
        f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/12345678-1234-1234-1234-123456789012",
        "AddTagsToCertificate DeleteCertificate DescribeCertificate ListTagsForCertificate RemoveTagsFromCertificate",
    ),
    ResourceType(
        "budgets", f"arn:aws:budgets::{ACCOUNT}:budget/{_STACK}-budget-1a2b3c4", f"{_TAGS} ModifyBudget ViewBudget"
    ),
    ResourceType(
        "chatbot",
        f"arn:aws:chatbot::{ACCOUNT}:chat-configuration/slack-channel/{_STACK}-C07EZ1ABC23",
        _TAGS,
    ),
    ResourceType(
        "cloudfront", f"arn:aws:cloudfront::{ACCOUNT}:cache-policy/a1", "DeleteCachePolicy Get* UpdateCachePolicy"
    ),
    ResourceType(
        "cloudfront",
        f"arn:aws:cloudfront::{ACCOUNT}:distribution/E2QWRUHAPOMQZL",
        f"{_TAGS} AllowVendedLogDeliveryForResource CreateInvalidation DeleteDistribution Get* UpdateDistribution",
    ),
    ResourceType(
        "cloudfront",
        f"arn:aws:cloudfront::{ACCOUNT}:function/{_STACK}-viewer-function-1a2b3c4",
        f"{_TAGS} DeleteFunction DescribeFunction Get* PublishFunction UpdateFunction",
    ),
    ResourceType(
        "cloudfront",
        f"arn:aws:cloudfront::{ACCOUNT}:origin-access-control/E1",
        "DeleteOriginAccessControl Get* UpdateOriginAccessControl",
    ),
    ResourceType(
        "cloudfront",
        f"arn:aws:cloudfront::{ACCOUNT}:origin-request-policy/a1",
        "DeleteOriginRequestPolicy Get* UpdateOriginRequestPolicy",
    ),
    ResourceType(
        "cloudfront",
        f"arn:aws:cloudfront::{ACCOUNT}:response-headers-policy/a1",
        "DeleteResponseHeadersPolicy Get* UpdateResponseHeadersPolicy",
    ),
    ResourceType(
        "cloudwatch",
        f"arn:aws:cloudwatch:ap-southeast-2:{ACCOUNT}:alarm:{_STACK}-dead-letters-ap-southeast-2-1a2b3c4",
        f"{_TAGS} DeleteAlarms PutMetricAlarm",
    ),
    ResourceType(
        "cloudwatch",
        f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/{_STACK}-application",
        "DeleteDashboards GetDashboard PutDashboard",
    ),
    ResourceType(
        "cloudwatch",
        f"arn:aws:cloudwatch:ap-southeast-2:{ACCOUNT}:insight-rule/{_STACK}-edge-function-1a2b3c4-renders-per-original",
        f"{_TAGS} DeleteInsightRules PutInsightRule",
    ),
    ResourceType(
        "iam",
        f"arn:aws:iam::{ACCOUNT}:role/{_STACK}-edge-function-1a2b3c4",
        "CreateRole DeleteRole DeleteRolePolicy GetRole GetRolePolicy ListAttachedRolePolicies"
        " ListInstanceProfilesForRole ListRolePolicies ListRoleTags PassRole PutRolePolicy TagRole UntagRole"
        " UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription",
    ),
    ResourceType(
        "iam",
        f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/logger.cloudfront.amazonaws.com/AWSServiceRoleForCloudFrontLogger",
        "CreateServiceLinkedRole",
    ),
    ResourceType(
        "kms",
        f"arn:aws:kms:ap-southeast-2:{ACCOUNT}:alias/{_STACK}-12345678-1234-1234-1234-123456789012",
        "CreateAlias DeleteAlias UpdateAlias",
    ),
    ResourceType(
        "kms",
        f"arn:aws:kms:ap-southeast-2:{ACCOUNT}:key/12345678-1234-1234-1234-123456789012",
        "CancelKeyDeletion CreateAlias DeleteAlias DescribeKey EnableKeyRotation GetKeyPolicy GetKeyRotationStatus"
        " ListResourceTags PutKeyPolicy ScheduleKeyDeletion TagResource UntagResource UpdateAlias UpdateKeyDescription",
    ),
    ResourceType(
        "lambda",
        f"arn:aws:lambda:ap-southeast-2:{ACCOUNT}:event-source-mapping:12345678-1234-1234-1234-123456789012",
        "DeleteEventSourceMapping GetEventSourceMapping ListTags TagResource UntagResource UpdateEventSourceMapping",
    ),
    ResourceType(
        "lambda",
        f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{_STACK}-edge-function-1a2b3c4",
        "CreateFunction DeleteFunction DisableReplication* EnableReplication* GetFunction GetFunctionCodeSigningConfig"
        " GetFunctionConfiguration ListTags ListVersionsByFunction PublishVersion TagResource UntagResource"
        " UpdateFunctionCode UpdateFunctionConfiguration",
    ),
    ResourceType(
        "logs",
        f"arn:aws:logs:us-east-1:{ACCOUNT}:delivery:a1b2c3",
        f"{_TAGS} CreateDelivery DeleteDelivery GetDelivery UpdateDeliveryConfiguration",
    ),
    ResourceType(
        "logs",
        f"arn:aws:logs:us-east-1:{ACCOUNT}:delivery-destination:{_STACK}-access-logs-1a2b3c4",
        f"{_TAGS} CreateDelivery DeleteDeliveryDestination DeleteDeliverySource GetDeliveryDestination"
        " PutDeliveryDestination UpdateDeliveryConfiguration",
    ),
    ResourceType(
        "logs",
        f"arn:aws:logs:us-east-1:{ACCOUNT}:delivery-source:{_STACK}-access-logs-1a2b3c4",
        f"{_TAGS} CreateDelivery GetDeliverySource PutDeliverySource UpdateDeliveryConfiguration",
    ),
    *(
        ResourceType(
            "logs",
            f"arn:aws:logs:{region}:{ACCOUNT}:log-group:{name}",
            f"{_TAGS} CreateLogGroup DeleteLogGroup DeleteRetentionPolicy PutRetentionPolicy",
        )
        for region, name in (
            ("ap-southeast-2", f"/aws/lambda/us-east-1.{_STACK}-edge-function-1a2b3c4"),
            ("ap-southeast-2", f"{_STACK}-refresh-function-1a2b3c4"),
            ("us-east-1", f"aws-waf-logs-{_STACK}-firewall-1a2b3c4"),
        )
    ),
    ResourceType(
        "logs",
        f"arn:aws:logs:ap-southeast-2:{ACCOUNT}:log-group:/aws/lambda/us-east-1.{_STACK}-edge-function-1a2b3c4",
        "DeleteMetricFilter DescribeMetricFilters PutMetricFilter",
    ),
    ResourceType("route53", "arn:aws:route53:::change/C1", "GetChange"),
    ResourceType(
        "route53",
        f"arn:aws:route53:::hostedzone/{HOSTED_ZONE}",
        "ChangeResourceRecordSets GetHostedZone ListResourceRecordSets",
    ),
    ResourceType(
        "s3",
        f"arn:aws:s3:::{_STACK}-originals-1a2b3c4",
        f"{_TAGS} CreateBucket DeleteBucket DeleteBucketPolicy GetAccelerateConfiguration GetBucket*"
        " GetEncryptionConfiguration GetLifecycleConfiguration GetMetricsConfiguration GetReplicationConfiguration"
        " ListBucket ListBucketVersions PutBucket* PutEncryptionConfiguration PutLifecycleConfiguration"
        " PutMetricsConfiguration",
    ),
    ResourceType("s3", f"arn:aws:s3:::{_STACK}-originals-1a2b3c4/cats/1.jpg", "DeleteObject DeleteObjectVersion"),
    ResourceType(
        "sns",
        f"arn:aws:sns:ap-southeast-2:{ACCOUNT}:{_STACK}-urgent-ap-southeast-2-1a2b3c4",
        f"{_TAGS} CreateTopic DeleteTopic GetTopicAttributes SetTopicAttributes Subscribe",
    ),
    ResourceType(
        "sqs",
        f"arn:aws:sqs:ap-southeast-2:{ACCOUNT}:{_STACK}-upload-queue-1a2b3c4",
        "CreateQueue DeleteQueue GetQueueAttributes GetQueueUrl ListQueueTags SetQueueAttributes TagQueue UntagQueue",
    ),
    ResourceType(
        "wafv2",
        f"arn:aws:wafv2:us-east-1:{ACCOUNT}:global/webacl/{_STACK}-firewall-1a2b3c4/a1",
        f"{_TAGS} CreateWebACL DeleteLoggingConfiguration DeleteWebACL GetLoggingConfiguration GetWebACL"
        " PutLoggingConfiguration UpdateWebACL",
    ),
    ResourceType(
        "wafv2",
        "arn:aws:wafv2:us-east-1:aws:global/managedruleset/AWSManagedRulesCommonRuleSet/a1",
        "CreateWebACL UpdateWebACL",
    ),
)

# The reference shows the topic as an optional resource type of the two SNS actions since July 2026, and no resource
# type before. The request of both actions contains a subscription and no topic.
#
# The pages of CloudWatch's API require the resource `*` for composite alarms: PutCompositeAlarm, DescribeAlarms.
# The reference of August 2026 could not be read for Amazon Q Developer in chat applications and for the monitoring
# subscriptions of CloudFront. The resource `*` permits their actions in any case.
WITHOUT_RESOURCE_TYPE: Final = {
    "acm:RequestCertificate",
    "chatbot:CreateSlackChannelConfiguration",
    "chatbot:DeleteSlackChannelConfiguration",
    "chatbot:DescribeSlackChannelConfigurations",
    "chatbot:UpdateSlackChannelConfiguration",
    "cloudfront:CreateCachePolicy",
    "cloudfront:CreateDistribution",
    "cloudfront:CreateFunction",
    "cloudfront:CreateMonitoringSubscription",
    "cloudfront:CreateOriginAccessControl",
    "cloudfront:CreateOriginRequestPolicy",
    "cloudfront:CreateResponseHeadersPolicy",
    "cloudfront:DeleteMonitoringSubscription",
    "cloudfront:GetMonitoringSubscription",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:DescribeInsightRules",
    "cloudwatch:PutCompositeAlarm",
    "kms:CreateKey",
    "kms:ListAliases",
    "lambda:CreateEventSourceMapping",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DeleteQueryDefinition",
    "logs:DescribeConfigurationTemplates",
    "logs:DescribeDeliveries",
    "logs:DescribeDeliveryDestinations",
    "logs:DescribeDeliverySources",
    "logs:DescribeLogGroups",
    "logs:DescribeQueryDefinitions",
    "logs:DescribeResourcePolicies",
    "logs:PutQueryDefinition",
    "logs:PutResourcePolicy",
    "sns:GetSubscriptionAttributes",
    "sns:Unsubscribe",
}
"""The actions that IAM permits only with the resource `*`."""
