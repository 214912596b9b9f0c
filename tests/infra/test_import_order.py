"""The packages of infra form layers: each imports only from the layers below."""

import ast
from pathlib import Path

import pytest

from tests.support.served_stack import ROOT

LAYERS = ("config", "iam", "storage", "packaging", "delivery", "uploads", "observability", "image_resizer")
"""The layers from the bottom to the top. A layer may import itself and the layers below."""
HELPERS = {"paths": (), "resource_tags": ("config",)}
"""For each helper module, the layers that it imports. Every layer above these layers may import the module."""

FILES = sorted(path for path in (ROOT / "infra").rglob("*.py") if path != ROOT / "infra" / "__init__.py")


def layer_of(path: Path) -> str:
    return path.relative_to(ROOT / "infra").parts[0].removesuffix(".py")


def imported_layers(path: Path) -> set[str]:
    """Return the layers and helpers that a file imports, including imports for type checkers."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    modules = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    modules |= {
        f"{node.module}.{alias.name}"
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module == "infra"
        for alias in node.names
    }
    modules |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return {module.split(".")[1] for module in modules if module.startswith("infra.")}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_imports_only_its_own_layer_and_lower_ones(path: Path) -> None:
    layer = layer_of(path)
    if layer in HELPERS:
        allowed = set(HELPERS[layer])
    else:
        lower = LAYERS[: LAYERS.index(layer) + 1]
        allowed = {*lower, *(helper for helper, layers in HELPERS.items() if set(layers) < set(lower))}

    assert imported_layers(path) <= allowed
