"""Test the targets of the Makefile in a copy of the project that contains a stand-in for the virtual environment."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PRINT_ARGUMENTS = '#!/bin/sh\nfor argument in "$@"; do echo "<$argument>"; done\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder with the Makefile, and with an interpreter that prints its arguments."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "run.txt").touch()
    interpreter = tmp_path / ".venv" / "bin" / "python"
    interpreter.parent.mkdir(parents=True)
    interpreter.write_text(PRINT_ARGUMENTS)
    interpreter.chmod(0o755)
    (tmp_path / ".venv" / "run").touch()
    return tmp_path


def start_make(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # `make test` passes its own options and its level on, with which a nested make prints its folder.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    environment["PATH"] = f"{project / 'bin'}:{environment['PATH']}"
    return subprocess.run(["make", *arguments], cwd=project, env=environment, capture_output=True, text=True)


def make(project: Path, *arguments: str) -> list[str]:
    completed = start_make(project, *arguments)
    completed.check_returncode()
    return completed.stdout.splitlines()


@pytest.mark.parametrize("folder", ["samples", "/x/holiday 2026", "it's", '50% "off"', "a;b"])
def test_run_passes_a_folder_to_the_engine_as_it_is(project: Path, folder: str) -> None:
    arguments = make(project, "run", f"IMAGES={folder}", "PORT=81", "STACK=prod")

    assert arguments == [
        *("<-m>", "<local>", "<--stack>", "<prod>", "<--images>", f"<{folder}>", "<--port>", "<81>"),
    ]


@pytest.mark.parametrize("url", ["", "https://images.example.com"])
def test_smoke_passes_stack_and_url_to_the_tests(project: Path, url: str) -> None:
    (project / "requirements" / "dev.txt").touch()
    (project / ".venv" / "done").touch()

    arguments = make(project, "smoke", "STACK=prod", f"URL={url}")

    base_url = ["<--base-url>", f"<{url}>"] if url else []
    assert arguments == ["<-m>", "<pytest>", "<tests/live>", "<--stack>", "<prod>", *base_url]


@pytest.mark.parametrize("system", ["Darwin arm64", "Linux riscv64", "MINGW64_NT-10.0 x86_64"])
def test_run_on_another_system_names_what_is_needed(project: Path, system: str) -> None:
    (project / ".venv" / "run").unlink()
    (project / "bin").mkdir()
    name, machine = system.split()
    uname = project / "bin" / "uname"
    uname.write_text(f'#!/bin/sh\n[ "$1" = -m ] && echo {machine} || echo {name}\n')
    uname.chmod(0o755)

    completed = start_make(project, "run")

    (message,) = completed.stderr.splitlines()
    assert "the local engine needs Linux on x86-64 or arm64" in message
    assert completed.stdout == ""
    assert completed.returncode == 2


def test_clean_removes_what_the_tools_create_and_no_source(project: Path) -> None:
    ignored = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text().split() if "*" not in line]
    for folder in (project, project / "edge" / "imaging", project / "bench"):
        for name in ignored:
            (folder / name).mkdir(parents=True, exist_ok=True)
    sources = [project / "edge" / "imaging" / "decode.py", project / "Makefile"]
    sources[0].touch()
    for folder in ("__pycache__", ".pytest_cache", ".ruff_cache", ".hypothesis", "build", ".venv", ".venv-bench"):
        (project / folder / "file").touch()

    make(project, "clean")

    assert all(source.exists() for source in sources)
    assert [name for name in ignored if (project / name).exists()] == ["node_modules"]  # npm installs into bench/
    assert not list(project.rglob("__pycache__"))
    assert not (project / "bench" / "node_modules").exists()


def test_pinned_uv_is_installed_with_its_hashes(project: Path) -> None:
    """pip installs uv, and uv installs everything else: both downloads are then shared with the bundles."""
    shutil.copy(ROOT / "requirements" / "run.txt", project / "requirements")
    (project / ".venv" / "run").unlink()

    commands = make(project, "--dry-run", ".venv/run")
    extract = next(command for command in commands if command.startswith("sed ")).partition("|")[0]
    pins = subprocess.run(["sh", "-c", extract], cwd=project, capture_output=True, text=True, check=True).stdout

    assert pins.startswith("uv==")
    assert pins.count("==") == 1
    assert "--hash=sha256:" in pins
    assert "--require-hashes" in " ".join(commands)
