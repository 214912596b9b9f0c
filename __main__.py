"""The stack: its configuration, its components, its outputs."""

import pulumi

from infra.access import Access
from infra.cdn import Cdn
from infra.config import StackConfig
from infra.edge_function import EdgeFunction
from infra.headers import CACHE_TAG_HEADER
from infra.originals import Originals
from infra.renditions import Renditions
from infra.viewer_function import ViewerFunction

config = StackConfig.load(pulumi.Config())

originals = Originals("originals", config=config)
renditions = Renditions("renditions", config=config)
viewer_function = ViewerFunction("viewer-function", config=config)
edge_function = EdgeFunction("edge-function", config=config, originals=originals, renditions=renditions)
cdn = Cdn(
    "cdn",
    config=config,
    originals=originals,
    renditions=renditions,
    viewer_function=viewer_function,
    edge_function=edge_function,
)
Access("access", stores={"originals": originals.store, "renditions": renditions.store}, cdn=cdn)

outputs = {
    "url": pulumi.Output.concat("https://", cdn.distribution.domain_name),
    "distribution_id": cdn.distribution.id,
    "distribution_domain_name": cdn.distribution.domain_name,
    "cache_tag_header": CACHE_TAG_HEADER,
    "origin_shield_region": cdn.shield_region,
    "originals_bucket": originals.store.bucket.bucket,
    "originals_region": config.region,
    "renditions_bucket": renditions.store.bucket.bucket,
    "edge_function_name": edge_function.function.name,
    "edge_function_arn": edge_function.function.qualified_arn,
    "edge_bundle": edge_function.bundle,
    "edge_log_group": edge_function.log_group,
    "edge_log_regions": edge_function.log_regions,
}
for name, value in outputs.items():
    pulumi.export(name, value)
