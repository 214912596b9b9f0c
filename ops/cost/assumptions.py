"""The assumptions of an estimate about one month, and the quantities that follow from these assumptions."""

from dataclasses import dataclass
from typing import Final

PASSTHROUGH_MS: Final = 2
"""The assumed duration of the edge function for an unchanged original, in milliseconds. It only adds headers."""
LOG_BYTES: Final = 900
"""The assumed bytes of log per miss: about 530 by edge/telemetry.py, the rest by Lambda (START, END, REPORT)."""
ACCESS_LOG_BYTES: Final = 600
"""The assumed bytes of access log per request, for the fields of infra/observability/access_logs.py as JSON."""
FIREWALL_RULES: Final = 4
"""The number of rules in infra/config/limits.py."""
MONTH_DAYS: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """The assumptions about one stack in a month of 30 days. A GB has 10^9 bytes; a GB of memory has 1024 MB."""

    requests: int = 1_000_000
    """The requests that CloudFront counts. A request that is redirected to a stored rendition counts as two."""
    hit_rate: float = 0.95
    """The share of requests that reach neither S3 nor the edge function."""
    response_bytes: int = 40_000
    """The mean size of a response, including its headers."""
    viewers: str = "europe"
    """The area of the viewers."""
    region: str = "eu-central-1"
    """The Region of the buckets and of Origin Shield."""
    shield_per_miss: float = 0.5
    """The requests per miss that reach Origin Shield from another Region and are billed; 0 without Origin Shield."""
    invalidations: int = 0
    """The number of invalidated paths and tags."""

    render_ms: float = 150.0
    """The mean duration of the edge function for a rendition."""
    memory: int = 1769
    """The memory of the edge function in MB."""
    passthrough_rate: float = 0.05
    """The share of misses that are for unchanged originals."""
    stored_rate: float = 0.001
    """The share of renditions that are too large for one response."""

    originals: int = 100_000
    """The number of originals."""
    original_bytes: int = 1_000_000
    """The mean size of an original, including its earlier versions."""
    encryption: str = "s3"
    """The encryption of the originals: `s3` for SSE-S3, `kms` for SSE-KMS."""
    kms_per_read: float = 0.1
    """The KMS requests per S3 request; less than 1 with a bucket key."""

    firewall: bool = True
    access_logs: bool = True
    access_log_days: int = 90
    """The retention of the access log in days."""
    monitoring: bool = True
    additional_metrics: bool = True
    """Whether CloudFront publishes the hit rate and the origin latency."""
    request_metrics: bool = True
    """Whether S3 publishes metrics of the requests to the originals bucket."""
    edge_regions: int = 1
    """The number of Regions in which the edge function runs: 1 with Origin Shield, otherwise 13."""
    free_tier: bool = True
    """Whether the account's free tier is available for this stack."""

    @property
    def misses(self) -> float:
        """The number of cache misses. A miss is one GET by CloudFront and one invocation of the edge function."""
        return self.requests * (1 - self.hit_rate)

    @property
    def renders(self) -> float:
        """The number of misses for renditions. The edge function reads the original again for each of them."""
        return self.misses * (1 - self.passthrough_rate)

    @property
    def memory_gb(self) -> float:
        """The memory of the edge function in GB, as Lambda bills it."""
        return self.memory / 1024
