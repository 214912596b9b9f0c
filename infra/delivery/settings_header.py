"""The stack's limits for the edge function, which has no environment: JSON in a custom header of the origin."""

import json

from infra.config.stack_config import StackConfig


def settings_header(config: StackConfig, originals: str, renditions: str) -> str:
    """The header's value, under the names that edge/settings.py reads; the buckets by their names."""
    settings = {
        "bucket": originals,
        "renditions": renditions,
        "region": config.region,
        "formats": config.formats,
        "max_dimension": config.max_dimension,
        "max_bytes": config.max_bytes,
        "max_pixels": config.max_pixels,
        "max_frames": config.max_frames,
        "browser_ttl": config.browser_ttl,
        "cdn_ttl": config.cdn_ttl,
    }
    return json.dumps(settings, separators=(",", ":"))
