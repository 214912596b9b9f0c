"""What Pulumi.<stack>.yaml may say, read once and validated as a whole; nothing below checks again."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
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
        """From full keys, as in {"edge-image-resizer:maxDimension": "4096"}; other namespaces are not looked at."""
        keys = {item.name: _full_key(item.name, project) for item in fields(cls)}
        problems = _unknown(values, known=list(keys.values()), project=project)
        read: dict[str, Any] = {}
        refused: set[str] = set()
        for item in fields(cls):
            key = keys[item.name]
            try:
                if key in values:
                    read[item.name] = item.metadata["read"](values[key])
                elif item.default is MISSING:
                    raise ValueError("is missing")
            except ValueError as error:
                refused.add(item.name)
                problems.append(" ".join(filter(None, [f"{key}:", values.get(key, ""), str(error)])))
        # What stands between two keys can be told only where each of them means something.
        draft = cls(**({"region": ""} | read))
        problems += [f"{keys[names[0]]}: {text}" for *names, text in draft.conflicts() if refused.isdisjoint(names)]
        if problems:
            raise ConfigError("\n  ".join(["this stack's configuration cannot be used:", *problems]))
        return draft

    def conflicts(self) -> list[tuple[str, str, str]]:
        """Two fields that do not go together, and the sentence that says so."""
        found: list[tuple[str, str, str]] = []
        if self.sizes and self.sizes[-1] > self.max_dimension:
            found.append(("sizes", "max_dimension", f"{self.sizes[-1]} is more than maxDimension, {self.max_dimension}"))
        return found


def _full_key(name: str, project: str) -> str:
    first, *rest = name.split("_")
    return "aws:region" if name == "region" else f"{project}:{first}{''.join(map(str.capitalize, rest))}"


def _unknown(values: Mapping[str, str], *, known: list[str], project: str) -> list[str]:
    problems: list[str] = []
    for key in values:
        if key.startswith(f"{project}:") and key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            problems.append(f"{key}: there is no such key" + (f"; did you mean {near[0]}?" if near else ""))
    return problems
