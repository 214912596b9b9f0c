"""The firewall in front of the distribution, and its log."""

import pulumi
import pulumi_aws as aws

from infra.config.limits import FIREWALL_RULES
from infra.config.stack_config import StackConfig
from infra.resource_tags import resource_tags

# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
_GROUPS = {
    "common": "AWSManagedRulesCommonRuleSet",
    "bad-inputs": "AWSManagedRulesKnownBadInputsRuleSet",
    "ip-reputation": "AWSManagedRulesAmazonIpReputationList",
}

# What is no sign of an attack on pictures: a client without a name, long keys, and cookies, which nothing here reads.
# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
_COUNTED = {
    "common": (
        *("NoUserAgent_HEADER", "SizeRestrictions_URIPATH"),
        *("SizeRestrictions_Cookie_HEADER", "CrossSiteScripting_COOKIE"),
    )
}

_SECONDS = 300
"""The window in which `rateLimit` requests may come from one address."""

Rule = aws.wafv2.WebAclRuleArgsDict


class Firewall(pulumi.ComponentResource):
    """Empty unless `firewall` is true. CloudFront looks for its web ACLs in us-east-1."""

    arn: pulumi.Output[str] | None = None
    log_group: pulumi.Output[str] | None = None

    def __init__(self, name: str, *, config: StackConfig, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("infra:firewall:Firewall", name, None, opts)
        if config.firewall:
            acl = aws.wafv2.WebAcl(
                name,
                region="us-east-1",
                scope="CLOUDFRONT",
                description=f"In front of {pulumi.get_project()} {pulumi.get_stack()}",
                default_action={"allow": {}},
                # In samples and in the log alike: nothing by which a viewer is logged in.
                data_protection_config={
                    "data_protections": [
                        {
                            "action": "SUBSTITUTION",
                            "field": {"field_type": "SINGLE_HEADER", "field_keys": ["authorization", "cookie"]},
                        }
                    ]
                },
                rules=[_rule(place, rule, config) for place, rule in enumerate(FIREWALL_RULES)],
                visibility_config=_visible("all"),
                tags=resource_tags(config),
                opts=pulumi.ResourceOptions(parent=self),
            )
            self.arn = acl.arn
            self.log_group = self._log(name, config, acl)
        self.register_outputs({})

    def _log(self, name: str, config: StackConfig, acl: aws.wafv2.WebAcl) -> pulumi.Output[str]:
        # WAF writes only to groups whose names begin so, in its own Region.
        # https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
        group = aws.cloudwatch.LogGroup(
            name,
            name=f"aws-waf-logs-{pulumi.get_project()}-{pulumi.get_stack()}",
            region="us-east-1",
            retention_in_days=config.log_retention,
            tags=resource_tags(config),
            opts=pulumi.ResourceOptions(parent=self),
        )

        # Only what a rule has stopped or counted.
        aws.wafv2.WebAclLoggingConfiguration(
            name,
            region="us-east-1",
            resource_arn=acl.arn,
            log_destination_configs=[group.arn],
            logging_filter={
                "default_behavior": "DROP",
                "filters": [
                    {
                        "behavior": "KEEP",
                        "requirement": "MEETS_ANY",
                        "conditions": [{"action_condition": {"action": action}} for action in ("BLOCK", "COUNT")],
                    }
                ],
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
        return group.name


def _rule(place: int, rule: str, config: StackConfig) -> Rule:
    counts = rule in config.firewall_count
    if rule == "rate":
        return {
            "name": rule,
            "priority": place,
            "action": {"count": {}} if counts else _TOO_MANY,
            "statement": {
                "rate_based_statement": {
                    "aggregate_key_type": "IP",
                    "limit": config.rate_limit,
                    "evaluation_window_sec": _SECONDS,
                }
            },
            "visibility_config": _visible(rule),
        }
    return {
        "name": rule,
        "priority": place,
        "override_action": {"count": {}} if counts else {"none": {}},
        "statement": {
            "managed_rule_group_statement": {
                "vendor_name": "AWS",
                "name": _GROUPS[rule],
                "rule_action_overrides": [
                    {"name": inner, "action_to_use": {"count": {}}} for inner in _COUNTED.get(rule, ())
                ],
            }
        },
        "visibility_config": _visible(rule),
    }


# What a browser, or a crawler, understands as "later".
_TOO_MANY: aws.wafv2.WebAclRuleActionArgsDict = {
    "block": {
        "custom_response": {
            "response_code": 429,
            "response_headers": [{"name": "retry-after", "value": str(_SECONDS)}],
        }
    }
}


def _visible(metric: str) -> aws.wafv2.WebAclVisibilityConfigArgsDict:
    return {"metric_name": metric, "cloudwatch_metrics_enabled": True, "sampled_requests_enabled": True}
