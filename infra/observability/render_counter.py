"""The Contributor Insights rule that counts the renders of each original, in one Region."""

import json
from typing import Final

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.delivery.edge_function import EdgeFunction
from infra.resource_tags import resource_tags

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/ContributorInsights-RuleSyntax.html
_RULE: Final = {
    "Schema": {"Name": "CloudWatchLogRule", "Version": 1},
    "LogFormat": "JSON",
    "Contribution": {"Keys": ["$.key"], "Filters": [{"Match": "$.outcome", "In": ["rendered", "redirected"]}]},
    "AggregateOn": "Count",
}


class RenderCounter(pulumi.ComponentResource):
    """The rule over the log group of the edge function. CloudWatch charges for each log line that matches."""

    rule_name: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        region: str,
        edge_function: EdgeFunction,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("infra:observability/render_counter:RenderCounter", name, None, opts)
        definition = edge_function.log_group.apply(lambda log_group: json.dumps(_RULE | {"LogGroupNames": [log_group]}))
        # The name of the function ends at random, so that the rule of an earlier stack of the same name can still
        # exist. A changed definition replaces the rule, because the provider does not update it.
        # https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/cloudwatch/contributor_insight_rule.go
        rule = aws.cloudwatch.ContributorInsightRule(
            f"renders-per-original-{region}",
            region=region,
            rule_name=pulumi.Output.concat(edge_function.function.name, "-renders-per-original"),
            rule_state="ENABLED",
            rule_definition=definition,
            tags=resource_tags(config),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[edge_function],
                replace_on_changes=["ruleDefinition", "ruleName"],
                delete_before_replace=True,
            ),
        )
        self.rule_name = rule.rule_name
        self.register_outputs({"name": self.rule_name})
