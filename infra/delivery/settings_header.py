"""The settings of the edge function, as JSON in a custom header: Lambda@Edge has no environment variables."""

import json

from infra.config.stack_config import StackConfig


def settings_header(config: StackConfig, originals: str, renditions: str) -> str:
    """Return the value of the header, with the field names that edge/settings.py reads.

    `originals` and `renditions` are the names of the buckets.
    """
    settings = {
        "bucket": originals,
        "renditions": renditions,
        "region": config.region,
        "formats": config.formats,
        "max_dimension": config.max_dimension,
        "max_bytes": config.max_bytes,
        "max_pixels": config.max_pixels,
        "max_frames": config.max_frames,
        "render_timeout": config.render_timeout,
        "memory": config.memory,
        "browser_ttl": config.browser_ttl,
        "cdn_ttl": config.cdn_ttl,
    }
    return json.dumps(settings, separators=(",", ":"))
