"""The CloudFront distribution that serves viewers."""

from functools import partial
from typing import Final

import pulumi
import pulumi_aws as aws

from common.contract import CACHE_TAG_HEADER, SETTINGS_HEADER, STORED_RENDITIONS_PREFIX
from infra.config.regions import shield_region
from infra.config.stack_config import StackConfig
from infra.delivery.cache_policies import CachePolicies
from infra.delivery.certificate import Certificate
from infra.delivery.edge_function import EdgeFunction
from infra.delivery.firewall import Firewall
from infra.delivery.response_headers import ResponseHeaders
from infra.delivery.settings_header import settings_header
from infra.delivery.viewer_function import ViewerFunction
from infra.resource_tags import resource_tags
from infra.storage.originals import Originals
from infra.storage.private_bucket import PrivateBucket
from infra.storage.renditions import Renditions

# The edge function sets the TTL of an error response in Cache-Control. Without this minimum, CloudFront would cache
# each error for at least 10 s. The list leaves out 416, which CloudFront never caches, and 413 and 415, which
# CloudFront does not accept here.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/creating-custom-error-pages.html
_ERROR_STATUSES: Final = (400, 403, 404, 405, 414, 500, 501, 502, 503, 504)
_ERROR_TTL_SECONDS: Final = 1


class Distribution(pulumi.ComponentResource):
    """A distribution with one origin and one cache behavior per bucket. Both behaviors run both functions."""

    id: pulumi.Output[str]
    arn: pulumi.Output[str]
    domain_name: pulumi.Output[str]
    """The domain name that CloudFront assigns."""
    hosted_zone_id: pulumi.Output[str]
    """The id of the hosted zone of `domain_name`, for alias records."""
    url: pulumi.Output[str]
    """The URL that viewers use, with the stack's own domain or with `domain_name`."""
    invalid_response_log_group: pulumi.Output[str]
    """The log group in which CloudFront reports invalid responses of the edge function.

    CloudFront creates the log group at the first report; Pulumi does not manage the log group.
    """
    shield_region: str | None
    """The Region of Origin Shield, or None for a stack without it."""

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
        super().__init__("infra:delivery/distribution:Distribution", name, None, opts)
        self.shield_region = shield_region(config.region, origin_shield=config.origin_shield)
        origins = self._origins(name, config, originals.bucket, renditions.bucket)
        child = pulumi.ResourceOptions(parent=self)

        # The behaviors differ only in their path and their origin: the responses of both carry cache tags.
        behavior = partial(
            _behavior,
            viewer_function=viewer_function,
            edge_function=edge_function,
            cache_policies=CachePolicies(f"{name}-cache-policies", config=config, opts=child),
            response_headers=ResponseHeaders(f"{name}-response-headers", opts=child),
        )
        originals_behavior = behavior(self._origin_id("originals"))
        renditions_behavior = behavior(self._origin_id("renditions"))

        # The distribution depends on the whole component of the edge function, because the role policy and the log
        # groups must exist before the first request of a viewer.
        distribution = aws.cloudfront.Distribution(
            name,
            enabled=True,
            comment=f"{pulumi.get_project()} {pulumi.get_stack()}",
            http_version="http2and3",
            is_ipv6_enabled=True,
            price_class=config.price_class,
            origins=origins,
            default_cache_behavior=originals_behavior,
            ordered_cache_behaviors=[{**renditions_behavior, "path_pattern": f"/{STORED_RENDITIONS_PREFIX}*"}],
            cache_tag_config={"header_name": CACHE_TAG_HEADER},
            custom_error_responses=[
                {"error_code": status, "error_caching_min_ttl": _ERROR_TTL_SECONDS} for status in _ERROR_STATUSES
            ],
            restrictions={"geo_restriction": {"restriction_type": "none"}},
            aliases=[config.domain] if config.domain else [],
            viewer_certificate=_viewer_certificate(certificate),
            web_acl_id=firewall.arn,
            tags=resource_tags(config),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[edge_function]),
        )
        self.id = distribution.id
        self.arn = distribution.arn
        self.domain_name = distribution.domain_name
        self.hosted_zone_id = distribution.hosted_zone_id
        self.url = pulumi.Output.concat("https://", config.domain or distribution.domain_name)
        self.invalid_response_log_group = pulumi.Output.concat("/aws/cloudfront/LambdaEdge/", distribution.id)

        self.register_outputs({"url": self.url})

    def _origins(
        self, name: str, config: StackConfig, originals: PrivateBucket, renditions: PrivateBucket
    ) -> list[aws.cloudfront.DistributionOriginArgsDict]:
        # CloudFront signs every request to S3. The bucket policies accept no other requests.
        access_control = aws.cloudfront.OriginAccessControl(
            name,
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
            opts=pulumi.ResourceOptions(parent=self),
        )
        settings = pulumi.Output.all(originals.name, renditions.name).apply(
            lambda names: settings_header(config, *names)
        )
        return [
            self._origin("originals", originals, settings, access_control),
            self._origin("renditions", renditions, settings, access_control),
        ]

    def _origin(
        self,
        content: str,
        bucket: PrivateBucket,
        settings: pulumi.Input[str],
        access_control: aws.cloudfront.OriginAccessControl,
    ) -> aws.cloudfront.DistributionOriginArgsDict:
        origin: aws.cloudfront.DistributionOriginArgsDict = {
            "origin_id": self._origin_id(content),
            "domain_name": bucket.regional_domain_name,
            "origin_access_control_id": access_control.id,
            "custom_headers": [{"name": SETTINGS_HEADER, "value": settings}],
        }
        if self.shield_region:
            origin["origin_shield"] = {"enabled": True, "origin_shield_region": self.shield_region}
        return origin

    def _origin_id(self, content: str) -> str:
        # CloudFront keeps the Origin Shield of an origin if an update does not contain a setting for it, and the
        # provider leaves out the setting if Origin Shield is off. So an origin without Origin Shield has a different
        # id.
        # https://github.com/hashicorp/terraform-provider-aws/issues/33464
        return content if self.shield_region else f"{content}-direct"


def _behavior(
    origin_id: str,
    *,
    viewer_function: ViewerFunction,
    edge_function: EdgeFunction,
    cache_policies: CachePolicies,
    response_headers: ResponseHeaders,
) -> aws.cloudfront.DistributionDefaultCacheBehaviorArgsDict:
    return {
        "target_origin_id": origin_id,
        "viewer_protocol_policy": "redirect-to-https",
        "allowed_methods": ["GET", "HEAD"],
        "cached_methods": ["GET", "HEAD"],
        "compress": False,
        "cache_policy_id": cache_policies.cache_policy.id,
        "origin_request_policy_id": cache_policies.origin_request_policy.id,
        "response_headers_policy_id": response_headers.policy_id,
        "function_associations": [{"event_type": "viewer-request", "function_arn": viewer_function.arn}],
        "lambda_function_associations": [{"event_type": "origin-response", "lambda_arn": edge_function.version_arn}],
    }


def _viewer_certificate(certificate: Certificate) -> aws.cloudfront.DistributionViewerCertificateArgsDict:
    """Return the certificate settings. CloudFront accepts a TLS version only for a certificate of the stack's own."""
    if certificate.arn is None:
        return {"cloudfront_default_certificate": True}
    return {
        "acm_certificate_arn": certificate.arn,
        "ssl_support_method": "sni-only",
        "minimum_protocol_version": "TLSv1.2_2021",
    }
