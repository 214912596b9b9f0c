"""The configuration is loaded as a whole: all problems are reported together, under the keys as typed."""

import pytest

from common.contract import PROJECT
from infra.config.loader import check_config, parse_config
from infra.config.stack_config import ConfigError, StackConfig
from tests.support.configurations import REGION, full_keys, list_problems


def test_config_when_only_the_region_is_set_has_all_defaults() -> None:
    config = parse_config(REGION, project=PROJECT, stack="dev")

    assert config == StackConfig(region="eu-central-1")
    assert config.max_dimension == 4096
    assert config.formats == ("webp",)


def test_region_when_missing_is_reported_with_the_command_and_a_reason() -> None:
    (problem,) = list_problems({})

    assert problem.startswith("aws:region: is not set and has no default: run `pulumi config set aws:region REGION`.")
    assert "cannot change later: choose a Region near the uploaders and the viewers" in problem


def test_region_when_misspelled_is_refused() -> None:
    (problem,) = list_problems({"aws:region": "eu-cental-1"})

    assert problem.startswith("aws:region: eu-cental-1 is not one of af-south-1, ap-east-1,")


@pytest.mark.parametrize(
    ("key", "advice"),
    [
        ("maxDimensions", "did you mean maxDimension?"),
        ("max_dimension", "did you mean maxDimension?"),
        ("costCentre", "did you mean costCenter?"),
        ("region", "did you mean aws:region?"),
        ("hue", "docs/config.md lists all keys"),
    ],
)
def test_key_when_unknown_is_refused_with_advice(key: str, advice: str) -> None:
    assert list_problems(full_keys({key: "1"})) == [f"{PROJECT}:{key}: unknown key; {advice}"]


def test_keys_of_other_namespaces_are_ignored() -> None:
    others = {"aws:profile": "work", "pulumi:autonaming": "{}", "kubernetes:context": "x", "images:maxDimension": "x"}

    assert parse_config(REGION | others, project=PROJECT, stack="dev") == parse_config(
        REGION, project=PROJECT, stack="dev"
    )


@pytest.mark.parametrize(
    "namespace",
    ["edge-image-resiser", "edge-image-resizers", "edge_image_resizer", "Edge-Image-Resizer", "image-resizer"],
)
def test_namespace_when_misspelled_is_refused_with_advice(namespace: str) -> None:
    assert list_problems(REGION | {f"{namespace}:maxDimension": "640"}) == [
        f"{namespace}:maxDimension: unknown namespace; did you mean {PROJECT}:maxDimension?"
    ]


@pytest.mark.parametrize("stack", ["Dev", "a-name-that-is-far-too-long", "my_stack", "-"])
def test_stack_name_when_not_usable_in_a_bucket_name_is_refused(stack: str) -> None:
    with pytest.raises(ConfigError, match=f"name of the stack: {stack} is not 1 to 20 lower-case letters"):
        parse_config(REGION, project=PROJECT, stack=stack)


def test_problems_are_reported_together_without_consequential_ones() -> None:
    values = {"maxDimension": "0", "sizes": "[5000]", "timeout": "60", "hue": "red"}

    region, *others = list_problems({f"{PROJECT}:{name}": text for name, text in values.items()})
    assert region.startswith("aws:region: is not set")
    assert others == [
        f"{PROJECT}:maxDimension: 0 is not a whole number from 1 to 8192",
        f"{PROJECT}:timeout: 60 is not a whole number from 9 to 30",
        f"{PROJECT}:hue: unknown key; docs/config.md lists all keys",
    ]


def test_check_config_when_all_values_are_valid_accepts_them() -> None:
    config = StackConfig(region="eu-central-1", sizes=(320, 640), formats=("avif",), protect=False, owner="a b")

    check_config(config, stack="dev")


def test_check_config_when_values_are_invalid_reports_the_fields() -> None:
    config = StackConfig(region="eu-central-1", max_dimension=0, domain="images.example.com", timeout=60)

    with pytest.raises(ConfigError) as caught:
        check_config(config, stack="Dev")

    assert str(caught.value).split("\n  ")[1:] == [
        "max_dimension: 0 is not a whole number from 1 to 8192",
        "timeout: 60 is not a whole number from 9 to 30",
        "domain: images.example.com needs hostedZone, the id of the hosted zone for its DNS records: "
        "set hostedZone to an id that `aws route53 list-hosted-zones-by-name` prints",
        "name of the stack: Dev is not 1 to 20 lower-case letters, digits and dashes, beginning with a letter or digit",
    ]
