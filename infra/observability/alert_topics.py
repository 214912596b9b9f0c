"""The alert topics of the stack: one for each urgency, in each Region that has alarms."""

from collections.abc import Mapping

import pulumi

from infra.config.recipients import group_recipients
from infra.config.regions import GLOBAL_REGION, execution_regions
from infra.config.stack_config import StackConfig
from infra.observability.alert_topic import AlertTopic, Urgency
from infra.observability.slack_channels import SlackChannels
from infra.observability.topic_key import TopicKey


class AlertTopics(pulumi.ComponentResource):
    """The topics, with a key for each Region if `encryption` is kms.

    An alarm can notify only topics of its own Region.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
    """

    topics: Mapping[Urgency, Mapping[str, AlertTopic]]
    """The topics by urgency and Region. The routine topic of us-east-1 always exists: the budget publishes to it."""

    def __init__(self, name: str, *, config: StackConfig, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("infra:observability/alert_topics:AlertTopics", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        recipients = {
            Urgency.URGENT: group_recipients(config.urgent_recipients),
            Urgency.ROUTINE: group_recipients(config.routine_recipients),
        }
        regions = alert_regions(config)
        keys = {
            region: TopicKey(f"{name}-{region}", config=config, region=region, opts=child)
            for region in sorted({region for urgency in regions for region in regions[urgency]})
        }
        self.topics = {
            urgency: {
                region: AlertTopic(
                    f"{urgency}-{region}",
                    config=config,
                    region=region,
                    recipients=recipients[urgency],
                    key_arn=keys[region].arn,
                    # CloudWatch cannot publish before the policy of the key admits it.
                    opts=pulumi.ResourceOptions(parent=self, depends_on=[keys[region]]),
                )
                for region in regions[urgency]
            }
            for urgency in Urgency
        }
        channels = {urgency: recipients[urgency].slack_channels for urgency in Urgency}
        SlackChannels(f"{name}-slack", config=config, channels=channels, topics=self.topics, opts=child)
        self.register_outputs({"arns": self.arns})

    @property
    def arns(self) -> dict[str, dict[str, pulumi.Output[str]]]:
        """The ARNs of the topics by urgency and Region."""
        return {
            urgency.value: {region: topic.arn for region, topic in topics.items()}
            for urgency, topics in self.topics.items()
        }


def alert_regions(config: StackConfig) -> dict[Urgency, tuple[str, ...]]:
    """Return the Regions that have alarms of each urgency, and us-east-1 for the alerts of the budget."""
    if not config.monitoring:
        return {Urgency.URGENT: (), Urgency.ROUTINE: (GLOBAL_REGION,)}
    edge_regions = execution_regions(config.region, origin_shield=config.origin_shield)
    regions = tuple(sorted({GLOBAL_REGION, config.region, *edge_regions}))
    return dict.fromkeys(Urgency, regions)
