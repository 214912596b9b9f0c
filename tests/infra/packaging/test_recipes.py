"""The bundle of the refresh function: complete, importable alone, and without the code of other packages."""

import sys
from pathlib import Path

import pytest

from infra.packaging import bytecode
from infra.packaging.bundle import build_bundle, zipped_size
from infra.packaging.recipes import REFRESH
from tests.infra.packaging.test_bundle import contents, run_isolated
from tests.support.served_stack import ROOT


@pytest.fixture(scope="module")
def tree(target: str) -> Path:
    return build_bundle(ROOT, target, REFRESH)


def test_refresh_bundle_contains_only_its_sources_and_libraries(tree: Path) -> None:
    names = contents(tree)

    source_files = {
        name
        for name in names
        if name.startswith(("common/", "edge/", "ops/", "refresh/")) and "__pycache__" not in name
    }
    assert source_files == {
        *(f"common/{name}.py" for name in ("__init__", "cache_tags", "contract", "invalidation", "retry")),
        *(f"refresh/{path.name}" for path in (ROOT / "refresh").glob("*.py")),
    }
    top_level = {name.split("/")[0].split("-")[0] for name in names}
    libraries = {"aws_lambda_powertools", "boto3", "botocore", "jmespath", "s3transfer", "urllib3"}
    libraries |= {
        "dateutil",
        "python_dateutil",
        "tenacity",
        "six",
        "six.py",
        "typing_extensions",
        "typing_extensions.py",
    }
    assert top_level - {"__pycache__"} == {"common", "refresh"} | libraries


def test_refresh_handler_can_be_imported_alone(tree: Path, target: str) -> None:
    interpreter = sys.executable if target == "host" else bytecode.lambda_interpreter()
    clients = "import boto3; [boto3.client(name, region_name='eu-west-1') for name in ('s3', 'sqs', 'cloudfront')]"

    run_isolated(interpreter, tree, f"import refresh.handler\n{clients}")


def test_refresh_bundle_is_small(tree: Path) -> None:
    assert zipped_size(tree) < 6_000_000


def test_refresh_bundle_differs_from_the_edge_bundle(target: str) -> None:
    assert build_bundle(ROOT, target, REFRESH).name.startswith(f"refresh-{target}-")
    assert build_bundle(ROOT, target).name.startswith(f"edge-{target}-")
