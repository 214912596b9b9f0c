"""What AWS asks for: list prices in US dollars, without tax, each with its date and source."""

from dataclasses import dataclass
from typing import Final

from ops.console.formatting import format_number

COLLECTED_ON: Final = "2026-11-21"
"""When they were put together. None was read from AWS on that day; dates and sources say what each rests on."""

REGIONS: Final = ("eu-central-1", "us-east-1")
"""Where a stack's buckets can be for there to be prices."""
AREAS: Final = ("europe", "us")
"""Where viewers can be; us is the United States, Canada and Mexico."""
ALL: Final = "all"

OFFER: Final = "transcribed from the AWS Price List, third party"
_CLOUDFRONT: Final = "https://aws.amazon.com/cloudfront/pricing"
_WHITE_PAPER: Final = "https://docs.aws.amazon.com/whitepapers/latest/how-aws-pricing-works/cloudfront.html"
_GATEWAY: Final = (
    "https://docs.aws.amazon.com/pt_br/whitepapers/latest/"
    "best-practices-api-gateway-private-apis-integration/cost-optimization.html"
)
_KMS: Final = "https://aws.amazon.com/kms/pricing/"
_WAF: Final = "https://github.com/aws/aws-security-services-best-practices (docs/en/guides/waf/waf-cost)"

CONFIDENCE: Final = {
    "A": "a page of AWS, in a stored copy",
    "B": "somebody else's transcript of the AWS Price List",
    "C": "other people's pages, which agree",
    "D": "not confirmed",
}


