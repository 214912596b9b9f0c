"""The firewall of the distribution: an AWS WAF web ACL and its log."""

from typing import Final

import pulumi
import pulumi_aws as aws

from infra.config.limits import FIREWALL_RULES
from infra.config.regions import GLOBAL_REGION
from infra.config.stack_config import StackConfig
from infra.resource_tags import resource_tags

# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
_MANAGED_RULE_GROUPS: Final = {
    "common": "AWSManagedRulesCommonRuleSet",
    "bad-inputs": "AWSManagedRulesKnownBadInputsRuleSet",
    "ip-reputation": "AWSManagedRulesAmazonIpReputationList",
}

# WAF counts the requests that match these rules, but does not block them, because a normal request for an image can
# match: a client sends no User-Agent, a key is long, or a browser sends cookies, which no function of the stack reads.
# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
_COUNTED_RULES: Final = {
    "common": (
        *("NoUserAgent_HEADER", "SizeRestrictions_URIPATH"),
        *("SizeRestrictions_Cookie_HEADER", "CrossSiteScripting_COOKIE"),
    )
}

_WINDOW_SECONDS: Final = 300
"""The period in which one address may send `rateLimit` requests, in seconds."""

# Browsers and crawlers understand 429 with Retry-After as a request to slow down.
_TOO_MANY_REQUESTS: Final[aws.wafv2.WebAclRuleActionArgsDict] = {
    "block": {
        "custom_response": {
            "response_code": 429,
            "response_headers": [{"name": "retry-after", "value": str(_WINDOW_SECONDS)}],
        }
    }
}


class Firewall(pulumi.ComponentResource):
    """A web ACL in us-east-1, where CloudFront requires it. The component is empty unless `firewall` is true."""

    arn: pulumi.Output[str] | None = None
    log_group: pulumi.Output[str] | None = None
    """The name of the log group, in us-east-1."""

    def __init__(self, name: str, *, config: StackConfig, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("infra:delivery/firewall:Firewall", name, None, opts)
        if config.firewall:
            web_acl = self._create_web_acl(name, config)
            self.arn = web_acl.arn
            self.log_group = self._create_log(name, config, web_acl)
        self.register_outputs({"arn": self.arn})

    def _create_web_acl(self, name: str, config: StackConfig) -> aws.wafv2.WebAcl:
        return aws.wafv2.WebAcl(
            name,
            region=GLOBAL_REGION,
            scope="CLOUDFRONT",
            description=f"Protects {pulumi.get_project()} {pulumi.get_stack()}",
            default_action={"allow": {}},
            # WAF replaces the values of these headers in samples and in the log, so that neither contains credentials.
            data_protection_config={
                "data_protections": [
                    {
                        "action": "SUBSTITUTION",
                        "field": {"field_type": "SINGLE_HEADER", "field_keys": ["authorization", "cookie"]},
                    }
                ]
            },
            rules=[_rule(priority, rule, config) for priority, rule in enumerate(FIREWALL_RULES)],
            visibility_config=_visibility(f"{pulumi.get_project()}-{pulumi.get_stack()}"),
            tags=resource_tags(config),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _create_log(self, name: str, config: StackConfig, web_acl: aws.wafv2.WebAcl) -> pulumi.Output[str]:
        # WAF writes only to log groups in its own Region whose names begin with aws-waf-logs-. The rest is the name of
        # the web ACL, which ends at random: the log group of an earlier stack of the same name may still exist.
        # https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
        log_group = aws.cloudwatch.LogGroup(
            name,
            name=pulumi.Output.concat("aws-waf-logs-", web_acl.name),
            region=GLOBAL_REGION,
            retention_in_days=config.log_retention,
            tags=resource_tags(config),
            opts=pulumi.ResourceOptions(parent=self),
        )

        # The log contains only requests that a rule blocked or counted.
        aws.wafv2.WebAclLoggingConfiguration(
            name,
            region=GLOBAL_REGION,
            resource_arn=web_acl.arn,
            log_destination_configs=[log_group.arn],
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
        return log_group.name


def _rule(priority: int, rule: str, config: StackConfig) -> aws.wafv2.WebAclRuleArgsDict:
    only_counts = rule in config.firewall_count
    if rule == "rate":
        return {
            "name": rule,
            "priority": priority,
            "action": {"count": {}} if only_counts else _TOO_MANY_REQUESTS,
            "statement": {
                "rate_based_statement": {
                    "aggregate_key_type": "IP",
                    "limit": config.rate_limit,
                    "evaluation_window_sec": _WINDOW_SECONDS,
                }
            },
            "visibility_config": _visibility(rule),
        }
    return {
        "name": rule,
        "priority": priority,
        "override_action": {"count": {}} if only_counts else {"none": {}},
        "statement": {
            "managed_rule_group_statement": {
                "vendor_name": "AWS",
                "name": _MANAGED_RULE_GROUPS[rule],
                "rule_action_overrides": [
                    {"name": counted_rule, "action_to_use": {"count": {}}}
                    for counted_rule in _COUNTED_RULES.get(rule, ())
                ],
            }
        },
        "visibility_config": _visibility(rule),
    }


def _visibility(metric: str) -> aws.wafv2.WebAclVisibilityConfigArgsDict:
    return {"metric_name": metric, "cloudwatch_metrics_enabled": True, "sampled_requests_enabled": True}
