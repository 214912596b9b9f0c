import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.config.stack_config import ConfigError, StackConfig

ROOT = Path(__file__).parents[3]
PROJECT = "edge-image-resizer"
LEAST = {"aws:region": "eu-central-1"}


def parsed(**values: str) -> StackConfig:
    return StackConfig.parse(
        LEAST | {f"{PROJECT}:{name}": text for name, text in values.items()}, project=PROJECT, stack="dev"
    )


def problems(values: dict[str, str]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        StackConfig.parse(values, project=PROJECT, stack="dev")
    first, *lines = str(caught.value).split("\n  ")
    assert first == "this stack's configuration cannot be used:"
    return lines


def test_a_stack_needs_to_say_no_more_than_its_region() -> None:
    config = StackConfig.parse(LEAST, project=PROJECT, stack="dev")

    assert config == StackConfig(region="eu-central-1")
    assert config.max_dimension == 4096
    assert config.formats == ("webp",)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("maxDimension", "8192", {"max_dimension": 8192}),
        ("sizes", "[320, 640, 1280]", {"sizes": (320, 640, 1280)}),
        ("sizes", "[]", {"sizes": ()}),
        ("format", "original", {"format": "original"}),
        ("formats", '["avif", "webp"]', {"formats": ("avif", "webp")}),
        ("formats", "[]", {"formats": ()}),
        ("maxBytes", "1", {"max_bytes": 1}),
        ("maxPixels", "1", {"max_pixels": 1}),
        ("maxFrames", "2", {"max_frames": 2}),
        ("warmWidths", "[320, 640]", {"warm_widths": (320, 640)}),
        ("browserTtl", "0", {"browser_ttl": 0}),
        ("cdnTtl", "31536000", {"cdn_ttl": 31_536_000}),
        ("memory", "10240", {"memory": 10_240}),
        ("timeout", "30", {"timeout": 30}),
        ("logRetention", "3653", {"log_retention": 3653}),
        ("priceClass", "PriceClass_100", {"price_class": "PriceClass_100"}),
        ("encryption", "kms", {"encryption": "kms"}),
        ("versionDays", "3650", {"version_days": 3650}),
        ("transitionDays", "31", {"transition_days": 31}),
        ("transitionClass", "GLACIER_IR", {"transition_class": "GLACIER_IR"}),
        ("protect", "false", {"protect": False}),
        ("edgeVersion", "12", {"edge_version": 12}),
        ("originShield", "false", {"origin_shield": False}),
        ("firewall", "false", {"firewall": False}),
        ("firewallCount", '["rate", "common"]', {"firewall_count": ("rate", "common")}),
        ("rateLimit", "10", {"rate_limit": 10}),
        ("accessLogs", "parquet", {"access_logs": "parquet"}),
        ("bucketLogs", "true", {"bucket_logs": True}),
        ("accessLogDays", "1", {"access_log_days": 1}),
        ("budget", "0", {"budget": 0}),
        ("alertEmails", '["a.b+c@example.com"]', {"alert_emails": ("a.b+c@example.com",)}),
        ("owner", "Bilder & Töne", None),
        ("owner", "Bilder + Töne", {"owner": "Bilder + Töne"}),
        ("costCentre", "4711", {"cost_centre": "4711"}),
        ("bundleTarget", "host", {"bundle_target": "host"}),
    ],
)
def test_a_key_is_read_as_what_it_means(name: str, text: str, expected: dict[str, object] | None) -> None:
    if expected is None:
        with pytest.raises(ConfigError):
            parsed(**{name: text})
    else:
        assert parsed(**{name: text}) == replace(StackConfig(region="eu-central-1"), **expected)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("maxDimension", "0", "is not a whole number from 1 to 8192"),
        ("maxDimension", "8193", "is not a whole number from 1 to 8192"),
        ("maxDimension", "-1", "is not a whole number from 1 to 8192"),
        ("maxDimension", "4096.0", "is not a whole number from 1 to 8192"),
        ("maxDimension", "wide", "is not a whole number from 1 to 8192"),
        ("maxDimension", "٤٠٩٦", "is not a whole number from 1 to 8192"),
        ("sizes", "320", "is not a list of whole numbers from 1 to 8192"),
        ("sizes", "320, 640", "is not a list of whole numbers from 1 to 8192"),
        ("sizes", '["320"]', "is not a list of whole numbers from 1 to 8192"),
        ("sizes", "[true]", "is not a list of whole numbers from 1 to 8192"),
        ("sizes", "[0, 320]", "is not a list of whole numbers from 1 to 8192"),
        ("sizes", "[640, 320]", "is not ascending"),
        ("sizes", "[320, 320]", "is not ascending"),
        ("format", "jpg", "is not one of auto, original, jpeg, png, webp, avif"),
        ("formats", '["jpeg"]', "is not a list of avif, webp, each at most once"),
        ("formats", '["webp", "webp"]', "is not a list of avif, webp, each at most once"),
        ("formats", "[[]]", "is not a list of avif, webp, each at most once"),
        ("formats", "webp", "is not a list of avif, webp, each at most once"),
        ("browserTtl", "-1", "is not a whole number from 0 to 31536000"),
        ("memory", "127", "is not a whole number from 128 to 10240"),
        ("timeout", "31", "is not a whole number from 1 to 30"),
        ("encryption", "aws:kms", "is not one of s3, kms"),
        ("uploaders", '["arn:aws:iam::1:role/cms"]', "is not a list of ARNs of IAM roles or users"),
        ("uploaders", '["*"]', "is not a list of ARNs of IAM roles or users"),
        ("uploaders", "arn:aws:iam::123456789012:role/cms", "is not a list of ARNs of IAM roles or users"),
        ("uploaders", "[[]]", "is not a list of ARNs of IAM roles or users"),
        ("versionDays", "0", "is not a whole number from 1 to 3650"),
        ("transitionClass", "GLACIER", "is not one of STANDARD_IA, ONEZONE_IA, INTELLIGENT_TIERING, GLACIER_IR"),
        ("edgeVersion", "$LATEST", "is not a whole number from 0 to 1000000"),
        ("domain", "Images.example.com", "is not a domain name in lower case, such as images.example.com"),
        ("domain", "https://images.example.com", "is not a domain name in lower case, such as images.example.com"),
        ("domain", "images", "is not a domain name in lower case, such as images.example.com"),
        ("hostedZone", "example.com", "is not the id of a Route 53 hosted zone, such as Z1D633PJN98FT9"),
        ("firewallCount", '["sql"]', "is not a list of common, bad-inputs, ip-reputation, rate, each at most once"),
        ("rateLimit", "9", "is not a whole number from 10 to 2000000000"),
        ("accessLogs", "w3c", "is not one of none, json, parquet"),
        ("budget", "99.5", "is not a whole number from 0 to 10000000"),
        ("alertEmails", '["nobody"]', "is not a list of e-mail addresses"),
        ("alertEmails", '["a@example.com", "a@example.com"]', "names one twice"),
        ("priceClass", "all", "is not one of PriceClass_100, PriceClass_200, PriceClass_All"),
        ("originShield", "yes", "is not one of true, false"),
        ("bundleTarget", "arm64", "is not one of lambda, host"),
        ("owner", "", "is not a tag's value: 1 to 256 letters, digits, spaces and . : / = + @ _ -"),
        ("owner", "a;b", "is not a tag's value: 1 to 256 letters, digits, spaces and . : / = + @ _ -"),
    ],
)
def test_a_bad_value_is_named_with_its_key_and_what_is_accepted(name: str, text: str, sentence: str) -> None:
    assert problems(LEAST | {f"{PROJECT}:{name}": text}) == [f"{PROJECT}:{name}: {text} {sentence}"]


