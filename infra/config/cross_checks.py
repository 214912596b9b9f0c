"""What stands between two keys of a configuration whose values are, each by itself, in order."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from infra.config.limits import AFTER_A_MONTH
from infra.config.regions import SHIELDS

if TYPE_CHECKING:
    from infra.config.stack_config import StackConfig

Conflict = tuple[tuple[str, ...], str]
"""Fields whose values do not go together, and what is wrong with the first of them."""

# Three copies at four bytes: decoded, in the colours of the screen, and with transparency multiplied in. Beside them
# and the original's bytes there are Python, Pillow and the rendition.
_BYTES_PER_PIXEL: Final = 12
_OTHER_MEMORY: Final = 256


def conflicts(config: "StackConfig") -> Iterator[Conflict]:
    """All of them; a conflict of which one field is wrong by itself means nothing."""
    yield from _of_sizes(config)
    yield from _of_originals(config)
    yield from _of_addresses(config)
    if config.firewall_count and not config.firewall:
        yield ("firewall_count", "firewall"), "there is no firewall: set firewall to true"


def _of_sizes(config: "StackConfig") -> Iterator[Conflict]:
    if config.sizes and config.sizes[-1] > config.max_dimension:
        yield ("sizes", "max_dimension"), f"{config.sizes[-1]} is more than maxDimension, {config.max_dimension}"
    if config.warm_widths and config.warm_widths[-1] > config.max_dimension:
        too_wide = f"{config.warm_widths[-1]} is more than maxDimension, {config.max_dimension}"
        yield ("warm_widths", "max_dimension"), too_wide
    needed = _OTHER_MEMORY + (config.max_pixels * _BYTES_PER_PIXEL + config.max_bytes) // 2**20
    if needed > config.memory:
        fields = ("max_pixels", "max_bytes", "memory")
        yield fields, f"{config.max_pixels} takes {needed} MB of memory, not {config.memory}"


def _of_originals(config: "StackConfig") -> Iterator[Conflict]:
    if config.uploaders and config.encryption != "kms":
        yield ("uploaders", "encryption"), "there is no key that they could use: set encryption to kms"
    if config.transition_class in AFTER_A_MONTH and 0 < config.transition_days <= 30:
        days = f"{config.transition_days} is too soon for {config.transition_class}: 31 or more, or 0 for never"
        yield ("transition_days", "transition_class"), days


def _of_addresses(config: "StackConfig") -> Iterator[Conflict]:
    if config.origin_shield and config.region not in SHIELDS:
        instead = f"set originShield to false, or use one of {', '.join(sorted(SHIELDS))}"
        yield ("region", "origin_shield"), f"AWS names no Origin Shield for {config.region}: {instead}"
    if config.domain and not config.hosted_zone:
        yield ("domain", "hosted_zone"), f"{config.domain} needs hostedZone, where its records are made"
    if config.hosted_zone and not config.domain:
        yield ("hosted_zone", "domain"), f"{config.hosted_zone} needs domain, the name that viewers ask"
