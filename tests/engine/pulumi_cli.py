"""Run Pulumi's real engine on the program, with the stand-in provider, a local backend and no network."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.engine.account import Account
from tests.support.served_stack import PROGRAM, ROOT

PASSPHRASE = "a passphrase for tests"
TOOLS = ("pulumi", "pulumi-language-python", "pulumi-language-python-exec")
"""The executables of Pulumi's CLI that these tests need."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """The result of one command of the CLI."""

    status: int
    output: str
    calls: list[tuple[str, str]]
    """The calls of the provider that succeeded, in order: `("create", "s3.Bucket originals")`."""

    def labels(self, operation: str) -> set[str]:
        """Return the resources of one operation, which is create, update or delete."""
        return {label for called, label in self.calls if called == operation}


class Deployment:
    """One stack in a folder of its own: program, configuration, state, and the account of the stand-in provider."""

    def __init__(self, folder: Path, stack: str) -> None:
        self.folder, self.stack, self.program = folder, stack, folder / "program"
        self.account = Account(folder / "account.json")

    @classmethod
    def create(cls, folder: Path, stack: str) -> "Deployment":
        """Copy the program, so that a scenario can change its code and its configuration, and create an empty stack."""
        deployment = cls(folder, stack)
        for name in ("state", "home", "bin"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        deployment._copy_program()
        deployment._write_provider()
        # The bundle for this machine needs no other version of Python, and the local engine has often built it.
        deployment.set(bundleTarget="host")
        run = deployment.run("stack", "init")
        assert run.status == 0, run.output
        return deployment

    def set(self, **keys: Any) -> None:
        """Write keys of the project's configuration, or with the value None, remove them."""
        file = self.program / f"Pulumi.{self.stack}.yaml"
        document = yaml.safe_load(file.read_text())
        for name, value in keys.items():
            key = "aws:region" if name == "region" else f"edge-image-resizer:{name}"
            if value is None:
                document["config"].pop(key, None)
            else:
                document["config"][key] = value
        file.write_text(yaml.safe_dump(document))

    def append(self, file: str, text: str) -> None:
        """Append a text to a file of the program."""
        with (self.program / file).open("a") as stream:
            stream.write(text)

    def transform(self, type_: str, statement: str) -> None:
        """Let the program run a statement for each resource of a type. It can change `args.props` and `args.opts`."""
        self.append(
            "infra/image_resizer.py",
            f"""

def _transform(args):
    if args.type_ == {type_!r}:
        {statement}
    return pulumi.ResourceTransformResult(args.props, args.opts)


pulumi.runtime.register_resource_transform(_transform)
""",
        )

    def use_new_build_folder(self) -> None:
        """Let the program build its bundles anew, as a new checkout does."""
        build = self.program / "build"
        if build.is_symlink():
            build.unlink()
        else:
            shutil.rmtree(build)

    def fail(self, *calls: str) -> None:
        """Let the provider refuse each of these calls once. A call is for example `create s3.Bucket originals`."""
        (self.folder / "failures.json").write_text(json.dumps(calls))
        (self.folder / "refused.jsonl").write_text("")

    def refused_calls(self) -> frozenset[str]:
        """Return the calls of `fail` that the provider has refused."""
        return frozenset(map(json.loads, (self.folder / "refused.jsonl").read_text().splitlines()))

    def copy(self, folder: Path) -> "Deployment":
        """Return a copy of this deployment: program, configuration, state and account."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Deployment(folder, self.stack)

    def up(self, *arguments: str) -> Run:
        """Run `pulumi up` with its preview, as an operator does."""
        return self.run("up", "--yes", *arguments)

    def update(self, *arguments: str) -> Run:
        """Run `pulumi up` without its preview, which takes half the time."""
        return self.up("--skip-preview", *arguments)

    def destroy(self) -> Run:
        """Run `pulumi destroy`."""
        return self.run("destroy", "--yes")

    def outputs(self) -> dict[str, Any]:
        """Return the outputs of the stack."""
        return self._read_json("stack", "output", "--json")

    def preview_steps(self) -> list[dict[str, Any]]:
        """Return the steps of `pulumi preview`, each with its `op` and its `urn`."""
        return self._read_json("preview", "--json")["steps"]

    def export_state(self) -> dict[str, Any]:
        """Return the state of the stack."""
        return self._read_json("stack", "export")

    def import_state(self, state: dict[str, Any]) -> None:
        """Replace the state of the stack."""
        file = self.folder / "imported.json"
        file.write_text(json.dumps(state))
        run = self.run("stack", "import", "--file", str(file))
        assert run.status == 0, run.output

    def _read_json(self, *arguments: str) -> Any:
        completed = self._execute(*arguments, stderr=subprocess.PIPE)
        assert completed.returncode == 0, completed.stderr + completed.stdout
        return json.loads(completed.stdout)

    def run(self, *arguments: str) -> Run:
        """Run a command of the CLI for this stack."""
        calls = self.folder / "calls.jsonl"
        calls.write_text("")
        completed = self._execute(*arguments, stderr=subprocess.STDOUT)
        lines = [json.loads(line) for line in calls.read_text().splitlines()]
        return Run(
            status=completed.returncode,
            output=completed.stdout,
            calls=[(operation, label) for operation, label in lines],
        )

    def environment(self) -> dict[str, str]:
        """Return the environment variables with which the CLI finds this stack and the stand-in provider."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))}
        return inherited | {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{self.folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "STAND_IN_FOLDER": str(self.folder),
        }

    def _execute(self, *arguments: str, stderr: int) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pulumi", "--non-interactive", "--color", "never", *arguments, "--stack", self.stack],
            cwd=self.program,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            timeout=300,
            check=False,
        )

    def _copy_program(self) -> None:
        for name in PROGRAM:
            source, target = ROOT / name, self.program / name
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)
        # The name of a bundle depends on its content, so the copy uses the bundles that are already built.
        (ROOT / "build").mkdir(exist_ok=True)
        (self.program / "build").symlink_to(ROOT / "build")
        (self.program / ".venv").symlink_to(sys.prefix)

    def _write_provider(self) -> None:
        script = self.folder / "bin" / "pulumi-resource-aws"
        script.write_text(f"#!/bin/sh\ncd {ROOT} && exec {sys.executable} -m tests.engine.stand_in_provider\n")
        script.chmod(0o755)
