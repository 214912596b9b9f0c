"""The tags of every resource that supports tags."""

import pulumi

from infra.config.stack_config import StackConfig


def resource_tags(config: StackConfig) -> dict[str, str]:
    """Return the tags. The budget selects costs by `project` and `stack`."""
    return {
        "project": pulumi.get_project(),
        "stack": pulumi.get_stack(),
        "owner": config.owner,
        "cost-center": config.cost_center,
    }
