"""The saved CloudWatch Logs Insights queries of a stack."""

from collections.abc import Sequence
from typing import Final

import pulumi
import pulumi_aws as aws

from common.contract import PROJECT
from common.log_queries import LOG_QUERIES

PLACEHOLDER_NOTE: Final = "# Replace REQUEST_ID with the value of the response header x-amz-cf-id."


class SavedQueries(pulumi.ComponentResource):
    """The queries of common/log_queries.py, in each Region in which the edge function logs.

    The console shows the queries in the folder `edge-image-resizer/<stack>`.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_Insights-Saving-Queries.html
    """

    def __init__(
        self,
        name: str,
        *,
        log_group: pulumi.Input[str],
        regions: Sequence[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Save the queries. `log_group` is the name of the edge function's log group in each of `regions`."""
        super().__init__("infra:observability/queries:SavedQueries", name, None, opts)
        for region in regions:
            for query in LOG_QUERIES:
                aws.cloudwatch.QueryDefinition(
                    f"{name}-{query.name}-{region}",
                    name=query_name(pulumi.get_stack(), query.name),
                    region=region,
                    log_group_names=[log_group],
                    query_string=f"{PLACEHOLDER_NOTE}\n{query.text}" if query.name == "request" else query.text,
                    opts=pulumi.ResourceOptions(parent=self),
                )
        self.register_outputs({})


def query_name(stack: str, query: str) -> str:
    """Return the name of a saved query. The console shows the parts before the slashes as folders."""
    return f"{PROJECT}/{stack}/{query}"
