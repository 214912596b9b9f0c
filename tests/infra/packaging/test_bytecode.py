"""The interpreter that compiles a bundle for Lambda."""

import json
import os
import re
import sys
from pathlib import Path

import pytest

from infra.packaging import bytecode
from infra.packaging.build_tools import run_tool

PINNED = bytecode._PATCH_RELEASE


def interpreter(folder: Path, release: str, *, name: str = "CPython", status: int = 0) -> str:
    """Write a program that prints this implementation and release, like an interpreter, and return its path."""
    file = folder / f"python-{len(list(folder.iterdir()))}"
    file.write_text(f"#!/bin/sh\necho {name} {release}\nexit {status}\n")
    file.chmod(0o755)
    return str(file)


def test_lambda_interpreter_is_the_first_of_the_pinned_release_that_works(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "missing")
    shim = interpreter(tmp_path, PINNED, status=127)
    other_implementation = interpreter(tmp_path, PINNED, name="PyPy")
    older = interpreter(tmp_path, "3.12.9")
    other_patch = interpreter(tmp_path, "3.13.0")
    first_match = interpreter(tmp_path, PINNED)
    second_match = interpreter(tmp_path, PINNED)
    candidates = [missing, shim, other_implementation, older, other_patch, first_match, second_match]

    assert bytecode.lambda_interpreter(candidates) == first_match
    assert capsys.readouterr().err == ""


def test_lambda_interpreter_of_another_patch_release_causes_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other_patch, later_match = interpreter(tmp_path, "3.13.0"), interpreter(tmp_path, "3.13.99")

    assert bytecode.lambda_interpreter([other_patch, later_match]) == other_patch
    warning = capsys.readouterr().err
    assert f"Python 3.13.0 compiles the bundle, because Python {PINNED} was neither found nor downloaded." in warning
    assert f"uv python install {PINNED}` and delete build/bundle/" in warning


def test_lambda_interpreter_when_none_works_says_how_to_install_one(tmp_path: Path) -> None:
    advice = f"put python3.13 on the PATH, or run `.venv/bin/uv python install {PINNED}`"

    with pytest.raises(LookupError, match=re.escape(advice)):
        bytecode.lambda_interpreter([interpreter(tmp_path, "3.12.9")])


def test_pinned_release_is_of_the_runtime_and_uv_can_download_it() -> None:
    listed = run_tool(
        *(sys.executable, "-m", "uv", "python", "list", "--only-downloads", "--all-versions"),
        *("--output-format", "json", bytecode.PYTHON),
    )

    assert PINNED in {download["version"] for download in json.loads(listed)}


def test_candidates_are_on_the_path_in_pyenv_and_from_uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_path, pyenv = tmp_path / "bin", tmp_path / ".pyenv" / "versions" / "3.13.0" / "bin"
    for folder in (on_path, pyenv):
        folder.mkdir(parents=True)
        (folder / "python3.13").touch(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path / "nothing"), str(on_path)]))
    monkeypatch.setenv("HOME", str(tmp_path))
    commands: list[tuple[str, ...]] = []

    def note_command(*command: str) -> str:
        commands.append(command)
        return "/managed/python3.13\n"

    monkeypatch.setattr(bytecode, "run_tool", note_command)
    monkeypatch.setattr(
        bytecode, "_managed_interpreter", bytecode._managed_interpreter.__wrapped__
    )  # without its cache

    assert list(bytecode._candidates()) == [
        sys.executable,
        str(on_path / "python3.13"),
        str(pyenv / "python3.13"),
        "/managed/python3.13",
    ]
    assert [command[-1] for command in commands] == [PINNED, PINNED], "uv installs and finds the pinned release"
