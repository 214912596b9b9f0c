"""AWS list prices and free quantities in US dollars without tax, with their dates and sources."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ops.console.formatting import format_number

COLLECTED_ON: Final = "2026-11-21"
"""The day on which the prices were collected from the sources. No price was read from AWS's pages on that day."""

REGIONS: Final = ("eu-central-1", "us-east-1")
"""The Regions of buckets for which this file has prices."""
AREAS: Final = ("europe", "us")
"""The areas of viewers for which this file has prices; `us` is the United States, Canada and Mexico."""
ALL: Final = "all"
"""The location of a price that applies everywhere."""

_TRANSCRIPT_SOURCE: Final = "third-party transcript of the AWS Price List"
_QUOTE_SOURCE: Final = "a third party that quotes the AWS page"
_CLOUDFRONT: Final = "https://aws.amazon.com/cloudfront/pricing"
_WHITE_PAPER: Final = "https://docs.aws.amazon.com/whitepapers/latest/how-aws-pricing-works/cloudfront.html"
_GATEWAY: Final = (
    "https://docs.aws.amazon.com/pt_br/whitepapers/latest/"
    "best-practices-api-gateway-private-apis-integration/cost-optimization.html"
)
_CLOUDWATCH: Final = "https://aws.amazon.com/cloudwatch/pricing/"
_CLOUDWATCH_GUIDE: Final = "https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/"
_KMS: Final = "https://aws.amazon.com/kms/pricing/"
_WAF: Final = "https://github.com/aws/aws-security-services-best-practices (docs/en/guides/waf/waf-cost)"


class Confidence(StrEnum):
    """The reliability of the source of a price."""

    AWS_PAGE = "A"
    """A stored copy of an AWS page."""
    TRANSCRIPT = "B"
    """A third party's transcript of the AWS Price List."""
    THIRD_PARTIES = "C"
    """Several third-party pages that agree."""
    UNCONFIRMED = "D"
    """No source has this price. The price is derived from similar prices."""


_A, _B, _C, _D = Confidence.AWS_PAGE, Confidence.TRANSCRIPT, Confidence.THIRD_PARTIES, Confidence.UNCONFIRMED


@dataclass(frozen=True, slots=True)
class Price:
    """The price of an item: `per` units cost `usd` US dollars."""

    item: str
    location: str
    """A Region, an area, or `ALL`."""
    usd: float
    per: int
    unit: str
    as_of: str
    """The date of the source as YYYY, YYYY-MM or YYYY-MM-DD, or `undated`."""
    confidence: Confidence
    source: str

    @property
    def priced_unit(self) -> str:
        """The quantity that costs `usd`, such as GB, path, or 1,000 requests."""
        if self.per > 1:
            return f"{format_number(self.per)} {self.unit}"
        return self.unit if self.unit == "GB-s" else self.unit.removesuffix("s")


@dataclass(frozen=True, slots=True)
class Allowance:
    """A quantity that is free for an account in each month."""

    item: str
    """The name of the item in the price list, or the part before the comma if several prices share the quantity."""
    quantity: float
    unit: str
    as_of: str
    confidence: Confidence
    source: str


