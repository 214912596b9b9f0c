"""The response headers policy: the headers that CloudFront adds to every response, and those that it removes."""

from typing import Final

import pulumi
import pulumi_aws as aws

from common.contract import CACHE_TAG_HEADER, STORED_CACHE_TAG_HEADER
from infra.config.limits import ONE_YEAR

# A browser opens an SVG as a document. The document may contain styles and embedded images, but must not run scripts
# or load anything.
_CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; font-src data:; img-src data:; style-src 'unsafe-inline'; sandbox"
)

# The headers of S3 are removed because they describe how S3 stores the object. The ARN of the key would reveal the
# account's number. The edge function removes every header that begins with `x-amz-`; the policy protects a distribution
# without the edge function.
#
# A policy names each header, and the number of headers has a limit: the API has the error
# TooManyRemoveHeadersInResponseHeadersPolicy. The page of quotas does not name the limit, and one report says that it
# is 10 (unconfirmed). So the list has the headers that S3 sends to CloudFront for the objects of this stack. S3 sends
# the others only for other requests (checksums, parts), or with other permissions (tags, object lock). CloudFront
# itself removes x-amz-id-2 and x-amz-request-id.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
_REMOVED_HEADERS: Final = (
    CACHE_TAG_HEADER,
    STORED_CACHE_TAG_HEADER,
    "x-amz-expiration",
    "x-amz-replication-status",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-bucket-key-enabled",
    "x-amz-storage-class",
    "x-amz-version-id",
    "x-amz-website-redirect-location",
)


class ResponseHeaders(pulumi.ComponentResource):
    """The response headers policy of every cache behavior."""

    policy_id: pulumi.Output[str]

    def __init__(self, name: str, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("infra:delivery/response_headers:ResponseHeaders", name, None, opts)

        # CloudFront applies the policy to every response: cached responses, new renditions and errors. Any site may
        # embed the images.
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
                "strict_transport_security": {"access_control_max_age_sec": ONE_YEAR, "override": True},
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
