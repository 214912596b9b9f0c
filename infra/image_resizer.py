"""The whole stack as one Pulumi component."""

from collections.abc import Mapping
from typing import Any

import pulumi

from common.contract import CACHE_TAG_HEADER
from infra.config.loader import check_config
from infra.config.regions import GLOBAL_REGION
from infra.config.stack_config import StackConfig
from infra.delivery.certificate import Certificate
from infra.delivery.distribution import Distribution
from infra.delivery.dns_records import DnsRecords
from infra.delivery.edge_function import EdgeFunction
from infra.delivery.firewall import Firewall
from infra.delivery.origin_access import OriginAccess
from infra.delivery.viewer_function import ViewerFunction
from infra.observability.access_logs import AccessLogs
from infra.observability.alert_topic import Urgency
from infra.observability.alert_topics import AlertTopics
from infra.observability.budget import Budget
from infra.observability.monitoring import Monitoring
from infra.storage.encryption_key import EncryptionKey
from infra.storage.originals import Originals
from infra.storage.renditions import Renditions
from infra.uploads.refresh_function import TIMEOUT_SECONDS, RefreshFunction
from infra.uploads.upload_queue import UploadQueue


class ImageResizer(pulumi.ComponentResource):
    """Image resizing on demand: buckets, distribution, functions, logs and alerts.

    `__main__.py` creates the component from Pulumi.<stack>.yaml. Another Pulumi program passes a StackConfig:

        resizer = ImageResizer("images", StackConfig(region="eu-central-1", sizes=(320, 640, 1280)))
        pulumi.export("url", resizer.distribution.url)

    `region` must be the Region of the AWS provider that the component uses. A program can contain one ImageResizer:
    the names of the resources inside do not contain the name of the component, because with the `autonaming` of
    Pulumi.yaml they already contain the project and the stack. Pulumi refuses a second ImageResizer as a duplicate.
    docs/config.md lists what else another program needs.
    """

    encryption_key: EncryptionKey
    originals: Originals
    renditions: Renditions
    viewer_function: ViewerFunction
    edge_function: EdgeFunction
    firewall: Firewall
    certificate: Certificate
    distribution: Distribution
    upload_queue: UploadQueue
    refresh_function: RefreshFunction
    access_logs: AccessLogs
    alert_topics: AlertTopics
    budget: Budget
    monitoring: Monitoring
    outputs: Mapping[str, Any]
    """The outputs of the stack by name. docs/deployment.md describes each of them."""

    def __init__(self, name: str, config: StackConfig, opts: pulumi.ResourceOptions | None = None) -> None:
        """Create the stack. Raises ConfigError, before it creates a resource, if `config` is invalid."""
        check_config(config, stack=pulumi.get_stack())
        super().__init__("infra:image_resizer:ImageResizer", name, None, opts)
        self._create_storage(config)
        self._create_delivery(config)
        self._create_uploads(config)
        self._create_observability(config)
        self.outputs = self._stack_outputs(config)
        self.register_outputs({**self.outputs})

    def _create_storage(self, config: StackConfig) -> None:
        child = pulumi.ResourceOptions(parent=self)
        self.encryption_key = EncryptionKey("encryption-key", config=config, opts=child)
        self.originals = Originals("originals", config=config, opts=child)
        self.renditions = Renditions("renditions", config=config, opts=child)
        self._buckets = {"originals": self.originals.bucket, "renditions": self.renditions.bucket}

    def _create_delivery(self, config: StackConfig) -> None:
        child = pulumi.ResourceOptions(parent=self)
        self.viewer_function = ViewerFunction("viewer-function", config=config, opts=child)
        self.edge_function = EdgeFunction(
            "edge-function", config=config, originals=self.originals, renditions=self.renditions, opts=child
        )
        self.firewall = Firewall("firewall", config=config, opts=child)
        self.certificate = Certificate("certificate", config=config, opts=child)
        self.distribution = Distribution(
            "distribution",
            config=config,
            originals=self.originals,
            renditions=self.renditions,
            viewer_function=self.viewer_function,
            edge_function=self.edge_function,
            certificate=self.certificate,
            firewall=self.firewall,
            opts=child,
        )
        OriginAccess(
            "origin-access",
            config=config,
            encryption_key=self.encryption_key,
            buckets=self._buckets,
            # The renditions bucket also has the records of the refresh function, which no viewer needs.
            readable_objects={
                "originals": self.originals.bucket.objects_arn,
                "renditions": self.renditions.stored_renditions_arn,
            },
            edge_function=self.edge_function,
            distribution=self.distribution,
            opts=child,
        )
        DnsRecords("dns-records", config=config, distribution=self.distribution, opts=child)

    def _create_uploads(self, config: StackConfig) -> None:
        child = pulumi.ResourceOptions(parent=self)
        self.upload_queue = UploadQueue(
            "upload-queue", config=config, originals=self.originals, consumer_timeout=TIMEOUT_SECONDS, opts=child
        )
        self.refresh_function = RefreshFunction(
            "refresh-function",
            config=config,
            originals=self.originals,
            renditions=self.renditions,
            distribution=self.distribution,
            upload_queue=self.upload_queue,
            opts=child,
        )

    def _create_observability(self, config: StackConfig) -> None:
        child = pulumi.ResourceOptions(parent=self)
        self.access_logs = AccessLogs(
            "access-logs", config=config, distribution=self.distribution, buckets=self._buckets, opts=child
        )
        self.alert_topics = AlertTopics("alerts", config=config, opts=child)
        budget_topic = self.alert_topics.topics[Urgency.ROUTINE][GLOBAL_REGION]
        self.budget = Budget("budget", config=config, alert_topic=budget_topic, opts=child)
        self.monitoring = Monitoring(
            "monitoring",
            config=config,
            originals=self.originals,
            renditions=self.renditions,
            viewer_function=self.viewer_function,
            edge_function=self.edge_function,
            certificate=self.certificate,
            distribution=self.distribution,
            upload_queue=self.upload_queue,
            alert_topics=self.alert_topics,
            opts=child,
        )

    def _stack_outputs(self, config: StackConfig) -> dict[str, Any]:
        edge_function, distribution = self.edge_function, self.distribution
        remaining_resources = [edge_function.function.arn, distribution.invalid_response_log_group]
        if self.encryption_key.arn:
            remaining_resources.append(self.encryption_key.arn)
        return {
            "url": distribution.url,
            "distribution_id": distribution.id,
            "distribution_domain_name": distribution.domain_name,
            "cache_tag_header": CACHE_TAG_HEADER,
            "origin_shield_region": distribution.shield_region,
            "originals_bucket": self.originals.bucket.name,
            "originals_region": config.region,
            "renditions_bucket": self.renditions.bucket.name,
            "key_arn": self.encryption_key.arn,
            "viewer_function_name": self.viewer_function.name,
            "edge_function_name": edge_function.function.name,
            "edge_function_arn": edge_function.version_arn,
            "edge_function_newest_arn": edge_function.function.qualified_arn,
            "edge_bundle": edge_function.bundle,
            "edge_role_arn": edge_function.role.arn,
            "edge_log_group": edge_function.log_group,
            "edge_log_regions": edge_function.log_regions,
            "refresh_queue_url": self.upload_queue.queue.url,
            "dead_letters_queue_url": self.upload_queue.dead_letter_queue.url,
            "refresh_function_name": self.refresh_function.function.name,
            "refresh_log_group": self.refresh_function.log_group,
            "firewall_arn": self.firewall.arn,
            "firewall_log_group": self.firewall.log_group,
            "access_logs_bucket": self.access_logs.bucket_name,
            "alert_topics": self.alert_topics.arns,
            "metrics_namespace": self.monitoring.namespace,
            "dashboards": self.monitoring.dashboards,
            "budget_name": self.budget.name,
            "left_after_destroy": remaining_resources,
        }
