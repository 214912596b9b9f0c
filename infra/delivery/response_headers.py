"""The response headers policy: the headers that CloudFront adds to every response or removes from it."""

from typing import Final

import pulumi
import pulumi_aws as aws

from common.contract import CACHE_TAG_HEADER, STORED_CACHE_TAG_HEADER

_YEAR: Final = 365 * 24 * 3600

# A browser opens an SVG as a document. The document may contain styles and embedded images, but it must not run scripts
# or load other files.
_CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; font-src data:; img-src data:; style-src 'unsafe-inline'; sandbox"
)

# The policy removes cache tags, and the headers in which S3 describes how it stores the object: the ARN of the key, for
# example, would reveal the number of the account.
_REMOVED_HEADERS: Final = (
    CACHE_TAG_HEADER,
    STORED_CACHE_TAG_HEADER,
    "x-amz-expiration",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-bucket-key-enabled",
    "x-amz-storage-class",
    "x-amz-version-id",
)


class ResponseHeaders(pulumi.ComponentResource):
    """The response headers policy of every cache behavior."""

    policy_id: pulumi.Output[str]

    def __init__(self, name: str, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("infra:delivery/response_headers:ResponseHeaders", name, None, opts)

        # CloudFront applies the policy to every response: to a cache hit, a new rendition or an error. The policy lets
        # every site embed the images.
        # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
        policy = aws.cloudfront.ResponseHeadersPolicy(
            name,
            comment="Images that any site may embed",
            security_headers_config={
                "content_security_policy": {
                    "content_security_policy": _CONTENT_SECURITY_POLICY,
                    "override": True,
                },
                "content_type_options": {"override": True},
                "strict_transport_security": {"access_control_max_age_sec": _YEAR, "override": True},
            },
            cors_config={
                "access_control_allow_credentials": False,
                "access_control_allow_headers": {"items": ["*"]},
                "access_control_allow_methods": {"items": ["GET", "HEAD"]},
                "access_control_allow_origins": {"items": ["*"]},
                "origin_override": True,
            },
            custom_headers_config={
                "items": [
                    {"header": "cross-origin-resource-policy", "value": "cross-origin", "override": True},
                    {"header": "timing-allow-origin", "value": "*", "override": True},
                ]
            },
            remove_headers_config={"items": [{"header": header} for header in _REMOVED_HEADERS]},
            server_timing_headers_config={"enabled": True, "sampling_rate": 100},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.policy_id = policy.id

        self.register_outputs({})
