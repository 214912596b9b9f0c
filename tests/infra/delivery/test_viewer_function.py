import json
from pathlib import Path

import pytest

from common.contract import CHOICES
from infra.config.stack_config import ConfigError, StackConfig
from infra.delivery.viewer_function import viewer_code

SOURCE = (Path(__file__).parents[3] / "edge" / "viewer_request.js").read_text()


def test_the_limits_of_the_stack_stand_in_front_of_the_unchanged_code() -> None:
    config = StackConfig(region="eu-central-1", max_dimension=2048, sizes=(320, 640), formats=("avif", "webp"))
    first, rest = viewer_code(config).split("\n", 1)

    assert rest == SOURCE
    assert json.loads(first.removeprefix("const LIMITS = ").removesuffix(";")) == {
        "maxDimension": 2048,
        "sizes": [320, 640],
        "format": "auto",
        "formats": ["avif", "webp"],
        "choices": {name: [*words] for name, words in CHOICES.items()},
    }


def test_a_stack_may_list_a_hundred_sizes() -> None:
    sizes = tuple(range(1000, 1100))

    assert len(viewer_code(StackConfig(region="eu-central-1", sizes=sizes)).encode()) <= 10_240


def test_more_sizes_than_cloudfront_takes_are_refused_before_anything_is_deployed() -> None:
    with pytest.raises(ConfigError, match=r"^the viewer function has \d+ bytes, CloudFront takes 10240: list fewer"):
        viewer_code(StackConfig(region="eu-central-1", sizes=tuple(range(1000, 2000))))
