"""What Pulumi.<stack>.yaml may say, read once and validated as a whole; nothing below checks again."""

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, Self, TypeVar

import pulumi
from pulumi.runtime import config as runtime

from infra.shield import SHIELDS
from infra.values import ascending, flag, label, one_number_of, one_of, whole, words_of

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
_RETENTIONS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731)
_RETENTIONS += (1096, 1827, 2192, 2557, 2922, 3288, 3653)
_YEAR = 365 * 24 * 3600
_MAX_SIDE = 8192

Value = TypeVar("Value")


class ConfigError(Exception):
    """Every problem of a stack's configuration, each under the key as it is typed."""


def _key(default: Value, read: Callable[[str], Value]) -> Value:
    return field(default=default, metadata={"read": read})


@dataclass(frozen=True, slots=True, kw_only=True)
class StackConfig:
    """One stack's configuration. docs/config.md says what each key means; maxDimension there is max_dimension here."""

    region: str = field(metadata={"read": one_of(*sorted(SHIELDS))})
    """Of the bucket; Pulumi's own key aws:region."""

    max_dimension: int = _key(4096, whole(1, _MAX_SIDE))
    sizes: tuple[int, ...] = _key((), ascending(1, _MAX_SIDE))
    format: str = _key("auto", one_of("auto", "original", "jpeg", "png", "webp", "avif"))
    formats: tuple[str, ...] = _key(("webp",), words_of("avif", "webp"))
    max_bytes: int = _key(50_000_000, whole(1, 500_000_000))
    max_pixels: int = _key(64_000_000, whole(1, 500_000_000))

    browser_ttl: int = _key(3600, whole(0, _YEAR))
    cdn_ttl: int = _key(_YEAR, whole(0, _YEAR))

    memory: int = _key(1769, whole(128, 10_240))
    timeout: int = _key(20, whole(1, 30))
    log_retention: int = _key(30, one_number_of(*_RETENTIONS))
    price_class: str = _key("PriceClass_All", one_of("PriceClass_100", "PriceClass_200", "PriceClass_All"))
    origin_shield: bool = _key(True, flag)
    protect: bool = _key(True, flag)

    owner: str = _key("", label)
    cost_centre: str = _key("", label)

    bundle_target: str = _key("lambda", one_of("lambda", "host"))

    @classmethod
    def load(cls, config: pulumi.Config) -> Self:
        """The stack's configuration as Pulumi hands it over; ConfigError lists all that is wrong with it."""
        # The engine sets an environment variable, a program that runs in-process the map.
        return cls.parse({**runtime.get_config_env(), **runtime.CONFIG.get()}, project=config.name)

    @classmethod
    def parse(cls, values: Mapping[str, str], *, project: str) -> Self:
        """`values` by full key, as in {"edge-image-resizer:maxDimension": "4096"}; other namespaces are not looked at."""
        keys = {_full_key(item, project): item for item in fields(cls)}
        read: dict[str, Any] = {}
        problems = list(_unknown(values, known=keys, project=project))
        for key, item in keys.items():
            try:
                if key in values:
                    read[item.name] = item.metadata["read"](values[key])
                elif key == "aws:region":
                    raise ValueError("is missing: the Region of the bucket, as in eu-central-1")
            except ValueError as error:
                problems.append(" ".join([f"{key}:", *filter(None, [values.get(key)]), str(error)]))
        problems += cls._conflicts(read, project)
        if problems:
            raise ConfigError("\n".join(["the configuration of this stack cannot be used:", *problems]))
        return cls(**read)

    @classmethod
    def _conflicts(cls, read: Mapping[str, Any], project: str) -> Iterator[str]:
        pass
