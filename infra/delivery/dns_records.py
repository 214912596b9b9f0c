"""The names under which viewers find the distribution."""

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.delivery.distribution import Cdn


class Records(pulumi.ComponentResource):
    """Empty unless `domain` is set."""

    def __init__(self, name: str, *, config: StackConfig, cdn: Cdn, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("infra:records:Records", name, None, opts)

        # IPv4 and IPv6. An alias costs no query, and follows the distribution's addresses.
        # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-to-cloudfront-distribution.html
        for kind in ("A", "AAAA") if config.domain else ():
            aws.route53.Record(
                f"{name}-{kind.lower()}",
                zone_id=config.hosted_zone,
                name=config.domain,
                type=kind,
                aliases=[
                    {
                        "name": cdn.distribution.domain_name,
                        "zone_id": cdn.distribution.hosted_zone_id,
                        "evaluate_target_health": False,
                    }
                ],
                opts=pulumi.ResourceOptions(parent=self),
            )

        self.register_outputs({})
