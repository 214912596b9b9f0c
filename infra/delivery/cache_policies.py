"""What the cache key is made of, how long an answer may stay, and what of the query S3's side of CloudFront sees."""

from typing import Final

import pulumi
import pulumi_aws as aws

from common.contract import CANONICAL_PARAMETERS
from infra.config.stack_config import StackConfig

_YEAR: Final = 365 * 24 * 3600


class Caching(pulumi.ComponentResource):
    """The cache policy and the origin request policy of every behaviour that serves pictures."""

    cache_policy: aws.cloudfront.CachePolicy
    origin_request_policy: aws.cloudfront.OriginRequestPolicy

    def __init__(self, name: str, *, config: StackConfig, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("infra:caching:Caching", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        # Path and canonical query are the key. Accept is not in it, the viewer function has folded it into `format`;
        # nor Accept-Encoding, since pictures are compressed already. At least 0 seconds, so that an uploader's
        # no-store counts; a year at most, as nothing that can be purged needs to go sooner.
        # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
        self.cache_policy = aws.cloudfront.CachePolicy(
            name,
            comment="Path and canonical query",
            min_ttl=0,
            default_ttl=config.cdn_ttl,
            max_ttl=_YEAR,
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

        # An origin-response function sees the query only under "all"; the viewer function has dropped the rest by then.
        # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
        self.origin_request_policy = aws.cloudfront.OriginRequestPolicy(
            name,
            comment="What the viewer function left of the query",
            query_strings_config={"query_string_behavior": "all"},
            headers_config={"header_behavior": "none"},
            cookies_config={"cookie_behavior": "none"},
            opts=child,
        )

        self.register_outputs({})
