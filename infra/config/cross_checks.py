"""Checks of configuration values that are valid by themselves but not in combination."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from infra.config.limits import MONTH_OLD_CLASSES
from infra.config.regions import SHIELD_REGIONS
from infra.config.stack_config import StackConfig

# libvips reads most originals row by row. Of a progressive JPEG or an interlaced PNG, the memory holds the whole
# picture, with up to ten bytes per pixel. Of an AVIF, a HEIC or a BMP, it holds 14 to 17 bytes per pixel, and
# edge/imaging/original.py accepts half as many pixels. The rest of the memory holds the bytes of the original, Python,
# the imaging libraries and the rendition.
_BYTES_PER_PIXEL: Final = 12
_OTHER_MEGABYTES: Final = 256

# The edge function also reads the original from S3, may store the rendition, and needs a second for its answer. If S3
# takes longer than the rest, less time remains for the render, and then the response is an error (edge/deadline.py).
_OTHER_SECONDS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A combination of values that cannot be used."""

    fields: tuple[str, ...]
    """The names of the fields of StackConfig whose values conflict. The message is reported under the first name."""
    message: str
    """The value of the first field, the reason for the conflict, and what to change."""


def find_conflicts(config: StackConfig) -> Iterator[Conflict]:
    """Yield every conflict. A conflict means nothing if the value of one of its fields is invalid by itself."""
    yield from _dimension_conflicts(config)
    yield from _memory_conflicts(config)
    yield from _timeout_conflicts(config)
    yield from _storage_conflicts(config)
    yield from _delivery_conflicts(config)


def _dimension_conflicts(config: StackConfig) -> Iterator[Conflict]:
    for name, dimensions in (("sizes", config.sizes), ("warm_widths", config.warm_widths)):
        if dimensions and dimensions[-1] > config.max_dimension:
            yield Conflict(
                fields=(name, "max_dimension"),
                message=f"{dimensions[-1]} is larger than maxDimension, {config.max_dimension}",
            )


def _memory_conflicts(config: StackConfig) -> Iterator[Conflict]:
    needed = _OTHER_MEGABYTES + (config.max_pixels * _BYTES_PER_PIXEL + config.max_bytes) // 2**20
    if needed > config.memory:
        yield Conflict(
            fields=("max_pixels", "max_bytes", "memory"),
            message=f"{config.max_pixels} needs {needed} MB of memory, but memory is {config.memory}: "
            f"set memory to {needed} or more, or lower maxPixels",
        )


def _timeout_conflicts(config: StackConfig) -> Iterator[Conflict]:
    needed = config.render_timeout + _OTHER_SECONDS
    if needed > config.timeout:
        yield Conflict(
            fields=("render_timeout", "timeout"),
            message=f"{config.render_timeout} needs a timeout of {needed} seconds, but timeout is {config.timeout}: "
            f"set timeout to {needed} or more, or lower renderTimeout",
        )


def _storage_conflicts(config: StackConfig) -> Iterator[Conflict]:
    if config.uploaders and config.encryption != "kms":
        yield Conflict(
            fields=("uploaders", "encryption"),
            message=f"encryption is {config.encryption}, so there is no KMS key: "
            "set encryption to kms, or remove uploaders",
        )
    if config.transition_class in MONTH_OLD_CLASSES and 0 < config.transition_days < 30:
        yield Conflict(
            fields=("transition_days", "transition_class"),
            message=f"{config.transition_days} is too early for {config.transition_class}: "
            "use 30 or more, or 0 for never",
        )


def _delivery_conflicts(config: StackConfig) -> Iterator[Conflict]:
    if config.origin_shield and config.region not in SHIELD_REGIONS:
        yield Conflict(
            fields=("region", "origin_shield"),
            message=f"AWS names no Origin Shield Region for {config.region}: "
            f"set originShield to false, or use one of {', '.join(sorted(SHIELD_REGIONS))}",
        )
    if config.domain and not config.hosted_zone:
        message = (
            f"{config.domain} needs hostedZone, the id of the hosted zone for its DNS records: "
            "set hostedZone to an id that `aws route53 list-hosted-zones-by-name` prints"
        )
        yield Conflict(fields=("domain", "hosted_zone"), message=message)
    if config.hosted_zone and not config.domain:
        message = (
            f"{config.hosted_zone} needs domain, the domain name that viewers use: set domain, or remove hostedZone"
        )
        yield Conflict(fields=("hosted_zone", "domain"), message=message)
    if config.firewall_count and not config.firewall:
        message = "firewall is false: set firewall to true, or remove firewallCount"
        yield Conflict(fields=("firewall_count", "firewall"), message=message)
