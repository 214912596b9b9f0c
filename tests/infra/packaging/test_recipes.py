"""The bundle of the refresh function: as deterministic as the edge's, and nothing of the commands' terminal in it."""

import sys
from pathlib import Path

import pytest

from infra.packaging import bytecode
from infra.packaging.bundle import stage, zipped_size
from infra.packaging.recipes import REFRESH
from tests.infra.packaging.test_bundle import ROOT, contents, isolated


@pytest.fixture(scope="module")
def tree(target: str) -> Path:
    return stage(ROOT, target, REFRESH)


def test_it_holds_our_few_files_and_the_libraries_and_nothing_else(tree: Path) -> None:
    names = contents(tree)

    ours = {name for name in names if name.startswith(("common/", "edge/", "ops/", "refresh/")) and "__pycache__" not in name}
    assert ours == {
        *(f"common/{name}.py" for name in ("__init__", "cache_tags", "contract", "invalidation", "retry")),
        *(f"refresh/{name}.py" for name in ("__init__", "handler", "messages", "settings", "warmup")),
    }
    tops = {name.split("/")[0].split("-")[0] for name in names}
    libraries = {"aws_lambda_powertools", "boto3", "botocore", "jmespath", "s3transfer", "urllib3"}
    libraries |= {"dateutil", "python_dateutil", "tenacity", "six", "six.py", "typing_extensions", "typing_extensions.py"}
    assert tops - {"__pycache__"} == {"common", "refresh"} | libraries


def test_the_handler_can_be_imported_where_there_is_nothing_else(tree: Path, target: str) -> None:
    interpreter = sys.executable if target == "host" else bytecode.lambda_interpreter()
    clients = "import boto3; [boto3.client(name, region_name='eu-west-1') for name in ('s3', 'sqs', 'cloudfront')]"

    isolated(interpreter, tree, f"import refresh.handler\n{clients}")


def test_it_is_no_larger_than_it_has_to_be(tree: Path) -> None:
    assert zipped_size(tree) < 6_000_000


def test_it_is_another_bundle_than_the_edges(target: str) -> None:
    assert stage(ROOT, target, REFRESH).name.startswith(f"refresh-{target}-")
    assert stage(ROOT, target).name.startswith(f"edge-{target}-")
