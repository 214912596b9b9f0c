"""What Pulumi.<stack>.yaml may say, read once and validated as a whole; nothing below checks again."""

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Final, Self, TypeVar

import pulumi
from pulumi.runtime import config as runtime

from infra.shield import SHIELDS
from infra.values import ascending, flag, label, one_number_of, one_of, whole, words_of

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
_MONTHS: Final = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180)
_YEARS: Final = (365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)

_YEAR: Final = 365 * 24 * 3600
_MAX_SIDE: Final = 8192

# Three copies at four bytes: decoded, in the colours of the screen, and with transparency multiplied in. Beside them
# and the original's bytes there are Python, Pillow and the rendition.
_BYTES_PER_PIXEL: Final = 12
_OTHER_MEMORY: Final = 256

Value = TypeVar("Value")


class ConfigError(pulumi.RunError):
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
    max_pixels: int = _key(100_000_000, whole(1, 500_000_000))
    max_frames: int = _key(1000, whole(1, 100_000))

    browser_ttl: int = _key(3600, whole(0, _YEAR))
    cdn_ttl: int = _key(_YEAR, whole(0, _YEAR))

    memory: int = _key(1769, whole(128, 10_240))
    timeout: int = _key(20, whole(1, 30))
    log_retention: int = _key(30, one_number_of(*_MONTHS, *_YEARS))
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
        between = [(names[0], text) for names, text in config.conflicts() if refused.keys().isdisjoint(names)]
        problems = [f"{keys[name]}: {text}" for name, text in [*refused.items(), *between]]
        problems += _unknown(values, known=list(keys.values()), project=project)
        if problems:
            raise ConfigError("\n  ".join(["this stack's configuration cannot be used:", *problems]))
        return config

    def conflicts(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Fields whose values do not go together, and what is wrong with the first of them."""
        if self.sizes and self.sizes[-1] > self.max_dimension:
            yield ("sizes", "max_dimension"), f"{self.sizes[-1]} is more than maxDimension, {self.max_dimension}"
        needed = _OTHER_MEMORY + (self.max_pixels * _BYTES_PER_PIXEL + self.max_bytes) // 2**20
        if needed > self.memory:
            yield (
                ("max_pixels", "max_bytes", "memory"),
                f"{self.max_pixels} takes {needed} MB of memory, not {self.memory}",
            )


def _full_key(name: str, project: str) -> str:
    first, *rest = name.split("_")
    return "aws:region" if name == "region" else f"{project}:{first}{''.join(map(str.capitalize, rest))}"


def _unknown(values: Mapping[str, str], *, known: list[str], project: str) -> Iterator[str]:
    for key in values:
        if key.startswith(f"{project}:") and key not in known:
            near = difflib.get_close_matches(key.split(":")[1], [full.split(":")[1] for full in known], n=1)
            yield f"{key}: there is no such key" + (f"; did you mean {near[0]}?" if near else "")
