"""The script `bin/ops`."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from tests.support.aws_servers import OUTPUTS
from tests.support.served_stack import ROOT

UNCHECKED = "the keys were not checked: the stack has no output originals_bucket\n"
SCRIPT = ROOT / "bin" / "ops"


def run(script: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [str(script), *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_script_runs_in_a_folder_with_another_package_named_ops(tmp_path: Path) -> None:
    (tmp_path / "ops").mkdir()
    (tmp_path / "ops" / "__main__.py").write_text("raise SystemExit('wrong package')")
    (tmp_path / "stack.json").write_text(json.dumps(OUTPUTS))
    (tmp_path / "keys.txt").write_text("cats/1.jpg\n")

    process = run(SCRIPT, "invalidate", "--from", "keys.txt", "--dry-run", "--outputs", "stack.json", folder=tmp_path)

    assert (process.returncode, process.stderr) == (0, UNCHECKED)
    assert "cats/1.jpg" in process.stdout


def test_script_runs_through_a_link_and_names_itself_in_messages(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(SCRIPT)

    process = run(tmp_path / "link", "status", folder=tmp_path)

    assert process.returncode == 2
    assert process.stderr == "ops status: no stack is selected: add --stack NAME, --outputs FILE or --local\n"


def test_script_without_installed_packages_says_what_to_run(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    shutil.copy(SCRIPT, tmp_path / "bin")

    process = run(tmp_path / "bin" / "ops", "--help", folder=ROOT)

    assert process.returncode == 1
    assert process.stderr == f"ops: the packages are not installed: run make setup in {tmp_path}\n"
