import dataclasses
import json

import pytest

from edge import settings
from infra.config.stack_config import StackConfig
from infra.delivery.settings_header import settings_header


def test_the_edge_function_reads_what_the_stack_writes() -> None:
    config = StackConfig(
        region="eu-north-1",
        formats=("avif", "webp"),
        max_dimension=2048,
        max_bytes=1,
        max_pixels=2,
        max_frames=3,
        browser_ttl=3,
        cdn_ttl=4,
    )

    assert settings.Settings.parse(
        settings_header(config, "originals-1a2b3c4", "renditions-1a2b3c4")
    ) == settings.Settings(
        bucket="originals-1a2b3c4",
        renditions="renditions-1a2b3c4",
        region="eu-north-1",
        formats=("avif", "webp"),
        max_dimension=2048,
        max_bytes=1,
        max_pixels=2,
        max_frames=3,
        browser_ttl=3,
        cdn_ttl=4,
    )


def test_every_limit_that_both_sides_name_is_passed_on() -> None:
    here = {field.name for field in dataclasses.fields(StackConfig)}
    there = {field.name for field in dataclasses.fields(settings.Settings)}

    assert there - here == {"bucket", "renditions"}


@pytest.mark.parametrize("digits", [pytest.param(10**12, id="numbers longer than any limit")])
def test_the_longest_header_is_within_what_cloudfront_takes(digits: int) -> None:
    numbers = dict.fromkeys(
        ("max_dimension", "max_bytes", "max_pixels", "max_frames", "browser_ttl", "cdn_ttl"), digits
    )
    config = StackConfig(region="ap-northeast-1", formats=("avif", "webp"), **numbers)
    header = settings_header(config, "b" * 63, "r" * 63)

    assert len(header) <= 1783
    assert header.isascii()
    assert header.isprintable()


def test_an_earlier_version_of_the_function_can_read_what_a_later_program_writes() -> None:
    header = settings_header(StackConfig(region="eu-west-1"), "originals", "renditions")
    later = json.dumps(json.loads(header) | {"colour": "red"})

    assert settings.Settings.parse(later) == settings.Settings.parse(header)
