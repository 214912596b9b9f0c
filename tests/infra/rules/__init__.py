"""What holds for every stack, whoever changes it: each rule names those that break it."""

from tests.infra.rules import access, delivery, openness, storage
from tests.infra.rules.registry import RULES

__all__ = ["RULES", "access", "delivery", "openness", "storage"]
