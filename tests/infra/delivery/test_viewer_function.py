"""The code of the viewer function consists of the limits of the stack and edge/viewer_request.js."""

import json

import pytest

from common.contract import CHOICES, DEFAULT_QUALITIES
from infra.config.stack_config import ConfigError, StackConfig
from infra.delivery.viewer_function import viewer_code
from tests.support.served_stack import ROOT

SOURCE = (ROOT / "edge" / "viewer_request.js").read_text()


def test_viewer_code_has_the_limits_before_the_unchanged_source() -> None:
    config = StackConfig(region="eu-central-1", max_dimension=2048, sizes=(320, 640), formats=("avif", "webp"))
    first, rest = viewer_code(config).split("\n", 1)

    assert rest == SOURCE
    assert json.loads(first.removeprefix("const LIMITS = ").removesuffix(";")) == {
        "maxDimension": 2048,
        "sizes": [320, 640],
        "format": "auto",
        "formats": ["avif", "webp"],
        "choices": {name: [*words] for name, words in CHOICES.items()},
        "qualities": DEFAULT_QUALITIES,
        "storedPrefix": ".renditions/",
    }


def test_viewer_code_with_a_hundred_sizes_fits() -> None:
    sizes = tuple(range(1000, 1100))

    assert len(viewer_code(StackConfig(region="eu-central-1", sizes=sizes)).encode()) <= 10_240


def test_viewer_code_with_more_sizes_than_fit_is_refused() -> None:
    with pytest.raises(
        ConfigError, match=r"^the viewer function has \d+ bytes, but CloudFront accepts at most 10240: list fewer"
    ):
        viewer_code(StackConfig(region="eu-central-1", sizes=tuple(range(1000, 2000))))
