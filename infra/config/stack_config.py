"""What Pulumi.<stack>.yaml may say, read once and validated as a whole; nothing below checks again."""

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Final, Self, TypeVar

import pulumi
from pulumi.runtime import config as runtime

from common.contract import CHOICES, NEGOTIATED_FORMATS
from infra.config import limits
from infra.config.cross_checks import conflicts
from infra.config.readers import (
    ascending,
    flag,
    label,
    like,
    list_like,
    one_number_of,
    one_of,
    whole,
    words_of,
)

_YEAR: Final = 365 * 24 * 3600
_MAX_SIDE: Final = 8192

Value = TypeVar("Value")


class ConfigError(pulumi.RunError):
    """Every problem of a stack's configuration, each under the key as it is typed."""


def _key(default: Value, read: Callable[[str], Value]) -> Value:
    return field(default=default, metadata={"read": read})


@dataclass(frozen=True, slots=True, kw_only=True)
class StackConfig:
    """One stack's configuration. docs/config.md says what each key means; maxDimension there is max_dimension here."""

    region: str = field(metadata={"read": one_of(*limits.REGIONS)})
    """Of the buckets; Pulumi's own key aws:region."""

    max_dimension: int = _key(4096, whole(1, _MAX_SIDE))
    sizes: tuple[int, ...] = _key((), ascending(1, _MAX_SIDE))
    format: str = _key("auto", one_of(*CHOICES["format"]))
    formats: tuple[str, ...] = _key(("webp",), words_of(*NEGOTIATED_FORMATS))
    max_bytes: int = _key(50_000_000, whole(1, 500_000_000))
    max_pixels: int = _key(100_000_000, whole(1, 500_000_000))
    max_frames: int = _key(1000, whole(1, 100_000))

    encryption: str = _key("s3", one_of("s3", "kms"))
    uploaders: tuple[str, ...] = _key((), list_like(limits.PRINCIPAL, "ARNs of IAM roles or users"))
    version_days: int = _key(30, whole(1, 3650))
    transition_days: int = _key(0, whole(0, 3650))
    transition_class: str = _key("STANDARD_IA", one_of(*limits.STORAGE_CLASSES))
    protect: bool = _key(True, flag)

    warm_widths: tuple[int, ...] = _key((), ascending(1, _MAX_SIDE))

    browser_ttl: int = _key(3600, whole(0, _YEAR))
    cdn_ttl: int = _key(_YEAR, whole(0, _YEAR))

    memory: int = _key(1769, whole(128, 10_240))
    timeout: int = _key(20, whole(1, 30))
    edge_version: int = _key(0, whole(0, 1_000_000))
    log_retention: int = _key(30, one_number_of(*limits.LOG_RETENTION))

    price_class: str = _key("PriceClass_All", one_of("PriceClass_100", "PriceClass_200", "PriceClass_All"))
    origin_shield: bool = _key(True, flag)
    domain: str = _key("", like(limits.DOMAIN, "a domain name in lower case, such as images.example.com"))
    hosted_zone: str = _key("", like(limits.HOSTED_ZONE, "the id of a Route 53 hosted zone, such as Z1D633PJN98FT9"))

    firewall: bool = _key(True, flag)
    firewall_count: tuple[str, ...] = _key((), words_of(*limits.FIREWALL_RULES))
    rate_limit: int = _key(10_000, whole(*limits.RATE_LIMIT))

    access_logs: str = _key("json", one_of("none", "json", "parquet"))
    bucket_logs: bool = _key(False, flag)
    access_log_days: int = _key(90, whole(1, 3650))

    budget: int = _key(100, whole(0, 10_000_000))
    alert_emails: tuple[str, ...] = _key((), list_like(limits.EMAIL, "e-mail addresses"))
    owner: str = _key("unassigned", label)
    cost_centre: str = _key("unassigned", label)

    bundle_target: str = _key("lambda", one_of("lambda", "host"))

    @classmethod
    def load(cls, config: pulumi.Config) -> Self:
        """The stack's configuration as Pulumi hands it over; ConfigError lists all that is wrong with it."""
        # The engine sets an environment variable, a program that runs in-process the map.
        values = {**runtime.get_config_env(), **runtime.CONFIG.get()}
        return cls.parse(values, project=config.name, stack=pulumi.get_stack())

    @classmethod
    def parse(cls, values: Mapping[str, str], *, project: str, stack: str) -> Self:
        """From full keys, as in {"edge-image-resizer:maxDimension": "4096"}; other namespaces are not looked at."""
        keys = {item.name: _full_key(item.name, project) for item in fields(cls)}
        read: dict[str, Any] = {"region": ""}
        refused: dict[str, str] = {}
        for item in fields(cls):
            text = values.get(keys[item.name])
            try:
                if text is not None:
                    read[item.name] = item.metadata["read"](text)
                elif item.default is MISSING:
                    refused[item.name] = "is missing"
            except ValueError as error:
                refused[item.name] = f"{text} {error}"
        config = cls(**read)
        # What stands between two keys can be told only where each of them means something.
        between = [(names[0], text) for names, text in conflicts(config) if refused.keys().isdisjoint(names)]
        problems = [f"{keys[name]}: {text}" for name, text in [*refused.items(), *between]]
        if not limits.STACK.fullmatch(stack):
            problems.append(f"the stack's name: {stack} is not 1 to 20 lower-case letters, digits and dashes")
        problems += _unknown(values, known=list(keys.values()), project=project)
        if problems:
            raise ConfigError("\n  ".join(["this stack's configuration cannot be used:", *problems]))
        return config


def _full_key(name: str, project: str) -> str:
    first, *rest = name.split("_")
    return "aws:region" if name == "region" else f"{project}:{first}{''.join(map(str.capitalize, rest))}"


def _unknown(values: Mapping[str, str], *, known: list[str], project: str) -> Iterator[str]:
    for key in values:
        if key.startswith(f"{project}:") and key not in known:
            near = difflib.get_close_matches(key.split(":")[1], [full.split(":")[1] for full in known], n=1)
            yield f"{key}: there is no such key" + (f"; did you mean {near[0]}?" if near else "")
