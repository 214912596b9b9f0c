"""Tests of the measurement for operators, with the edge function in its bundle and a local S3."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bench import operators
from bench.edge_function import EdgeFunction
from bench.image_files import write_image
from bench.local_s3 import serve_originals
from bench.operators import BY_ORIGINAL, EXTREME, TYPICAL, Request, measure_request
from conformance.pictures import quadrants
from edge.rendition import Rendition
from infra.config.stack_config import StackConfig


@pytest.fixture(scope="module")
def function() -> EdgeFunction:
    return EdgeFunction.build()


@pytest.fixture
def original(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the path of the original of every request."""
    path = tmp_path / "original.png"
    write_image(quadrants(480, 320), path, "png")
    monkeypatch.setattr(operators.originals, "photograph_path", lambda kind, megapixels: path)
    return path


@pytest.fixture
def environment(function: EdgeFunction, original: Path) -> Iterator[Mapping[str, str]]:
    settings = function.settings
    with serve_originals(settings["bucket"], settings["renditions"], [original]) as environment:
        yield environment


def test_measured_request_has_the_time_and_memory_of_a_rendition(
    function: EdgeFunction, environment: Mapping[str, str]
) -> None:
    request = Request(kind="png", megapixels=0.3, query="format=webp&width=100")

    measured = measure_request(request, function, environment)

    assert (measured["status"], measured["outcome"]) == (200, "")
    assert measured["ms"]["function"] > measured["ms"]["encode"] > 0
    assert measured["peak"] > measured["start"] > 0


def test_request_that_the_function_refuses_is_an_error(function: EdgeFunction, environment: Mapping[str, str]) -> None:
    request = Request(kind="png", megapixels=0.3, query="width=100")

    with pytest.raises(RuntimeError, match="did not make"):
        measure_request(request, function, environment)


@pytest.mark.parametrize("request_", [*BY_ORIGINAL, *TYPICAL, *EXTREME], ids=str)
def test_measured_request_is_within_the_default_limits(request_: Request) -> None:
    limits = StackConfig(region="eu-central-1")

    rendition = Rendition.parse(request_.query)

    assert (rendition.width or 0) <= limits.max_dimension
    assert request_.megapixels * 1_000_000 <= limits.max_pixels
