"""edge/settings.py can read the settings header of a stack."""

import dataclasses
import json

from edge import settings
from infra.config.stack_config import StackConfig
from infra.delivery.settings_header import settings_header


def test_settings_header_is_read_by_the_edge_function() -> None:
    config = StackConfig(
        region="eu-north-1",
        formats=("avif", "webp"),
        max_dimension=2048,
        max_bytes=1,
        max_pixels=2,
        max_frames=3,
        render_timeout=5,
        memory=6,
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
        render_timeout=5,
        memory=6,
        browser_ttl=3,
        cdn_ttl=4,
    )


def test_settings_header_has_every_field_of_the_edge_settings() -> None:
    config_fields = {field.name for field in dataclasses.fields(StackConfig)}
    settings_fields = set(settings.Settings._fields)

    assert settings_fields - config_fields == {"bucket", "renditions"}


def test_settings_header_when_longest_fits_into_cloudfronts_limit() -> None:
    fields = (
        "max_dimension",
        "max_bytes",
        "max_pixels",
        "max_frames",
        "render_timeout",
        "memory",
        "browser_ttl",
        "cdn_ttl",
    )
    numbers = dict.fromkeys(fields, 10**12)  # This number has more digits than the limit of every field.
    config = StackConfig(region="ap-northeast-1", formats=("avif", "webp"), **numbers)
    header = settings_header(config, "b" * 63, "r" * 63)

    assert len(header) <= 1783
    assert header.isascii()
    assert header.isprintable()


def test_settings_header_with_unknown_fields_is_read_by_earlier_versions() -> None:
    header = settings_header(StackConfig(region="eu-west-1"), "originals", "renditions")
    later_header = json.dumps(json.loads(header) | {"color": "red"})

    assert settings.Settings.parse(later_header) == settings.Settings.parse(header)
