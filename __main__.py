"""The stack: its configuration, its components, its outputs."""

import pulumi

from infra.access import Access
from infra.caching import Caching
from infra.cdn import Cdn
from infra.config import StackConfig
from infra.edge_function import EdgeFunction
from infra.headers import CACHE_TAG_HEADER, Headers
from infra.originals import Originals
from infra.viewer_function import ViewerFunction

config = StackConfig.load(pulumi.Config())

originals = Originals("originals", config=config)
viewer_function = ViewerFunction("viewer-function", config=config)
edge_function = EdgeFunction("edge-function", config=config, originals=originals)
caching = Caching("caching", config=config)
headers = Headers("headers")
cdn = Cdn(
    "cdn",
    config=config,
    originals=originals,
    viewer_function=viewer_function,
    edge_function=edge_function,
    caching=caching,
    headers=headers,
)
Access("access", originals=originals, cdn=cdn)

outputs = {
    "url": pulumi.Output.concat("https://", cdn.distribution.domain_name),
    "originals_bucket": originals.bucket.bucket,
}
for name, value in outputs.items():
    pulumi.export(name, value)
