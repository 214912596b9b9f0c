"""The context of the dashboards of a stack, from its resources."""

from collections.abc import Mapping
from typing import Any

import pulumi

from infra.config.limits import FIREWALL_RULES
from infra.config.stack_config import StackConfig
from infra.config.thresholds import THRESHOLDS
from infra.delivery.distribution import Distribution
from infra.delivery.edge_function import EdgeFunction
from infra.delivery.viewer_function import ViewerFunction
from infra.observability.dashboards.context import DashboardContext
from infra.storage.private_bucket import PrivateBucket
from infra.uploads.upload_queue import UploadQueue


def stack_context(
    config: StackConfig,
    *,
    buckets: Mapping[str, PrivateBucket],
    viewer_function: ViewerFunction,
    edge_function: EdgeFunction,
    distribution: Distribution,
    upload_queue: UploadQueue,
    insight_rule: pulumi.Input[str],
    request_metrics_filter: pulumi.Input[str] | None,
    web_acl: str | None,
) -> pulumi.Output[DashboardContext]:
    """Return the context, which is known when the names of all resources are known."""
    stack = pulumi.get_stack()
    names: pulumi.Output[dict[str, Any]] = pulumi.Output.all(
        distribution_id=distribution.id,
        edge_function=edge_function.function.name,
        viewer_function=viewer_function.name,
        queue=upload_queue.queue.name,
        dead_letter_queue=upload_queue.dead_letter_queue.name,
        insight_rule=insight_rule,
        request_metrics_filter=request_metrics_filter or "",
        buckets={content: bucket.name for content, bucket in buckets.items()},
    )

    def context(resolved: dict[str, Any]) -> DashboardContext:
        return DashboardContext(
            stack=stack,
            region=config.region,
            edge_regions=tuple(edge_function.log_regions),
            thresholds={key: config.thresholds.get(key, limit.default) for key, limit in THRESHOLDS.items()},
            additional_metrics=config.additional_metrics,
            web_acl=web_acl or "",
            firewall_rules=FIREWALL_RULES,
            runbook_url=config.runbook_url,
            **resolved,
        )

    return names.apply(context)
