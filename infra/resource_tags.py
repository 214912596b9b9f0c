"""The tags of every resource that can be billed: whose it is, and which stack made it."""

import pulumi

from infra.config import StackConfig


def resource_tags(config: StackConfig) -> dict[str, str]:
    """Owner and cost centre only where the stack names them."""
    own = {"owner": config.owner, "cost-centre": config.cost_centre}
    return {"project": pulumi.get_project(), "stack": pulumi.get_stack()} | {k: v for k, v in own.items() if v}
