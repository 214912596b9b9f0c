"""What the stack may cost in a month, and who hears of it before it is more."""

from typing import Final

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.observability.alert_topic import Alerts
from infra.resource_tags import resource_tags

_ALERTS: Final = (("FORECASTED", 100), ("ACTUAL", 80), ("ACTUAL", 100))
"""Of what has been, or will by the end of the month have been spent: percent of the budget."""


class Budget(pulumi.ComponentResource):
    """Empty if `budget` is 0. Adds up what carries this stack's tags, once they are active as cost allocation tags.

    https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
    """

    name: pulumi.Output[str] | None = None

    def __init__(
        self, name: str, *, config: StackConfig, alerts: Alerts, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("infra:budget:Budget", name, None, opts)
        if config.budget:
            tags = resource_tags(config)
            budget = aws.budgets.Budget(
                name,
                budget_type="COST",
                time_unit="MONTHLY",
                limit_amount=str(config.budget),
                limit_unit="USD",
                metrics="UnblendedCost",
                filter_expression={"ands": [_carries(tag, tags[tag]) for tag in ("project", "stack")]},
                notifications=[
                    {
                        "notification_type": kind,
                        "comparison_operator": "GREATER_THAN",
                        "threshold": percent,
                        "threshold_type": "PERCENTAGE",
                        "subscriber_sns_topic_arns": [alerts.topic.arn],
                    }
                    for kind, percent in _ALERTS
                ],
                tags=tags,
                # AWS tries the topic when the budget is made.
                opts=pulumi.ResourceOptions(parent=self, depends_on=[alerts]),
            )
            self.name = budget.name
        self.register_outputs({})


def _carries(tag: str, value: str) -> aws.budgets.BudgetFilterExpressionAndArgsDict:
    return {"tags": {"key": tag, "values": [value], "match_options": ["EQUALS"]}}