def test_a_log_can_be_kept_only_as_long_as_cloudwatch_offers() -> None:
    (problem,) = problems(LEAST | {f"{PROJECT}:logRetention": "10"})

    assert problem.startswith(f"{PROJECT}:logRetention: 10 is not one of 1, 3, 5, 7, 14, 30,")


def test_a_stack_without_region_is_refused() -> None:
    assert problems({}) == ["aws:region: is missing"]


def test_a_misspelt_region_is_refused() -> None:
    (problem,) = problems({"aws:region": "eu-cental-1"})

    assert problem.startswith("aws:region: eu-cental-1 is not one of af-south-1, ap-east-1,")


@pytest.mark.parametrize(
    ("key", "ending"),
    [
        ("maxDimensions", "; did you mean maxDimension?"),
        ("max_dimension", "; did you mean maxDimension?"),
        ("costCenter", "; did you mean costCentre?"),
        ("region", ""),
    ],
)
def test_a_key_that_does_not_exist_is_refused(key: str, ending: str) -> None:
    (problem,) = problems(LEAST | {f"{PROJECT}:{key}": "1"})

    assert problem.startswith(f"{PROJECT}:{key}: there is no such key")
    assert problem.endswith(ending)


def test_keys_of_other_namespaces_are_not_looked_at() -> None:
    others = {"aws:profile": "work", "pulumi:autonaming": "{}", f"{PROJECT}s:maxDimension": "x"}

    assert StackConfig.parse(LEAST | others, project=PROJECT, stack="dev") == StackConfig.parse(
        LEAST, project=PROJECT, stack="dev"
    )


def test_a_size_beyond_the_longest_side_is_refused() -> None:
    values = {f"{PROJECT}:sizes": "[320, 2048]", f"{PROJECT}:maxDimension": "1024"}

    assert problems(LEAST | values) == [f"{PROJECT}:sizes: 2048 is more than maxDimension, 1024"]


