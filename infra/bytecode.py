"""The .pyc files of a bundle: Lambda's task directory is read-only, so what is not compiled here is compiled at each cold start."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

LAMBDA_PYTHON: Final = "3.13"
TASK: Final = "/var/task"


class NoInterpreter(Exception):
    """No Python of the version that Lambda runs is on this machine, and none could be had."""


def compile_tree(tree: Path, interpreter: str) -> None:
    """Beside every source its .pyc: never checked against the source, and naming it as Lambda will.

    https://docs.python.org/3/reference/import.html#pyc-invalidation
    """
    paths = ["-s", str(tree), "-p", TASK]
    command = [interpreter, "-I", "-S", "-m", "compileall", "-q", *paths, "--invalidation-mode", "unchecked-hash", str(tree)]
    subprocess.run(command, check=True, capture_output=True, text=True)


def lambda_interpreter() -> str:
    """A Python whose bytecode Lambda can load; NoInterpreter says how to get one."""
    for candidate in _candidates():
        if _runs(candidate):
            return candidate
    raise NoInterpreter(
        f"compiling the bundle takes a Python {LAMBDA_PYTHON}, and none was found: "
        f"put python{LAMBDA_PYTHON} on the PATH, or run `.venv/bin/uv python install {LAMBDA_PYTHON}`"
    )


def _candidates() -> Iterator[str]:
    name = f"python{LAMBDA_PYTHON}"
    yield sys.executable
    if on_path := shutil.which(name):
        yield on_path
    # What is on the PATH may be pyenv's stand-in, which runs only where that version has been chosen.
    for folder in sorted(Path.home().glob(f".pyenv/versions/{LAMBDA_PYTHON}*"), reverse=True):
        yield str(folder / "bin" / name)
    uv = [sys.executable, "-m", "uv", "python"]
    subprocess.run([*uv, "install", "--no-bin", LAMBDA_PYTHON], check=False, capture_output=True)
    found = subprocess.run([*uv, "find", "--managed-python", LAMBDA_PYTHON], check=False, capture_output=True, text=True)
    yield found.stdout.strip()


def _runs(interpreter: str) -> bool:
    wanted = f"cpython-{LAMBDA_PYTHON.replace('.', '')}"
    command = [interpreter, "-I", "-S", "-c", "import sys; print(sys.implementation.cache_tag)"]
    try:
        answer = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)
    except OSError:
        return False
    return answer.returncode == 0 and answer.stdout.strip() == wanted
