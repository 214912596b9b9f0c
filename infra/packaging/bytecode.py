"""The .pyc files of a bundle: Lambda cannot keep what it compiles, so without them each cold start compiles anew."""

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from infra.packaging.build_tools import ToolError, run

PYTHON: Final = "3.13"
"""What Lambda runs; it ignores the bytecode of any other minor version."""

# Where Lambda unpacks a bundle. Every .pyc records its source's path, which must not be that of whoever built it.
_TASK: Final = "/var/task"


def compile_tree(tree: Path, interpreter: str) -> None:
    """Puts a .pyc beside every source, one that is never checked against it.

    https://docs.python.org/3/reference/import.html#pyc-invalidation
    """
    recorded = ["-s", str(tree), "-p", _TASK]
    unchecked = ["--invalidation-mode", "unchecked-hash"]
    run(interpreter, "-I", "-S", "-m", "compileall", "-q", *recorded, *unchecked, str(tree))


def lambda_interpreter(candidates: Iterable[str] | None = None) -> str:
    """The first Python that compiles for Lambda; LookupError says how to get one."""
    for candidate in _candidates() if candidates is None else candidates:
        if _compiles_for_lambda(candidate):
            return candidate
    raise LookupError(
        f"the bundle has to be compiled by Python {PYTHON}, and none was found: put python{PYTHON} on the PATH, "
        f"or run `.venv/bin/uv python install {PYTHON}`"
    )


def _candidates() -> Iterator[str]:
    name = f"python{PYTHON}"
    yield sys.executable
    # Every one on the PATH: the first may be pyenv's stand-in, which works only where that version has been chosen.
    for folder in os.get_exec_path():
        if on_path := shutil.which(name, path=folder):
            yield on_path
    for file in sorted(Path.home().glob(f".pyenv/versions/{PYTHON}*/bin/{name}"), reverse=True):
        yield str(file)
    with suppress(ToolError):
        run(sys.executable, "-m", "uv", "python", "install", "--no-bin", PYTHON)
        yield run(sys.executable, "-m", "uv", "python", "find", "--managed-python", PYTHON).strip()


def _compiles_for_lambda(interpreter: str) -> bool:
    try:
        tag = run(interpreter, "-I", "-S", "-c", "import sys; print(sys.implementation.cache_tag)")
    except ToolError:
        return False
    return tag.strip() == f"cpython-{PYTHON.replace('.', '')}"