def test_pixels_that_do_not_fit_in_the_memory_are_refused() -> None:
    values = {f"{PROJECT}:maxPixels": "200000000", f"{PROJECT}:maxBytes": "50000000"}

    assert problems(LEAST | values) == [f"{PROJECT}:maxPixels: 200000000 takes 2592 MB of memory, not 1769"]
    assert parsed(maxPixels="200000000", memory="2592").max_pixels == 200_000_000


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"domain": "images.example.com"}, "domain: images.example.com needs hostedZone, where its records are made"),
        ({"warmWidths": "[320, 5000]"}, "warmWidths: 5000 is more than maxDimension, 4096"),
        ({"hostedZone": "Z1D633PJN98FT9"}, "hostedZone: Z1D633PJN98FT9 needs domain, the name that viewers ask"),
        (
            {"uploaders": '["arn:aws:iam::123456789012:role/cms"]'},
            "uploaders: there is no key that they could use: set encryption to kms",
        ),
        (
            {"transitionDays": "30"},
            "transitionDays: 30 is too soon for STANDARD_IA: 31 or more, or 0 for never",
        ),
        (
            {"firewall": "false", "firewallCount": '["rate"]'},
            "firewallCount: there is no firewall: set firewall to true",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(values: dict[str, str], problem: str) -> None:
    assert problems(LEAST | {f"{PROJECT}:{name}": text for name, text in values.items()}) == [f"{PROJECT}:{problem}"]


def test_what_goes_together_is_accepted() -> None:
    together = {"domain": "images.example.com", "hostedZone": "Z1D633PJN98FT9"}
    assert parsed(**together).hosted_zone == "Z1D633PJN98FT9"
    assert parsed(encryption="kms", uploaders='["arn:aws:iam::123456789012:role/team/cms"]').uploaders
    assert parsed(transitionDays="1", transitionClass="GLACIER_IR").transition_days == 1


def test_a_region_without_origin_shield_can_be_used_only_without_it() -> None:
    elsewhere = {"aws:region": "eu-central-2"}

    (problem,) = problems(elsewhere)
    assert problem.startswith(
        "aws:region: AWS names no Origin Shield for eu-central-2: set originShield to false, or use"
    )
    off = elsewhere | {f"{PROJECT}:originShield": "false"}
    assert StackConfig.parse(off, project=PROJECT, stack="dev").region == "eu-central-2"


@pytest.mark.parametrize("stack", ["Dev", "a-name-that-is-far-too-long", "my_stack", "-"])
def test_a_stack_whose_name_cannot_be_part_of_a_buckets_is_refused(stack: str) -> None:
    with pytest.raises(ConfigError, match=f"the stack's name: {stack} is not 1 to 20 lower-case letters"):
        StackConfig.parse(LEAST, project=PROJECT, stack=stack)


def test_all_problems_are_told_at_once_and_none_that_follows_from_another() -> None:
    values = {"maxDimension": "0", "sizes": "[5000]", "timeout": "60", "colour": "red"}

    assert problems({f"{PROJECT}:{name}": text for name, text in values.items()}) == [
        "aws:region: is missing",
        f"{PROJECT}:maxDimension: 0 is not a whole number from 1 to 8192",
        f"{PROJECT}:timeout: 60 is not a whole number from 1 to 30",
        f"{PROJECT}:colour: there is no such key",
    ]


def declared() -> dict[str, dict[str, Any]]:
    """The keys of Pulumi.yaml that are ours."""
    config = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    return {key: spec for key, spec in config.items() if ":" not in key}


def test_pulumi_yaml_declares_every_key_with_the_default_of_the_program() -> None:
    texts = {key: spec["default"] for key, spec in declared().items()}
    values = {f"{PROJECT}:{key}": text if isinstance(text, str) else json.dumps(text) for key, text in texts.items()}

    assert StackConfig.parse(LEAST | values, project=PROJECT, stack="dev") == StackConfig(region="eu-central-1")
    assert len(texts) == len(StackConfig.__dataclass_fields__) - 1, "all but the Region, which is aws:region"


def test_pulumi_yaml_declares_every_key_with_the_type_of_its_default() -> None:
    types = {"integer": int, "boolean": bool, "string": str, "array": list}

    for key, spec in declared().items():
        assert type(spec["default"]) is types[spec["type"]], key
        assert spec["description"], key


@pytest.mark.parametrize("stack", ["dev", "staging", "prod"])
def test_every_stack_can_be_used(stack: str) -> None:
    config = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    values = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}

    read = StackConfig.parse(values, project=PROJECT, stack="dev")
    assert read.protect == (stack == "prod")
    assert read.bundle_target == "lambda", "what is deployed is built for Lambda"


def test_the_page_about_configuration_has_every_key_with_its_type_and_default() -> None:
    page = (ROOT / "docs" / "config.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|", page, re.MULTILINE)

    expected = [(key, shape(spec), f"`{text(spec['default'])}`") for key, spec in declared().items()]
    assert [tuple(map(str.strip, row)) for row in rows] == expected


def shape(spec: dict[str, Any]) -> str:
    return f"list of {spec['items']['type']}" if spec["type"] == "array" else spec["type"]


def text(default: object) -> str:
    return default or '""' if isinstance(default, str) else json.dumps(default).replace('"', "")
