"""What AWS accepts of the values that a stack can be configured with."""

import re
from typing import Final

import pulumi_aws as aws

# CloudFront of the other partitions (China, GovCloud, the sovereign cloud) is not this one.
_ELSEWHERE: Final = ("cn-", "us-gov-", "us-iso", "eu-iso", "eusc-")
REGIONS: Final = sorted(item.value for item in aws.Region if not item.value.startswith(_ELSEWHERE))

LOG_RETENTION: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180),
    *(365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""Days: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"""

STORAGE_CLASSES: Final = ("STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR")
"""Those that S3 reads at once, since CloudFront does not wait for a restore.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html
"""
AFTER_A_MONTH: Final = ("STANDARD_IA", "ONEZONE_IA")
"""Nothing may move there within 30 days: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Transition.html"""

RATE_LIMIT: Final = (10, 2_000_000_000)
"""https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html"""

FIREWALL_RULES: Final = ("common", "bad-inputs", "ip-reputation", "rate")
"""In the order in which they look at a request."""

PRINCIPAL: Final = r"arn:aws:iam::\d{12}:(role|user)/[\w+=,.@/-]{1,512}"
DOMAIN: Final = r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])"
HOSTED_ZONE: Final = r"Z[A-Z0-9]{1,31}"
EMAIL: Final = r"[^\s@,]+@[^\s@,]+\.[^\s@,]+"

STACK: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,19}")
"""Names of buckets have no capitals, and the longest name that a stack's is part of, a log delivery's, has 60 letters.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html
"""
