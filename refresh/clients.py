"""The settings and the clients of AWS, created once per process."""

from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from refresh.settings import Settings

if TYPE_CHECKING:
    from types_boto3_cloudfront import CloudFrontClient
    from types_boto3_s3 import S3Client
    from types_boto3_sqs import SQSClient


@cache
def settings() -> Settings:
    """Return the settings of the stack."""
    return Settings.from_environment()


@cache
def cloudfront() -> "CloudFrontClient":
    """Return the client of CloudFront. common/retry.py retries its calls, so botocore must not retry them."""
    return boto3.client("cloudfront", config=_client_config(max_attempts=1))


@cache
def s3() -> "S3Client":
    """Return the client of S3, which several threads can use."""
    return boto3.client("s3", config=_client_config(max_attempts=3))


@cache
def sqs() -> "SQSClient":
    """Return the client of SQS."""
    return boto3.client("sqs", config=_client_config(max_attempts=3))


def _client_config(*, max_attempts: int) -> Config:
    return Config(connect_timeout=3, read_timeout=8, retries={"mode": "standard", "total_max_attempts": max_attempts})
