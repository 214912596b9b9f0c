"""The .pyc files of a bundle. Lambda keeps no compiled files, so without them every cold start compiles the sources."""

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pulumi

from infra.packaging.build_tools import ToolError, run_tool

PYTHON: Final = "3.13"
"""The Python version of both Lambda functions. Python ignores bytecode of another minor version."""

_PATCH_RELEASE: Final = f"{PYTHON}.18"
"""The release whose compiler makes the bytecode for Lambda; uv can download it.

Another patch release can compile other bytes. Two machines with different releases would then replace each other's
bundle at every `pulumi up`, and each replacement publishes a version of the edge function.
"""

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
    """Return the first interpreter of the pinned patch release, or else the first that compiles for Lambda.

    Warns in the second case. Raises LookupError if there is none; its message explains how to install an interpreter.
    """
    others: dict[str, str] = {}
    for candidate in _candidates() if candidates is None else candidates:
        release = _release(candidate)
        if release == _PATCH_RELEASE:
            return candidate
        if release.startswith(f"{PYTHON}."):
            others[candidate] = release
    if not others:
        raise LookupError(
            f"the bundle must be compiled by Python {PYTHON}, which was not found: put python{PYTHON} on the PATH, "
            f"or run `.venv/bin/uv python install {_PATCH_RELEASE}`"
        )
    interpreter, release = next(iter(others.items()))
    pulumi.log.warn(
        f"Python {release} compiles the bundle, because Python {_PATCH_RELEASE} was neither found nor downloaded. "
        "A deployment from another machine can therefore publish another version of the functions. "
        f"To prevent this, run `.venv/bin/uv python install {_PATCH_RELEASE}` and delete build/bundle/."
    )
    return interpreter


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
    if managed := _managed_interpreter():
        yield managed


@cache  # A process tries a failed download only once, because it takes seconds to fail.
def _managed_interpreter() -> str | None:
    """Return uv's interpreter of the pinned release, which uv downloads if necessary; None if the download fails."""
    try:
        run_tool(sys.executable, "-m", "uv", "python", "install", "--no-bin", _PATCH_RELEASE)
        return run_tool(sys.executable, "-m", "uv", "python", "find", "--managed-python", _PATCH_RELEASE).strip()
    except ToolError:
        return None


def _release(interpreter: str) -> str:
    """Return the release of an interpreter, such as 3.13.0; an empty text if it is no CPython or does not work."""
    code = "import platform; print(platform.python_implementation(), platform.python_version())"
    try:
        implementation, _, release = run_tool(interpreter, "-I", "-S", "-c", code).strip().partition(" ")
    except ToolError:
        return ""
    return release if implementation == "CPython" else ""
