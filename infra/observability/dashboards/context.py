"""What the dashboards show: the names of the resources, and the configuration that decides which widgets exist."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from common.contract import PROJECT
from infra.config.regions import GLOBAL_REGION
from infra.observability.dashboards.widgets import Limit, Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardContext:
    """The names of the resources of one stack, and its configuration."""

    stack: str
    region: str
    """The Region of the buckets and of the queues."""
    edge_regions: tuple[str, ...]
    """The Regions in which the edge function runs."""
    thresholds: Mapping[str, float]
    """The threshold of each alarm, by its key in the configuration key `thresholds`."""
    distribution_id: str
    edge_function: str
    viewer_function: str
    queue: str
    dead_letter_queue: str
    buckets: Mapping[str, str] = field(default_factory=dict[str, str])
    """The names of the image buckets by their content, such as `originals`."""
    insight_rule: str = ""
    """The name of the Contributor Insights rule that counts the renders of each original; empty without the rule."""
    request_metrics_filter: str = ""
    """The id of the request metrics of the originals bucket; empty without request metrics."""
    additional_metrics: bool = False
    web_acl: str = ""
    """The metric name of the web ACL; empty without a firewall."""
    firewall_rules: tuple[str, ...] = ()
    """The metric names of the rules of the web ACL."""
    runbook_url: str = ""
    """The address of the folder with the runbooks; empty if only the repository has them."""

    def image_metric(self, name: str, region: str, **dimensions: str) -> Metric:
        """Return a metric that a metric filter makes of the log lines of the edge function."""
        return Metric(namespace=f"{PROJECT}/{self.stack}", name=name, dimensions=(*dimensions.items(),), region=region)

    def edge_metric(self, name: str, region: str) -> Metric:
        """Return a metric of the edge function, under the name that its replicas report in each Region."""
        function = ("FunctionName", f"{GLOBAL_REGION}.{self.edge_function}")
        return Metric(namespace="AWS/Lambda", name=name, dimensions=(function,), region=region)

    def distribution_metric(self, name: str) -> Metric:
        """Return a metric of the distribution. CloudFront publishes all metrics in us-east-1."""
        dimensions = (("DistributionId", self.distribution_id), ("Region", "Global"))
        return Metric(namespace="AWS/CloudFront", name=name, dimensions=dimensions, region=GLOBAL_REGION)

    def viewer_function_metric(self, name: str) -> Metric:
        """Return a metric of the viewer function."""
        dimensions = (("FunctionName", self.viewer_function), ("Region", "Global"))
        return Metric(namespace="AWS/CloudFront", name=name, dimensions=dimensions, region=GLOBAL_REGION)

    def queue_metric(self, name: str, queue: str) -> Metric:
        """Return a metric of a queue."""
        return Metric(namespace="AWS/SQS", name=name, dimensions=(("QueueName", queue),), region=self.region)

    def storage_metric(self, name: str, bucket: str, storage_type: str) -> Metric:
        """Return a daily metric of a bucket."""
        dimensions = (("BucketName", bucket), ("StorageType", storage_type))
        return Metric(namespace="AWS/S3", name=name, dimensions=dimensions, region=self.region)

    def request_metric(self, name: str) -> Metric:
        """Return a request metric of the originals bucket."""
        dimensions = (("BucketName", self.buckets["originals"]), ("FilterId", self.request_metrics_filter))
        return Metric(namespace="AWS/S3", name=name, dimensions=dimensions, region=self.region)

    def firewall_metric(self, name: str, rule: str) -> Metric:
        """Return a metric of a rule of the web ACL; `ALL` is the whole web ACL.

        A web ACL of CloudFront has no dimension Region.
        https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
        """
        dimensions = (("Rule", rule), ("WebACL", self.web_acl))
        return Metric(namespace="AWS/WAFV2", name=name, dimensions=dimensions, region=GLOBAL_REGION)

    def limit(self, key: str, unit: str, *, factor: float = 1, is_lower: bool = False) -> Limit:
        """Return the threshold of an alarm. `factor` converts the threshold into the unit of the graph."""
        value = self.thresholds[key]
        return Limit(label=f"alarm: {value:,g} {unit}", value=value * factor, is_lower=is_lower)

    def runbook(self, alarm: str) -> str:
        """Return a link in Markdown to the runbook of an alarm, or the path of the runbook in the repository."""
        page = f"{alarm}.md"
        return f"[{alarm}]({self.runbook_url.rstrip('/')}/{page})" if self.runbook_url else f"`docs/runbooks/{page}`"
