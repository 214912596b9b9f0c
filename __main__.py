"""The stack: its configuration, its components, its outputs."""

import pulumi

from common.contract import CACHE_TAG_HEADER
from infra.config.stack_config import StackConfig
from infra.delivery.certificate import Certificate
from infra.delivery.distribution import Cdn
from infra.delivery.dns_records import Records
from infra.delivery.edge_function import EdgeFunction
from infra.delivery.firewall import Firewall
from infra.delivery.origin_access import Access
from infra.delivery.viewer_function import ViewerFunction
from infra.observability.access_logs import AccessLogs
from infra.observability.alert_topic import Alerts
from infra.observability.budget import Budget
from infra.storage.encryption_key import Key
from infra.storage.originals import Originals
from infra.storage.renditions import Renditions
from infra.uploads.refresh_function import Refresh

config = StackConfig.load(pulumi.Config())

key = Key("key", config=config)
originals = Originals("originals", config=config, key=key)
renditions = Renditions("renditions", config=config, key=key)
stores = {"originals": originals.store, "renditions": renditions.store}

viewer_function = ViewerFunction("viewer-function", config=config)
edge_function = EdgeFunction("edge-function", config=config, originals=originals, renditions=renditions)
certificate = Certificate("certificate", config=config)
firewall = Firewall("firewall", config=config)
cdn = Cdn(
    "cdn",
    config=config,
    originals=originals,
    renditions=renditions,
    viewer_function=viewer_function,
    edge_function=edge_function,
    certificate=certificate,
    firewall=firewall,
)
Access("access", config=config, key=key, stores=stores, edge_function=edge_function, cdn=cdn)
Records("records", config=config, cdn=cdn)

refresh = Refresh("refresh", config=config, originals=originals, cdn=cdn)

access_logs = AccessLogs("access-logs", config=config, cdn=cdn, stores=stores)
alerts = Alerts("alerts", config=config)
budget = Budget("budget", config=config, alerts=alerts)

outputs = {
    "url": cdn.url,
    "distribution_id": cdn.distribution.id,
    "distribution_domain_name": cdn.distribution.domain_name,
    "cache_tag_header": CACHE_TAG_HEADER,
    "origin_shield_region": cdn.shield_region,
    "originals_bucket": originals.store.bucket.bucket,
    "originals_region": config.region,
    "renditions_bucket": renditions.store.bucket.bucket,
    "key_arn": key.arn,
    "viewer_function_name": viewer_function.function.name,
    "edge_function_name": edge_function.function.name,
    "edge_function_arn": edge_function.version_arn,
    "edge_function_newest_arn": edge_function.function.qualified_arn,
    "edge_bundle": edge_function.bundle,
    "edge_role_arn": edge_function.role.arn,
    "edge_log_group": edge_function.log_group,
    "edge_log_regions": edge_function.log_regions,
    "refresh_queue_url": refresh.queue.url,
    "dead_letters_queue_url": refresh.dead_letters.url,
    "refresh_function_name": refresh.function.name,
    "refresh_log_group": refresh.log_group,
    "firewall_arn": firewall.arn,
    "firewall_log_group": firewall.log_group,
    "access_logs_bucket": access_logs.bucket,
    "alerts_topic_arn": alerts.topic.arn,
    "budget_name": budget.name,
    "left_after_destroy": [edge_function.function.arn, cdn.refusals_log_group, *([key.arn] if key.arn else [])],
}
for name, value in outputs.items():
    pulumi.export(name, value)
