"""The CloudFront distribution: what viewers talk to."""

from typing import Final

import pulumi
import pulumi_aws as aws

from common.contract import CACHE_TAG_HEADER, SETTINGS_HEADER, STORED_RENDITIONS_PREFIX
from infra.config.regions import shield_region
from infra.config.stack_config import StackConfig
from infra.delivery.cache_policies import Caching
from infra.delivery.certificate import Certificate
from infra.delivery.edge_function import EdgeFunction
from infra.delivery.firewall import Firewall
from infra.delivery.response_headers import Headers
from infra.delivery.settings_header import settings_header
from infra.delivery.viewer_function import ViewerFunction
from infra.resource_tags import resource_tags
from infra.storage.originals import Originals
from infra.storage.private_bucket import PrivateBucket
from infra.storage.renditions import Renditions

_ORIGINALS: Final = "originals"
_RENDITIONS: Final = "renditions"

# How long an error stays is the edge function's word, in its Cache-Control; CloudFront alone would keep each for 10 s.
# 416 is missing because it is never cached, 413 and 415 because nothing can be set for them.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/creating-custom-error-pages.html
_ERRORS: Final = (400, 403, 404, 405, 414, 500, 501, 502, 503, 504)
_ERROR_TTL: Final = 1


class Cdn(pulumi.ComponentResource):
    """An origin and a behaviour for each bucket, with a function on either side of the cache."""

    distribution: aws.cloudfront.Distribution
    url: pulumi.Output[str]
    refusals_log_group: pulumi.Output[str]
    """Made by CloudFront where it refuses an answer of the edge function; nothing that Pulumi knows of."""
    shield_region: str | None
    """Of Origin Shield, if the stack has it."""

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        originals: Originals,
        renditions: Renditions,
        viewer_function: ViewerFunction,
        edge_function: EdgeFunction,
        certificate: Certificate,
        firewall: Firewall,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("infra:cdn:Cdn", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.shield_region = shield_region(config.region, origin_shield=config.origin_shield)

        # CloudFront signs every request to S3; nobody else's are let in.
        access_control = aws.cloudfront.OriginAccessControl(
            name,
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
            opts=child,
        )

        # Renditions are told from originals by their paths, and treated alike: both come out with cache tags.
        settings = pulumi.Output.all(originals.store.bucket.bucket, renditions.store.bucket.bucket).apply(
            lambda buckets: settings_header(config, *buckets)
        )
        caching = Caching(f"{name}-caching", config=config, opts=child)
        headers = Headers(f"{name}-headers", opts=child)
        behaviours = [
            _behaviour(self._origin_id(bucket), viewer_function, edge_function, caching, headers)
            for bucket in (_ORIGINALS, _RENDITIONS)
        ]

        # Waits for the whole edge function: role and log groups have to be there before the first viewer.
        self.distribution = aws.cloudfront.Distribution(
            name,
            enabled=True,
            comment=f"{pulumi.get_project()} {pulumi.get_stack()}",
            http_version="http2and3",
            is_ipv6_enabled=True,
            price_class=config.price_class,
            origins=[
                self._origin(_ORIGINALS, originals.store, settings, access_control),
                self._origin(_RENDITIONS, renditions.store, settings, access_control),
            ],
            default_cache_behavior=behaviours[0],
            ordered_cache_behaviors=[{**behaviours[1], "path_pattern": f"/{STORED_RENDITIONS_PREFIX}*"}],
            cache_tag_config={"header_name": CACHE_TAG_HEADER},
            custom_error_responses=[{"error_code": code, "error_caching_min_ttl": _ERROR_TTL} for code in _ERRORS],
            restrictions={"geo_restriction": {"restriction_type": "none"}},
            aliases=[config.domain] if config.domain else [],
            viewer_certificate=_viewer_certificate(certificate),
            web_acl_id=firewall.arn,
            tags=resource_tags(config),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[edge_function]),
        )

        self.url = pulumi.Output.concat("https://", config.domain or self.distribution.domain_name)
        self.refusals_log_group = pulumi.Output.concat("/aws/cloudfront/LambdaEdge/", self.distribution.id)

        self.register_outputs({"domain_name": self.distribution.domain_name})

    def _origin_id(self, bucket: str) -> str:
        # CloudFront keeps the Origin Shield of an origin whose new description does not mention it, and the provider
        # never mentions one that is off: an origin without is another origin.
        # https://github.com/hashicorp/terraform-provider-aws/issues/33464
        return bucket if self.shield_region else f"{bucket}-direct"

    def _origin(
        self,
        bucket: str,
        store: PrivateBucket,
        settings: pulumi.Input[str],
        access_control: aws.cloudfront.OriginAccessControl,
    ) -> aws.cloudfront.DistributionOriginArgsDict:
        origin: aws.cloudfront.DistributionOriginArgsDict = {
            "origin_id": self._origin_id(bucket),
            "domain_name": store.bucket.bucket_regional_domain_name,
            "origin_access_control_id": access_control.id,
            "custom_headers": [{"name": SETTINGS_HEADER, "value": settings}],
        }
        if self.shield_region:
            origin["origin_shield"] = {"enabled": True, "origin_shield_region": self.shield_region}
        return origin


def _behaviour(
    origin_id: str, viewer_function: ViewerFunction, edge_function: EdgeFunction, caching: Caching, headers: Headers
) -> aws.cloudfront.DistributionDefaultCacheBehaviorArgsDict:
    return {
        "target_origin_id": origin_id,
        "viewer_protocol_policy": "redirect-to-https",
        "allowed_methods": ["GET", "HEAD"],
        "cached_methods": ["GET", "HEAD"],
        "compress": False,
        "cache_policy_id": caching.cache_policy.id,
        "origin_request_policy_id": caching.origin_request_policy.id,
        "response_headers_policy_id": headers.policy.id,
        "function_associations": [{"event_type": "viewer-request", "function_arn": viewer_function.function.arn}],
        "lambda_function_associations": [{"event_type": "origin-response", "lambda_arn": edge_function.version_arn}],
    }


def _viewer_certificate(certificate: Certificate) -> aws.cloudfront.DistributionViewerCertificateArgsDict:
    """Under CloudFront's own certificate, what TLS is spoken cannot be chosen."""
    if certificate.arn is None:
        return {"cloudfront_default_certificate": True}
    return {
        "acm_certificate_arn": certificate.arn,
        "ssl_support_method": "sni-only",
        "minimum_protocol_version": "TLSv1.2_2021",
    }