PRICES: Final = (
    Price("CloudFront requests", "europe", 0.0120, 10_000, "HTTPS requests", "2026-08-31", _B, _TRANSCRIPT_SOURCE),
    Price(
        *("CloudFront requests", "us", 0.0100, 10_000, "HTTPS requests", "2026-08-31", _A),
        "https://docs.aws.amazon.com/solutions/latest/cloud-migration-factory-on-aws/cost.html",
    ),
    # The price tiers of the month's transfer are equal in Europe and the US. The first tier includes the free quantity.
    Price("CloudFront transfer, to 10 TB", ALL, 0.085, 1, "GB", "2026-08-31", _A, _CLOUDFRONT),
    Price("CloudFront transfer, to 50 TB", ALL, 0.080, 1, "GB", "2026-08-31", _A, _CLOUDFRONT),
    Price("CloudFront transfer, to 150 TB", ALL, 0.060, 1, "GB", "2026-08-31", _A, _CLOUDFRONT),
    Price("CloudFront transfer, to 500 TB", ALL, 0.040, 1, "GB", "2026-08-31", _A, _CLOUDFRONT),
    Price("CloudFront transfer, to 1024 TB", ALL, 0.030, 1, "GB", "2026-08-31", _A, _CLOUDFRONT),
    Price("CloudFront transfer, to 5120 TB", ALL, 0.025, 1, "GB", "2026-08-31", _A, _CLOUDFRONT),
    Price("CloudFront transfer, beyond", ALL, 0.020, 1, "GB", "2026-08-31", _A, _CLOUDFRONT),
    Price(
        *("CloudFront Function", ALL, 0.10, 1_000_000, "invocations", "2026", _C),
        "https://cur.vantage.sh/aws/amazoncloudfront/",
    ),
    Price(
        *("Origin Shield", "eu-central-1", 0.0090, 10_000, "requests", "undated", _D),
        "derived: in every Region with a known price, the price equals the area's price of an HTTP request",
    ),
    Price("Origin Shield", "us-east-1", 0.0075, 10_000, "requests", "2026-08", _C, "third parties that agree"),
    Price("Invalidations", ALL, 0.005, 1, "paths", "2026-10-01", _A, _WHITE_PAPER),
    Price("Lambda@Edge requests", ALL, 0.60, 1_000_000, "requests", "2026", _B, _TRANSCRIPT_SOURCE),
    Price("Lambda@Edge duration", ALL, 0.00005001, 1, "GB-s", "2026", _B, _TRANSCRIPT_SOURCE),
    Price("Lambda requests", "eu-central-1", 0.20, 1_000_000, "requests", "2026-08-12", _B, _TRANSCRIPT_SOURCE),
    Price("Lambda requests", "us-east-1", 0.20, 1_000_000, "requests", "2026", _B, _TRANSCRIPT_SOURCE),
    Price("Lambda duration, x86_64", "eu-central-1", 0.0000166667, 1, "GB-s", "2026-08-12", _B, _TRANSCRIPT_SOURCE),
    Price("Lambda duration, x86_64", "us-east-1", 0.0000166667, 1, "GB-s", "2026", _B, _TRANSCRIPT_SOURCE),
    Price("Lambda duration, arm64", "eu-central-1", 0.0000133334, 1, "GB-s", "2026-09-11", _B, _TRANSCRIPT_SOURCE),
    Price("Lambda duration, arm64", "us-east-1", 0.0000133334, 1, "GB-s", "2026", _B, _TRANSCRIPT_SOURCE),
    Price("API Gateway, HTTP API", "eu-central-1", 1.20, 1_000_000, "requests", "2026-09-21", _B, _TRANSCRIPT_SOURCE),
    Price("API Gateway, HTTP API", "us-east-1", 1.00, 1_000_000, "requests", "undated", _A, _GATEWAY),
    Price("API Gateway, REST", "eu-central-1", 3.70, 1_000_000, "requests", "2026-08-12", _B, _TRANSCRIPT_SOURCE),
    Price("API Gateway, REST", "us-east-1", 3.50, 1_000_000, "requests", "undated", _A, _GATEWAY),
    Price("S3 storage", "eu-central-1", 0.0245, 1, "GB-months", "2026-08-31", _B, _TRANSCRIPT_SOURCE),
    Price("S3 storage", "us-east-1", 0.023, 1, "GB-months", "2026-08-07", _B, _TRANSCRIPT_SOURCE),
    Price("S3 GET", "eu-central-1", 0.00043, 1_000, "requests", "2026-08-31", _B, _TRANSCRIPT_SOURCE),
    Price("S3 GET", "us-east-1", 0.0004, 1_000, "requests", "2026-08-07", _B, _TRANSCRIPT_SOURCE),
    Price("S3 PUT", "eu-central-1", 0.0054, 1_000, "requests", "2026-08-31", _B, _TRANSCRIPT_SOURCE),
    Price("S3 PUT", "us-east-1", 0.005, 1_000, "requests", "2026-08-07", _B, _TRANSCRIPT_SOURCE),
    Price("KMS key", ALL, 1.00, 1, "keys", "undated", _A, _KMS),
    Price(
        *("KMS requests", "eu-central-1", 0.03, 10_000, "requests", "undated", _D),
        "not found for this Region; the price is the same in the four Regions that were found",
    ),
    Price("KMS requests", "us-east-1", 0.03, 10_000, "requests", "undated", _B, _TRANSCRIPT_SOURCE),
    Price("WAF web ACL", ALL, 5.00, 1, "web ACLs", "2026-09-14", _A, _WAF),
    Price("WAF rules", ALL, 1.00, 1, "rules", "2026-09-14", _A, _WAF),
    Price("WAF requests", ALL, 0.60, 1_000_000, "requests", "2026-09-14", _A, _WAF),
    Price("CloudWatch Logs", "eu-central-1", 0.63, 1, "GB", "2026-09-11", _B, _TRANSCRIPT_SOURCE),
    Price("CloudWatch Logs", "us-east-1", 0.50, 1, "GB", "2026-08-06", _B, _TRANSCRIPT_SOURCE),
    Price(
        *("Custom metrics", ALL, 0.30, 1, "metrics", "2026-02-15", _C),
        "https://signoz.io/guides/cloudwatch-pricing",
    ),
    Price("Alarm metrics", ALL, 0.10, 1, "metrics", "2026", _C, "third parties that agree"),
    Price("Composite alarms", ALL, 0.50, 1, "alarms", "2026", _C, "one third-party page"),
    Price("Dashboards, above 50 metrics", ALL, 3.00, 1, "dashboards", "2026-06-13", _C, _CLOUDWATCH_GUIDE),
    Price("Dashboards, to 50 metrics", ALL, 3.00, 1, "dashboards", "2026-06-13", _C, _CLOUDWATCH_GUIDE),
    Price("Contributor Insights rules", ALL, 0.50, 1, "rules", "undated", _D, "not found; the price of earlier years"),
    Price(
        *("Contributor Insights events", ALL, 0.02, 1_000_000, "events", "undated", _D),
        "not found; the price of earlier years",
    ),
    Price(
        *("Logs Insights", "eu-central-1", 0.0063, 1, "GB", "undated", _D),
        "derived: the ratio to us-east-1 is that of CloudWatch Logs",
    ),
    Price(
        *("Logs Insights", "us-east-1", 0.005, 1, "GB", "2026-05-08", _C),
        "https://www.factualminds.com/blog/aws-observability-finops-cardinality-cost-control/",
    ),
)

