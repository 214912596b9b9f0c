"""The subpackages of the local engine import each other in one direction only."""

import ast

import pytest

from tests.support.served_stack import ROOT

ORDER = ("program", "aws", "lambdas", "cloudfront")
"""Each subpackage may import those before it."""


def imported_subpackages(subpackage: str) -> set[str]:
    nodes = [
        node for path in (ROOT / "local" / subpackage).rglob("*.py") for node in ast.walk(ast.parse(path.read_text()))
    ]
    modules = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    modules |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return {module.split(".")[1] for module in modules if module.startswith("local.")}


@pytest.mark.parametrize("subpackage", ORDER)
def test_subpackage_imports_only_earlier_ones(subpackage: str) -> None:
    assert imported_subpackages(subpackage) <= set(ORDER[: ORDER.index(subpackage) + 1])
