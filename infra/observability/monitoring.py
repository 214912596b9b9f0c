"""Everything that watches a running stack: metrics, alarms, saved queries and dashboards."""

from collections.abc import Sequence

import pulumi

from infra.config.regions import GLOBAL_REGION
from infra.config.stack_config import StackConfig
from infra.delivery.certificate import Certificate
from infra.delivery.distribution import Distribution
from infra.delivery.edge_function import EdgeFunction
from infra.delivery.viewer_function import ViewerFunction
from infra.observability.additional_metrics import AdditionalMetrics
from infra.observability.alarm import Alarm
from infra.observability.alarm_group import AlarmGroup
from infra.observability.alert_topic import Urgency
from infra.observability.alert_topics import AlertTopics
from infra.observability.dashboards.dashboards import Dashboards
from infra.observability.dashboards.stack_context import stack_context
from infra.observability.distribution_alarms import distribution_alarms
from infra.observability.edge_alarms import edge_alarms
from infra.observability.metric_filters import MetricFilters, metrics_namespace
from infra.observability.queries import SavedQueries
from infra.observability.render_counter import RenderCounter
from infra.observability.upload_alarms import upload_alarms
from infra.storage.originals import Originals
from infra.storage.renditions import Renditions
from infra.uploads.upload_queue import UploadQueue


class Monitoring(pulumi.ComponentResource):
    """The metrics and alarms of the stack. The component is empty unless `monitoring` is true."""

    namespace: str | None = None
    """The namespace of the stack's own metrics. None without monitoring."""
    dashboards: dict[str, pulumi.Output[str]]
    """The names of the dashboards by purpose. Empty without monitoring."""

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        originals: Originals,
        renditions: Renditions,
        viewer_function: ViewerFunction,
        edge_function: EdgeFunction,
        certificate: Certificate,
        distribution: Distribution,
        upload_queue: UploadQueue,
        alert_topics: AlertTopics,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("infra:observability/monitoring:Monitoring", name, None, opts)
        self._config, self._alert_topics = config, alert_topics
        self.dashboards = {}
        if config.monitoring:
            self.namespace = metrics_namespace()
            additional = AdditionalMetrics(
                "additional-metrics",
                config=config,
                distribution=distribution,
                originals=originals,
                opts=pulumi.ResourceOptions(parent=self),
            )
            insight_rule = self._watch_edge_function(edge_function)
            self._watch_distribution(distribution, viewer_function, certificate)
            self._watch_uploads(upload_queue, originals, additional)
            child = pulumi.ResourceOptions(parent=self)
            SavedQueries("queries", log_group=edge_function.log_group, regions=edge_function.log_regions, opts=child)
            context = stack_context(
                config,
                buckets={"originals": originals.bucket, "renditions": renditions.bucket},
                viewer_function=viewer_function,
                edge_function=edge_function,
                distribution=distribution,
                upload_queue=upload_queue,
                insight_rule=insight_rule,
                request_metrics_filter=additional.request_metrics,
                web_acl=self._web_acl,
            )
            self.dashboards = Dashboards("dashboards", context=context, opts=child).names
        self.register_outputs({"namespace": self.namespace})

    @property
    def _web_acl(self) -> str | None:
        """The metric name of the web ACL (infra/delivery/firewall.py), or None without a firewall."""
        return f"{pulumi.get_project()}-{pulumi.get_stack()}" if self._config.firewall else None

    def _watch_edge_function(self, edge_function: EdgeFunction) -> pulumi.Input[str]:
        """Create the metrics and alarms of each Region, and return the name of the rule, which is the same in all."""
        rule_name: pulumi.Input[str] = ""
        child = pulumi.ResourceOptions(parent=self)
        replica = pulumi.Output.concat(GLOBAL_REGION, ".", edge_function.function.name)
        for region in edge_function.log_regions:
            MetricFilters(f"metric-filters-{region}", region=region, edge_function=edge_function, opts=child)
            counter = RenderCounter(
                f"render-counter-{region}", config=self._config, region=region, edge_function=edge_function, opts=child
            )
            rule_name = counter.rule_name
            self._declare("edge", region, edge_alarms(replica=replica, rule_name=rule_name))
        return rule_name

    def _watch_distribution(
        self, distribution: Distribution, viewer_function: ViewerFunction, certificate: Certificate
    ) -> None:
        alarms = distribution_alarms(
            self._config,
            distribution=distribution.id,
            viewer_function=viewer_function.name,
            web_acl=self._web_acl,
            certificate=certificate.arn,
        )
        self._declare("distribution", GLOBAL_REGION, alarms)

    def _watch_uploads(self, upload_queue: UploadQueue, originals: Originals, additional: AdditionalMetrics) -> None:
        alarms = upload_alarms(
            queue=upload_queue.queue.name,
            dead_letter_queue=upload_queue.dead_letter_queue.name,
            bucket=originals.bucket.name,
            request_metrics=additional.request_metrics,
        )
        self._declare("uploads", self._config.region, alarms)

    def _declare(self, group: str, region: str, alarms: Sequence[Alarm]) -> None:
        topics = self._alert_topics.topics
        AlarmGroup(
            group,
            config=self._config,
            region=region,
            alarms=alarms,
            urgent_topic=topics[Urgency.URGENT][region],
            routine_topic=topics[Urgency.ROUTINE][region],
            opts=pulumi.ResourceOptions(parent=self),
        )
