"""The dashboards of a stack as CloudWatch resources."""

import pulumi
import pulumi_aws as aws

from common.contract import PROJECT
from infra.config.regions import GLOBAL_REGION
from infra.observability.dashboards.account import account_body
from infra.observability.dashboards.application import application_body
from infra.observability.dashboards.context import DashboardContext


class Dashboards(pulumi.ComponentResource):
    """Two dashboards. A dashboard belongs to no Region, but a provider needs one to call the API."""

    names: dict[str, pulumi.Output[str]]
    """The names by what the dashboards show: `application` and `account`."""

    def __init__(
        self,
        name: str,
        *,
        context: pulumi.Input[DashboardContext],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("infra:observability/dashboards/dashboards:Dashboards", name, None, opts)
        bodies = {"application": application_body, "account": account_body}
        self.names = {
            content: aws.cloudwatch.Dashboard(
                f"{name}-{content}",
                dashboard_name=f"{PROJECT}-{pulumi.get_stack()}-{content}",
                dashboard_body=pulumi.Output.from_input(context).apply(body),
                region=GLOBAL_REGION,
                opts=pulumi.ResourceOptions(parent=self),
            ).dashboard_name
            for content, body in bodies.items()
        }
        self.register_outputs({"names": self.names})