ALLOWANCES: Final = (
    Allowance("CloudFront requests", 10_000_000, "HTTPS requests", "2026-10-01", _A, _CLOUDFRONT),
    Allowance("CloudFront transfer, to 10 TB", 1_000, "GB", "2026-10-01", _A, _CLOUDFRONT),
    Allowance("CloudFront Function", 2_000_000, "invocations", "2026-10-01", _A, _CLOUDFRONT),
    Allowance("Invalidations", 1_000, "paths", "2026-10-01", _A, _WHITE_PAPER),
    Allowance("KMS requests", 20_000, "requests", "undated", _A, _KMS),
    Allowance("CloudWatch Logs", 5, "GB", "2026-08-16", _B, _QUOTE_SOURCE),
    Allowance("Custom metrics", 10, "metrics", "undated", _A, _CLOUDWATCH),
    Allowance("Alarm metrics", 10, "metrics", "undated", _A, _CLOUDWATCH),
    Allowance("Dashboards, to 50 metrics", 3, "dashboards", "undated", _A, _CLOUDWATCH),
    Allowance("Contributor Insights rules", 1, "rules", "undated", _A, _CLOUDWATCH),
    Allowance("Contributor Insights events", 1_000_000, "events", "undated", _A, _CLOUDWATCH),
    Allowance("Lambda requests", 1_000_000, "requests", "2026-09-20", _B, _QUOTE_SOURCE),
    Allowance("Lambda duration", 400_000, "GB-s", "2026-09-20", _B, _QUOTE_SOURCE),
)


def find_price(item: str, location: str = ALL) -> Price:
    """Return the price of `item` that applies in `location`: a price for that location, or a price for all locations.

    Raises KeyError if there is no such price.
    """
    for price in PRICES:
        if price.item == item and price.location in (location, ALL):
            return price
    raise KeyError(f"there is no price of {item} in {location}")


def free_quantity(item: str) -> float:
    """Return the quantity of an item that is free for an account in each month."""
    return next((allowance.quantity for allowance in ALLOWANCES if allowance.item == item), 0.0)
