"""The cache policy and the origin request policy: the cache key, the TTLs, and the query that the origin receives."""

import pulumi
import pulumi_aws as aws

from common.contract import CANONICAL_PARAMETERS
from infra.config.limits import ONE_YEAR
from infra.config.stack_config import StackConfig


class CachePolicies(pulumi.ComponentResource):
    """The cache policy and the origin request policy of every cache behavior."""

    cache_policy: aws.cloudfront.CachePolicy
    origin_request_policy: aws.cloudfront.OriginRequestPolicy

    def __init__(self, name: str, *, config: StackConfig, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("infra:delivery/cache_policies:CachePolicies", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        # The cache key is the path and the canonical query. The key does not contain Accept, because the viewer
        # function turns that header into the parameter `format`. The key does not contain Accept-Encoding, because
        # images are already compressed. The minimum TTL is 0, so that CloudFront obeys an uploader's `no-store`. The
        # maximum is a year, because a cached response can be invalidated and so does not have to expire earlier.
        # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
        self.cache_policy = aws.cloudfront.CachePolicy(
            name,
            comment="Path and canonical query",
            min_ttl=0,
            default_ttl=config.cdn_ttl,
            max_ttl=ONE_YEAR,
            parameters_in_cache_key_and_forwarded_to_origin={
                "query_strings_config": {
                    "query_string_behavior": "whitelist",
                    "query_strings": {"items": [*CANONICAL_PARAMETERS]},
                },
                "headers_config": {"header_behavior": "none"},
                "cookies_config": {"cookie_behavior": "none"},
                "enable_accept_encoding_gzip": False,
                "enable_accept_encoding_brotli": False,
            },
            opts=child,
        )

        # An origin-response function sees the query only if the policy forwards "all" of it. The viewer function has
        # removed everything but the canonical query.
        # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
        self.origin_request_policy = aws.cloudfront.OriginRequestPolicy(
            name,
            comment="The canonical query",
            query_strings_config={"query_string_behavior": "all"},
            headers_config={"header_behavior": "none"},
            cookies_config={"cookie_behavior": "none"},
            opts=child,
        )

        self.register_outputs({})
