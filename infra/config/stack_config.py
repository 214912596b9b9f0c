"""The configuration of a stack as one typed value, with the default and the reader of each key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

import pulumi

from common.contract import CHOICES, NEGOTIATED_FORMATS
from infra.config import limits
from infra.config.readers import (
    ascending_numbers,
    boolean,
    list_of_matching,
    list_of_words,
    matching,
    numbers_by_name,
    one_of,
    one_of_numbers,
    tag_value,
    whole_number,
)
from infra.config.recipients import list_of_recipients
from infra.config.thresholds import THRESHOLDS

_MAX_DIMENSION: Final = 8192

Value = TypeVar("Value")


class ConfigError(pulumi.RunError):
    """The stack cannot use the configuration. The message lists every problem under its key."""


def _key(default: Value, read: Callable[[str], Value]) -> Value:
    return field(default=default, metadata={"read": read})


def _recipients() -> tuple[str, ...]:
    # A recipient can be a URL with a key. So neither a message nor the text of a StackConfig contains the list.
    return field(default=(), repr=False, metadata={"read": list_of_recipients, "secret": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class StackConfig:
    """The configuration of one stack. Only `region` has no default.

    Each field is a key of Pulumi.yaml in snake case: `max_dimension` is `maxDimension`. docs/config.md gives the
    meaning, the unit and the accepted values of each key.
    """

    region: str = field(metadata={"read": one_of(*limits.REGIONS)})
    """The Region of the buckets. Its key is `aws:region`, which the AWS provider reads too."""

    # Renditions
    max_dimension: int = _key(4096, whole_number(1, _MAX_DIMENSION))
    sizes: tuple[int, ...] = _key((), ascending_numbers(1, _MAX_DIMENSION))
    format: str = _key("auto", one_of(*CHOICES["format"]))
    formats: tuple[str, ...] = _key(("webp",), list_of_words(*NEGOTIATED_FORMATS))

    # Originals
    max_bytes: int = _key(50_000_000, whole_number(1, 500_000_000))
    max_pixels: int = _key(100_000_000, whole_number(1, 500_000_000))
    max_frames: int = _key(1000, whole_number(1, 100_000))

    # Storage
    encryption: str = _key("s3", one_of("s3", "kms"))
    uploaders: tuple[str, ...] = _key((), list_of_matching(limits.PRINCIPAL, "ARNs of IAM roles or users"))
    version_days: int = _key(30, whole_number(1, 3650))
    transition_days: int = _key(0, whole_number(0, 3650))
    transition_class: str = _key("STANDARD_IA", one_of(*limits.STORAGE_CLASSES))
    protect: bool = _key(True, boolean)

    # Uploads
    max_invalidations: int = _key(30, whole_number(*limits.INVALIDATIONS))
    warm_widths: tuple[int, ...] = _key((), ascending_numbers(1, _MAX_DIMENSION))

    # Lifetimes
    browser_ttl: int = _key(3600, whole_number(0, limits.ONE_YEAR))
    cdn_ttl: int = _key(limits.ONE_YEAR, whole_number(0, limits.ONE_YEAR))

    # Edge function
    memory: int = _key(1769, whole_number(128, 10_240))
    timeout: int = _key(20, whole_number(9, 30))
    render_timeout: int = _key(12, whole_number(1, 22))
    edge_version: int = _key(0, whole_number(0, 1_000_000))
    log_retention: int = _key(30, one_of_numbers(*limits.LOG_RETENTION))

    # Distribution
    price_class: str = _key("PriceClass_All", one_of("PriceClass_100", "PriceClass_200", "PriceClass_All"))
    origin_shield: bool = _key(True, boolean)
    domain: str = _key("", matching(limits.DOMAIN, "a domain name in lower case, such as images.example.com"))
    hosted_zone: str = _key(
        "", matching(limits.HOSTED_ZONE, "the id of a Route 53 hosted zone, such as Z1D633PJN98FT9")
    )

    # Firewall
    firewall: bool = _key(True, boolean)
    firewall_count: tuple[str, ...] = _key((), list_of_words(*limits.FIREWALL_RULES))
    rate_limit: int = _key(10_000, whole_number(*limits.RATE_LIMIT))

    # Access logs
    access_logs: str = _key("json", one_of("none", "json", "parquet"))
    bucket_logs: bool = _key(False, boolean)
    access_log_days: int = _key(90, whole_number(1, 3650))

    # Monitoring
    monitoring: bool = _key(True, boolean)
    additional_metrics: bool = _key(True, boolean)
    request_metrics: bool = _key(True, boolean)
    thresholds: Mapping[str, float] = field(
        default_factory=dict[str, float],
        metadata={"read": numbers_by_name({name: item[2:] for name, item in THRESHOLDS.items()})},
    )
    runbook_url: str = _key("", matching(limits.HTTPS_URL, "an https URL, such as https://git.example.com/runbooks"))

    # Cost and alerts
    budget: int = _key(100, whole_number(0, 10_000_000))
    urgent_recipients: tuple[str, ...] = _recipients()
    routine_recipients: tuple[str, ...] = _recipients()
    owner: str = _key("unassigned", tag_value)
    cost_center: str = _key("unassigned", tag_value)

    # Local engine
    bundle_target: str = _key("lambda", one_of("lambda", "host"))
