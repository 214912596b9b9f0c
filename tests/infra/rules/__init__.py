"""The rules that every stack follows. Each rule yields the names of the resources that break it."""

from tests.infra.rules import access, delivery, openness, storage
from tests.infra.rules.registry import RULES

__all__ = ["RULES", "access", "delivery", "openness", "storage"]
