"""The .pyc files of a bundle. Lambda keeps no compiled files, so without them every cold start compiles the sources."""

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from infra.packaging.build_tools import ToolError, run_tool

PYTHON: Final = "3.13"
"""The Python version of both Lambda functions. Python ignores bytecode of another minor version."""

LAMBDA_RUNTIME: Final = f"python{PYTHON}"
"""The Lambda runtime of both functions, in the words of Lambda."""

# Lambda unpacks a bundle into this folder. Every .pyc records the path of its source, which must not depend on the
# machine that built the bundle.
_TASK_ROOT: Final = "/var/task"


def compile_tree(tree: Path, interpreter: str) -> None:
    """Write a .pyc for every source of the tree. Python never compares these files with their sources.

    https://docs.python.org/3/reference/import.html#pyc-invalidation
    """
    recorded_path = ["-s", str(tree), "-p", _TASK_ROOT]
    unchecked = ["--invalidation-mode", "unchecked-hash"]
    run_tool(interpreter, "-I", "-S", "-m", "compileall", "-q", *recorded_path, *unchecked, str(tree))


def lambda_interpreter(candidates: Iterable[str] | None = None) -> str:
    """Return the first interpreter that compiles for Lambda.

    Raises LookupError, whose message explains how to install such an interpreter, if there is none.
    """
    for candidate in _candidates() if candidates is None else candidates:
        if _compiles_for_lambda(candidate):
            return candidate
    raise LookupError(
        f"the bundle must be compiled by Python {PYTHON}, which was not found: put python{PYTHON} on the PATH, "
        f"or run `.venv/bin/uv python install {PYTHON}`"
    )


def _candidates() -> Iterator[str]:
    name = f"python{PYTHON}"
    yield sys.executable
    # The first match on the PATH can be pyenv's shim, which works only if that version is selected in pyenv. So all
    # matches are candidates.
    for folder in os.get_exec_path():
        if on_path := shutil.which(name, path=folder):
            yield on_path
    for file in sorted(Path.home().glob(f".pyenv/versions/{PYTHON}*/bin/{name}"), reverse=True):
        yield str(file)
    with suppress(ToolError):
        run_tool(sys.executable, "-m", "uv", "python", "install", "--no-bin", PYTHON)
        yield run_tool(sys.executable, "-m", "uv", "python", "find", "--managed-python", PYTHON).strip()


def _compiles_for_lambda(interpreter: str) -> bool:
    try:
        tag = run_tool(interpreter, "-I", "-S", "-c", "import sys; print(sys.implementation.cache_tag)")
    except ToolError:
        return False
    return tag.strip() == f"cpython-{PYTHON.replace('.', '')}"
