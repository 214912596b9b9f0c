"""The monthly budget of the stack, and its alerts."""

from typing import Final

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.observability.alert_topic import AlertTopic
from infra.resource_tags import resource_tags

_THRESHOLDS: Final = (("FORECASTED", 100), ("ACTUAL", 80), ("ACTUAL", 100))
"""The alerts, each with the kind of cost (actual, or forecast for the month) and a percentage of the budget."""


class Budget(pulumi.ComponentResource):
    """A budget for the costs of resources with this stack's tags. The component is empty if `budget` is 0.

    AWS counts the costs only after the tags have been activated as cost allocation tags. Until then, the budget shows
    0 USD and sends no alert. No AWS page says whether the cost of Lambda@Edge appears under the tags of the function. A
    filter by the usage type of Lambda@Edge would count every function of the account, and so the other stacks too.
    https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
    """

    name: pulumi.Output[str] | None = None

    def __init__(
        self, name: str, *, config: StackConfig, alert_topic: AlertTopic, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("infra:observability/budget:Budget", name, None, opts)
        if config.budget:
            tags = resource_tags(config)
            budget = aws.budgets.Budget(
                name,
                budget_type="COST",
                time_unit="MONTHLY",
                limit_amount=str(config.budget),
                limit_unit="USD",
                metrics="UnblendedCost",
                filter_expression={"ands": [_tag_filter(tag, tags[tag]) for tag in ("project", "stack")]},
                notifications=[
                    {
                        "notification_type": notification_type,
                        "comparison_operator": "GREATER_THAN",
                        "threshold": percent,
                        "threshold_type": "PERCENTAGE",
                        "subscriber_sns_topic_arns": [alert_topic.arn],
                    }
                    for notification_type, percent in _THRESHOLDS
                ],
                tags=tags,
                # AWS publishes to the topic when it creates the budget, so the topic policy must exist before.
                opts=pulumi.ResourceOptions(parent=self, depends_on=[alert_topic]),
            )
            self.name = budget.name
        self.register_outputs({"name": self.name})


def _tag_filter(tag: str, value: str) -> aws.budgets.BudgetFilterExpressionAndArgsDict:
    return {"tags": {"key": tag, "values": [value], "match_options": ["EQUALS"]}}
