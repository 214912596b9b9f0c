"""Where Origin Shield stands for a bucket's Region, and so where the edge function runs and logs."""

from typing import Final

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/origin-shield.html#choose-origin-shield-region
_WITH_SHIELD: Final = (
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
_NEIGHBOURS: Final = {
    "af-south-1": "eu-west-1",
    "ap-east-1": "ap-southeast-1",
    "ca-central-1": "us-east-1",
    "eu-north-1": "eu-west-2",
    "eu-south-1": "eu-central-1",
    "eu-west-3": "eu-west-2",
    # The page offers Origin Shield in me-central-1 itself, but Lambda@Edge is not listed there.
    "me-central-1": "ap-south-1",
    "me-south-1": "ap-south-1",
    "us-west-1": "us-west-2",
}

SHIELDS: Final[dict[str, str]] = {region: region for region in _WITH_SHIELD} | _NEIGHBOURS
"""Of every Region that AWS's page names for a bucket, the Region of its Origin Shield."""

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html
EDGE_REGIONS: Final = (*_WITH_SHIELD, "us-west-1")
"""Where Lambda@Edge can run."""


def shield_region(region: str, *, origin_shield: bool) -> str | None:
    """Of the bucket in `region`; None for a stack without Origin Shield."""
    return SHIELDS[region] if origin_shield else None


def execution_regions(region: str, *, origin_shield: bool) -> tuple[str, ...]:
    """Where the edge function runs: with Origin Shield only there, else in the Region next to each viewer."""
    return (SHIELDS[region],) if origin_shield else EDGE_REGIONS
