"""The tags of every resource that can have any: whose it is, and which stack made it."""

import pulumi

from infra.config.stack_config import StackConfig


def resource_tags(config: StackConfig) -> dict[str, str]:
    """The budget adds up what carries the first two."""
    return {
        "project": pulumi.get_project(),
        "stack": pulumi.get_stack(),
        "owner": config.owner,
        "cost-centre": config.cost_centre,
    }
