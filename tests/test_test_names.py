"""Check that pytest collects every test, and that the names of tests are short."""

import ast
from pathlib import Path

ROOT = Path(__file__).parent


def test_every_file_with_tests_is_collected_by_pytest() -> None:
    for path in ROOT.rglob("*.py"):
        if not path.name.startswith("test_"):
            assert "def test_" not in path.read_text(), f"{path}: pytest does not collect this file"


def test_names_of_tests_have_at_most_70_characters() -> None:
    names = [
        node.name
        for path in ROOT.rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]

    assert names
    assert [name for name in names if len(name) > 70] == []
