"""The headers that every answer gets on its way to the viewer, and those it loses."""

from typing import Final

import pulumi
import pulumi_aws as aws

from common.contract import CACHE_TAG_HEADER, STORED_CACHE_TAG_HEADER

_YEAR: Final = 365 * 24 * 3600

# An SVG that is opened by itself is a document: it may have styles and embedded pictures, but runs and loads nothing.
_POLICY: Final = "default-src 'none'; font-src data:; img-src data:; style-src 'unsafe-inline'; sandbox"

# And what S3 says of how it keeps an object: the key's ARN would tell the world the account's number.
_REMOVED: Final = (
    CACHE_TAG_HEADER,
    STORED_CACHE_TAG_HEADER,
    "x-amz-expiration",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-bucket-key-enabled",
    "x-amz-storage-class",
    "x-amz-version-id",
)


class Headers(pulumi.ComponentResource):
    """The response headers policy of every behaviour that serves pictures."""

    policy: aws.cloudfront.ResponseHeadersPolicy

    def __init__(self, name: str, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("infra:headers:Headers", name, None, opts)

        # Works at the viewer's side: on cached, rendered and failed answers alike. Any site may embed the pictures.
        # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
        self.policy = aws.cloudfront.ResponseHeadersPolicy(
            name,
            comment="Pictures that any site may embed",
            security_headers_config={
                "content_security_policy": {"content_security_policy": _POLICY, "override": True},
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
            remove_headers_config={"items": [{"header": header} for header in _REMOVED]},
            server_timing_headers_config={"enabled": True, "sampling_rate": 100},
            opts=pulumi.ResourceOptions(parent=self),
        )

        self.register_outputs({})
