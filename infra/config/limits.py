"""The values that AWS accepts for the keys of a stack's configuration."""

import re
from typing import Final

import pulumi_aws as aws

ONE_YEAR: Final = 365 * 24 * 3600
"""One year in seconds: the longest TTL of a stack, and the time for which browsers remember to use only HTTPS."""

# CloudFront in the other partitions (China, GovCloud, the sovereign cloud) is a different service.
_OTHER_PARTITIONS: Final = ("cn-", "us-gov-", "us-iso", "eu-iso", "eusc-")
REGIONS: Final = sorted(item.value for item in aws.Region if not item.value.startswith(_OTHER_PARTITIONS))
"""The Regions of the standard partition."""

LOG_RETENTION: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180),
    *(365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""Retention periods of a log group, in days.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
"""

STORAGE_CLASSES: Final = ("STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR")
"""The storage classes that S3 reads without a restore, because CloudFront does not wait for one.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html
"""

MONTH_OLD_CLASSES: Final = ("STANDARD_IA", "ONEZONE_IA")
"""The storage classes to which an object can move only when it is at least 30 days old.

S3 refuses fewer days with this number. The reference of its API says "greater than 30".
https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
"""

RATE_LIMIT: Final = (10, 2_000_000_000)
"""The lowest and the highest limit of a rate-based rule.

https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html
"""

INVALIDATIONS: Final = (2, 9000)
"""The lowest and the highest number of originals a minute that are invalidated one by one.

Two processes of the refresh function share the number. CloudFront accepts 150 tags a second.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
"""

FIREWALL_RULES: Final = ("common", "bad-inputs", "ip-reputation", "rate")
"""The rules of the firewall, in the order in which they inspect a request."""

PRINCIPAL: Final = r"arn:aws:iam::\d{12}:(role|user)/[\w+=,.@/-]{1,512}"
DOMAIN: Final = r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])"
HOSTED_ZONE: Final = r"Z[A-Z0-9]{1,31}"
HTTPS_URL: Final = r"https://[^\s]{1,200}"
EMAIL: Final = r"[^\s@,:/]+@[^\s@,:/]+\.[^\s@,:/]+"

STACK_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,19}")
"""The names that a stack can have.

A bucket name has no capital letters. A stack name is short because the names of resources contain it: the name of a log
delivery source has at most 60 characters.
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html
"""
