"""The context of the dashboards of an invented stack."""

from typing import Any

from infra.config.regions import EDGE_REGIONS
from infra.config.thresholds import THRESHOLDS as DEFAULTS
from infra.observability.dashboards.context import DashboardContext

THRESHOLDS = {key: limit.default for key, limit in DEFAULTS.items()}


def dashboard_context(*, origin_shield: bool = True, **changes: Any) -> DashboardContext:
    """Return the context of a stack with everything, or with some values changed."""
    values: dict[str, Any] = {
        "stack": "prod",
        "region": "eu-central-1",
        "edge_regions": ("eu-central-1",) if origin_shield else EDGE_REGIONS,
        "thresholds": THRESHOLDS,
        "distribution_id": "E2QWRUHAPOMQZL",
        "edge_function": "edge-image-resizer-prod-edge-function-1a2b3c4",
        "viewer_function": "edge-image-resizer-prod-viewer-function-1a2b3c4",
        "queue": "edge-image-resizer-prod-upload-queue-1a2b3c4",
        "dead_letter_queue": "edge-image-resizer-prod-upload-queue-dead-letters-1a2b3c4",
        "buckets": {"originals": "prod-originals-1a2b3c4", "renditions": "prod-renditions-1a2b3c4"},
        "insight_rule": "edge-image-resizer-prod-edge-function-1a2b3c4-renders-per-original",
        "request_metrics_filter": "edge-image-resizer-prod-originals-1a2b3c4",
        "additional_metrics": True,
        "web_acl": "edge-image-resizer-prod",
        "firewall_rules": ("common", "bad-inputs", "ip-reputation", "rate"),
        "runbook_url": "https://git.example.com/runbooks",
    }
    return DashboardContext(**values | changes)
