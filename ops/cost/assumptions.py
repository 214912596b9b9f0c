"""What an estimate takes for granted about a month, and what follows from it."""

from dataclasses import dataclass
from typing import Final

PASSTHROUGH_MS: Final = 2
"""What the edge function takes for an original that it only gives a lifetime and tags; assumed."""
LOG_BYTES: Final = 700
"""Per miss: about 370 of edge/telemetry.py's line, the rest Lambda's own START, END and REPORT; assumed."""
ACCESS_LOG_BYTES: Final = 600
"""Per request, for the fields of infra/observability/access_logs.py, as JSON; compressed it is less. Assumed."""
FIREWALL_RULES: Final = 4
"""As many as infra/config/limits.py names."""
MONTH_DAYS: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """About one stack and one month of 30 days. A GB has 10^9 bytes, but of memory it has 1024 MB."""

    requests: int = 1_000_000
    """As CloudFront counts them: one that is redirected to a stored rendition is two."""
    hit_rate: float = 0.95
    """The share that S3 and the edge function do not see."""
    response_bytes: int = 40_000
    viewers: str = "europe"
    region: str = "eu-central-1"
    """Of buckets and Origin Shield."""
    shield_per_miss: float = 0.5
    """Requests that come to Origin Shield from another Region, and are charged, for each miss. 0 without it."""
    invalidations: int = 0
    """Paths or tags."""

    render_ms: float = 150.0
    memory: int = 1769
    """In MB."""
    passthrough_rate: float = 0.05
    """The share of misses for originals as they are."""
    stored_rate: float = 0.001
    """The share of renditions that are too large for one answer."""

    originals: int = 100_000
    original_bytes: int = 1_000_000
    encryption: str = "s3"
    kms_per_read: float = 0.1
    """Requests to KMS for each to S3; with a bucket key, less than one."""

    firewall: bool = True
    access_logs: bool = True
    access_log_days: int = 90
    free_tier: bool = True

    @property
    def misses(self) -> float:
        """Each is one GET by CloudFront, and one run of the edge function."""
        return self.requests * (1 - self.hit_rate)

    @property
    def renders(self) -> float:
        """Misses that read the original a second time, and make a rendition of it."""
        return self.misses * (1 - self.passthrough_rate)

    @property
    def memory_gb(self) -> float:
        """As Lambda counts them."""
        return self.memory / 1024
