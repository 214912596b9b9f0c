"""The Regions of CloudFront's resources, of Origin Shield, and of the edge function with its logs."""

from typing import Final

GLOBAL_REGION: Final = "us-east-1"
"""The Region of the edge function, certificate, firewall, delivery of access logs, and CloudFront's metrics.

CloudFront requires the first four in this Region, and publishes its metrics there. So the alarms on these metrics and
their topics are there too.
"""

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/origin-shield.html#choose-origin-shield-region
_WITH_ORIGIN_SHIELD: Final = (
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-2",
)
_NEIGHBORS: Final = {
    "af-south-1": "eu-west-1",
    "ap-east-1": "ap-southeast-1",
    "ca-central-1": "us-east-1",
    "eu-north-1": "eu-west-2",
    "eu-south-1": "eu-central-1",
    "eu-west-3": "eu-west-2",
    # The page offers Origin Shield in me-central-1 itself, but does not list that Region for Lambda@Edge.
    "me-central-1": "ap-south-1",
    "me-south-1": "ap-south-1",
    "us-west-1": "us-west-2",
}

SHIELD_REGIONS: Final[dict[str, str]] = {region: region for region in _WITH_ORIGIN_SHIELD} | _NEIGHBORS
"""The Region of Origin Shield by the Region of the bucket, for every bucket Region that AWS's page lists."""

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html
EDGE_REGIONS: Final = (*_WITH_ORIGIN_SHIELD, "us-west-1")
"""The Regions in which Lambda@Edge can run."""


def shield_region(bucket_region: str, *, origin_shield: bool) -> str | None:
    """Return the Region of Origin Shield, or None for a stack without Origin Shield."""
    return SHIELD_REGIONS[bucket_region] if origin_shield else None


def execution_regions(bucket_region: str, *, origin_shield: bool) -> tuple[str, ...]:
    """Return the Regions in which the edge function runs.

    With Origin Shield the function runs only in its Region, otherwise in the Region nearest to each viewer.
    """
    return (SHIELD_REGIONS[bucket_region],) if origin_shield else EDGE_REGIONS
