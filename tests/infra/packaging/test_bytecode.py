"""The interpreter that compiles a bundle for Lambda."""

import os
import sys
from pathlib import Path

import pytest

from infra.packaging import bytecode


def interpreter(folder: Path, tag: str, *, status: int = 0) -> str:
    """Write a program that prints `tag` as its version tag, like an interpreter, and return the path of the program."""
    file = folder / f"python-{len(list(folder.iterdir()))}"
    file.write_text(f"#!/bin/sh\necho {tag}\nexit {status}\n")
    file.chmod(0o755)
    return str(file)


def test_lambda_interpreter_is_the_first_that_works(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    shim = interpreter(tmp_path, "cpython-313", status=127)
    older = interpreter(tmp_path, "cpython-312")
    first_match = interpreter(tmp_path, "cpython-313")
    second_match = interpreter(tmp_path, "cpython-313")

    assert bytecode.lambda_interpreter([missing, shim, older, first_match, second_match]) == first_match


def test_lambda_interpreter_when_none_works_says_how_to_install_one(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match=r"put python3\.13 on the PATH, or run `\.venv/bin/uv python install 3\.13`"):
        bytecode.lambda_interpreter([interpreter(tmp_path, "cpython-312")])


def test_candidates_are_on_the_path_in_pyenv_and_from_uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_path, pyenv = tmp_path / "bin", tmp_path / ".pyenv" / "versions" / "3.13.0" / "bin"
    for folder in (on_path, pyenv):
        folder.mkdir(parents=True)
        (folder / "python3.13").touch(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path / "nothing"), str(on_path)]))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(bytecode, "run_tool", lambda *_command: "/managed/python3.13\n")

    assert list(bytecode._candidates()) == [
        sys.executable,
        str(on_path / "python3.13"),
        str(pyenv / "python3.13"),
        "/managed/python3.13",
    ]
