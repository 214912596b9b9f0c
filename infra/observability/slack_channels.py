"""The Slack channels that receive alerts, through Amazon Q Developer in chat applications."""

from collections.abc import Mapping
from typing import Final

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.iam.alert_policies import slack_trust_policy
from infra.observability.alert_topic import AlertTopic, Urgency
from infra.resource_tags import resource_tags

# The service is global, and its API is in a few Regions only.
# https://docs.aws.amazon.com/general/latest/gr/chatbot.html
_API_REGION: Final = "us-east-2"

# The default guardrail is AdministratorAccess. This one allows no change from Slack.
# https://docs.aws.amazon.com/chatbot/latest/adminguide/understanding-permissions.html
_GUARDRAIL: Final = "arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"


class SlackChannels(pulumi.ComponentResource):
    """One configuration for each channel, with the topics of the urgencies that list the channel.

    An administrator of the account must authorize the Slack workspace once, in the console of Amazon Q Developer in
    chat applications. The component is empty without channels.
    """

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        channels: Mapping[Urgency, tuple[tuple[str, str], ...]],
        topics: Mapping[Urgency, Mapping[str, AlertTopic]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the configurations. `channels` has pairs of the id of a workspace and the id of a channel."""
        super().__init__("infra:observability/slack_channels:SlackChannels", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        distinct_channels = sorted({channel for urgency in Urgency for channel in channels[urgency]})
        if distinct_channels:
            # The role has no permissions: it can only pass on messages.
            role = aws.iam.Role(
                name,
                assume_role_policy=pulumi.Output.json_dumps(slack_trust_policy()),
                description="Slack channels: show alerts",
                tags=resource_tags(config),
                opts=child,
            )
            for workspace, channel in distinct_channels:
                urgencies = [urgency for urgency in Urgency if (workspace, channel) in channels[urgency]]
                aws.chatbot.SlackChannelConfiguration(
                    f"{name}-{workspace}-{channel}",
                    region=_API_REGION,
                    configuration_name=f"{pulumi.get_project()}-{pulumi.get_stack()}-{workspace}-{channel}",
                    slack_team_id=workspace,
                    slack_channel_id=channel,
                    iam_role_arn=role.arn,
                    guardrail_policy_arns=[_GUARDRAIL],
                    sns_topic_arns=[topic.arn for urgency in urgencies for topic in topics[urgency].values()],
                    tags=resource_tags(config),
                    opts=child,
                )
        self.register_outputs({})