@dataclass(frozen=True, slots=True)
class Price:
    """`usd` for `per` times `unit`."""

    item: str
    location: str
    """A Region, an area, or all."""
    usd: float
    per: int
    unit: str
    as_of: str
    """The date of the source, as exactly as it is known; undated where the source has none."""
    confidence: str
    """A key of CONFIDENCE."""
    source: str

    @property
    def priced_unit(self) -> str:
        """What `usd` buys: GB, path, 1,000 requests."""
        if self.per > 1:
            return f"{format_number(self.per)} {self.unit}"
        return self.unit if self.unit == "GB-s" else self.unit.removesuffix("s")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What nobody pays for, in each month and account."""

    item: str
    """Of the price that it goes with."""
    quantity: float
    unit: str
    as_of: str
    confidence: str
    source: str


PRICES: Final = (
    Price("CloudFront requests", "europe", 0.0120, 10_000, "HTTPS requests", "2026-08-31", "B", OFFER),
    Price(
        *("CloudFront requests", "us", 0.0100, 10_000, "HTTPS requests", "2026-08-31", "A"),
        "https://docs.aws.amazon.com/solutions/latest/cloud-migration-factory-on-aws/cost.html",
    ),
    # Bands of a month's bytes, for Europe and the US alike; the first has the free ones in it.
    Price("CloudFront transfer, to 10 TB", ALL, 0.085, 1, "GB", "2026-08-31", "A", _CLOUDFRONT),
    Price("CloudFront transfer, to 50 TB", ALL, 0.080, 1, "GB", "2026-08-31", "A", _CLOUDFRONT),
    Price("CloudFront transfer, to 150 TB", ALL, 0.060, 1, "GB", "2026-08-31", "A", _CLOUDFRONT),
    Price("CloudFront transfer, to 500 TB", ALL, 0.040, 1, "GB", "2026-08-31", "A", _CLOUDFRONT),
    Price("CloudFront transfer, to 1024 TB", ALL, 0.030, 1, "GB", "2026-08-31", "A", _CLOUDFRONT),
    Price("CloudFront transfer, to 5120 TB", ALL, 0.025, 1, "GB", "2026-08-31", "A", _CLOUDFRONT),
    Price("CloudFront transfer, beyond", ALL, 0.020, 1, "GB", "2026-08-31", "A", _CLOUDFRONT),
    Price(
        *("CloudFront Function", ALL, 0.10, 1_000_000, "runs", "2026", "C"),
        "https://cur.vantage.sh/aws/amazoncloudfront/",
    ),
    Price(
        *("Origin Shield", "eu-central-1", 0.0090, 10_000, "requests", "undated", "D"),
        "derived: in every Region that was found it is the area's price of an HTTP request",
    ),
    Price("Origin Shield", "us-east-1", 0.0075, 10_000, "requests", "2026-08", "C", "third parties, who agree"),
    Price("Invalidations", ALL, 0.005, 1, "paths", "2026-10-01", "A", _WHITE_PAPER),
    Price("Lambda@Edge requests", ALL, 0.60, 1_000_000, "requests", "2026", "B", OFFER),
    Price("Lambda@Edge duration", ALL, 0.00005001, 1, "GB-s", "2026", "B", OFFER),
    Price("Lambda requests", "eu-central-1", 0.20, 1_000_000, "requests", "2026-08-12", "B", OFFER),
    Price("Lambda requests", "us-east-1", 0.20, 1_000_000, "requests", "2026", "B", OFFER),
    Price("Lambda duration, x86_64", "eu-central-1", 0.0000166667, 1, "GB-s", "2026-08-12", "B", OFFER),
    Price("Lambda duration, x86_64", "us-east-1", 0.0000166667, 1, "GB-s", "2026", "B", OFFER),
    Price("Lambda duration, arm64", "eu-central-1", 0.0000133334, 1, "GB-s", "2026-09-11", "B", OFFER),
    Price("Lambda duration, arm64", "us-east-1", 0.0000133334, 1, "GB-s", "2026", "B", OFFER),
    Price("API Gateway, HTTP API", "eu-central-1", 1.20, 1_000_000, "requests", "2026-09-21", "B", OFFER),
    Price("API Gateway, HTTP API", "us-east-1", 1.00, 1_000_000, "requests", "undated", "A", _GATEWAY),
    Price("API Gateway, REST", "eu-central-1", 3.70, 1_000_000, "requests", "2026-08-12", "B", OFFER),
    Price("API Gateway, REST", "us-east-1", 3.50, 1_000_000, "requests", "undated", "A", _GATEWAY),
    Price("S3 storage", "eu-central-1", 0.0245, 1, "GB-months", "2026-08-31", "B", OFFER),
    Price("S3 storage", "us-east-1", 0.023, 1, "GB-months", "2026-08-07", "B", OFFER),
    Price("S3 GET", "eu-central-1", 0.00043, 1_000, "requests", "2026-08-31", "B", OFFER),
    Price("S3 GET", "us-east-1", 0.0004, 1_000, "requests", "2026-08-07", "B", OFFER),
    Price("S3 PUT", "eu-central-1", 0.0054, 1_000, "requests", "2026-08-31", "B", OFFER),
    Price("S3 PUT", "us-east-1", 0.005, 1_000, "requests", "2026-08-07", "B", OFFER),
    Price("KMS key", ALL, 1.00, 1, "keys", "undated", "A", _KMS),
    Price(
        *("KMS requests", "eu-central-1", 0.03, 10_000, "requests", "undated", "D"),
        "no line for this Region; the same in the four Regions that were found",
    ),
    Price("KMS requests", "us-east-1", 0.03, 10_000, "requests", "undated", "B", OFFER),
    Price("WAF web ACL", ALL, 5.00, 1, "web ACLs", "2026-09-14", "A", _WAF),
    Price("WAF rules", ALL, 1.00, 1, "rules", "2026-09-14", "A", _WAF),
    Price("WAF requests", ALL, 0.60, 1_000_000, "requests", "2026-09-14", "A", _WAF),
    Price("CloudWatch Logs", "eu-central-1", 0.63, 1, "GB", "2026-09-11", "B", OFFER),
    Price("CloudWatch Logs", "us-east-1", 0.50, 1, "GB", "2026-08-06", "B", OFFER),
)

ALLOWANCES: Final = (
    Allowance("CloudFront requests", 10_000_000, "HTTPS requests", "2026-10-01", "A", _CLOUDFRONT),
    Allowance("CloudFront transfer, to 10 TB", 1_000, "GB", "2026-10-01", "A", _CLOUDFRONT),
    Allowance("CloudFront Function", 2_000_000, "runs", "2026-10-01", "A", _CLOUDFRONT),
    Allowance("Invalidations", 1_000, "paths", "2026-10-01", "A", _WHITE_PAPER),
    Allowance("KMS requests", 20_000, "requests", "undated", "A", _KMS),
    Allowance("CloudWatch Logs", 5, "GB", "2026-08-16", "B", "a third party, who quotes AWS's page"),
    Allowance("Lambda requests", 1_000_000, "requests", "2026-09-20", "B", "a third party, who quotes AWS's page"),
    Allowance("Lambda duration", 400_000, "GB-s", "2026-09-20", "B", "a third party, who quotes AWS's page"),
)


def find_price(item: str, where: str = ALL) -> Price:
    """What `item` costs there, or everywhere. KeyError if nobody knows."""
    for found in PRICES:
        if found.item == item and found.location in (where, ALL):
            return found
    raise KeyError(f"there is no price of {item} in {where}")


def free_quantity(item: str) -> float:
    """What of it is free, in each month and account; mostly nothing."""
    return next((found.quantity for found in ALLOWANCES if found.item == item), 0.0)
