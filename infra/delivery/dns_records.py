"""The DNS records that point the stack's own domain to the distribution."""

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.delivery.distribution import Distribution


class DnsRecords(pulumi.ComponentResource):
    """An alias record for IPv4 and an alias record for IPv6. The component is empty unless `domain` is set."""

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        distribution: Distribution,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("infra:delivery/dns_records:DnsRecords", name, None, opts)

        # Queries to an alias record are free, and the record follows the addresses of the distribution.
        # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-to-cloudfront-distribution.html
        for record_type in ("A", "AAAA") if config.domain else ():
            aws.route53.Record(
                f"{name}-{record_type.lower()}",
                zone_id=config.hosted_zone,
                name=config.domain,
                type=record_type,
                aliases=[
                    {
                        "name": distribution.domain_name,
                        "zone_id": distribution.hosted_zone_id,
                        "evaluate_target_health": False,
                    }
                ],
                opts=pulumi.ResourceOptions(parent=self),
            )

        self.register_outputs({})
