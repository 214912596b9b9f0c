"""Runs the unchanged Pulumi program without Pulumi's engine and records what it declares."""

import asyncio
import contextvars
import json
import runpy
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pulumi
import yaml
from pulumi.runtime import mocks, rpc
from pulumi.runtime.config import set_all_config
from pulumi.runtime.settings import get_root_resource, is_dry_run

from local.program.resource_outputs import computed, invoked


class ProgramError(Exception):
    """The program, or the stack, is not what can be run; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One registration, with its inputs resolved. Names of inputs and outputs are Pulumi's wire names (camelCase)."""

    type: str
    name: str
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    protect: bool = False
    """Whether Pulumi refuses to delete it."""
    retain: bool = False
    """Whether it stays in AWS when the stack is destroyed."""


@dataclass(slots=True, kw_only=True)
class Program:
    """Resources in the order of their registration: what a resource needs stands before it."""

    root: Path
    stack: str
    region: str
    resources: list[Resource] = field(default_factory=list[Resource])
    outputs: dict[str, Any] = field(default_factory=dict[str, Any])
    secret_outputs: set[str] = field(default_factory=set[str])

    def of(self, type_: str) -> list[Resource]:
        """All of one type, as in `aws:s3/bucket:Bucket`."""
        return [resource for resource in self.resources if resource.type == type_]

    def find(self, type_: str, output: str, value: Any) -> Resource:
        """The one resource that an attribute of another one refers to; ProgramError if nothing is declared."""
        for resource in self.of(type_):
            if value == (resource.id if output == "id" else resource.outputs.get(output)):
                return resource
        raise ProgramError(f"nothing of type {type_} is declared with {output} = {value}")


def record(root: Path, stack: str, *, overrides: Mapping[str, str] | None = None, preview: bool = False) -> Program:
    """Runs root/__main__.py for one stack, with `overrides` of its config. ProgramError if it fails.

    A preview is that of a stack of which nothing exists yet: what AWS will compute is unknown, an object of Pulumi's.
    """
    project, config = stack_config(root, stack)
    config |= {key if ":" in key else f"{project}:{key}": value for key, value in (overrides or {}).items()}
    program = Program(root=root, stack=stack, region=config.get("aws:region", "us-east-1"))
    # Pulumi keeps its settings in context variables, and the program's modules must be read anew for each root.
    try:
        contextvars.Context().run(_run, program, project, config, preview)
    except Exception as error:
        raise ProgramError(f"stack {stack}: {type(error).__name__}: {error}") from error
    return program


def stack_config(root: Path, stack: str) -> tuple[str, dict[str, str]]:
    """The project's name, and the config as Pulumi would hand it over: defaults, then the stack's own values."""
    path = root / f"Pulumi.{stack}.yaml"
    if not path.is_file():
        known = sorted(file.name.split(".")[1] for file in root.glob("Pulumi.*.yaml"))
        raise ProgramError(f"there is no stack {stack!r}; known: {', '.join(known)}")
    project = yaml.safe_load((root / "Pulumi.yaml").read_text())
    declared: dict[str, Any] = project.get("config") or {}
    defaults = {key: spec["default"] for key, spec in declared.items() if "default" in spec}
    own: dict[str, Any] = (yaml.safe_load(path.read_text()) or {}).get("config") or {}
    values = {(key if ":" in key else f"{project['name']}:{key}"): value for key, value in (defaults | own).items()}
    return project["name"], {
        key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()
    }


class _Monitor(mocks.MockMonitor):
    """What Pulumi's own tells its mocks, and what it does not: what shall become of a resource at the end."""

    def __init__(self, recorder: "_Recorder") -> None:
        super().__init__(recorder)
        self._recorder = recorder

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        self._recorder.at_the_end[request.type, request.name] = (request.protect, request.retainOnDelete)
        return super().RegisterResource(request)


class _Recorder(mocks.Mocks):
    def __init__(self, program: Program) -> None:
        self._program = program
        self.at_the_end: dict[tuple[str, str], tuple[bool, bool]] = {}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        inputs = _plain(args.inputs)
        if not args.custom:
            return None, inputs
        where = {"region": self._program.region, "stack": self._program.stack}
        id_, outputs = (None, {}) if is_dry_run() else computed(args.typ, args.name, inputs, **where)
        protect, retain = self.at_the_end[args.typ, args.name]
        self._program.resources.append(
            Resource(
                type=args.typ,
                name=args.name,
                id=id_ or "",
                inputs=inputs,
                outputs=inputs | outputs,
                protect=protect,
                retain=retain,
            )
        )
        return id_, inputs | outputs

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        return invoked(args.token, region=self._program.region), []


def _run(program: Program, project: str, config: dict[str, str], preview: bool) -> None:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        with _modules_of(program.root):
            recorder = _Recorder(program)
            monitor = _Monitor(recorder)
            mocks.set_mocks(recorder, project=project, stack=program.stack, preview=preview, monitor=monitor)
            set_all_config(config)
            mocks.test(lambda: runpy.run_path(str(program.root / "__main__.py"), run_name="__main__"))()
        exported = getattr(get_root_resource(), "outputs", {})
        for name, value in exported.items():
            output = pulumi.Output.from_input(value)
            program.outputs[name] = loop.run_until_complete(output.future())
            if loop.run_until_complete(output.is_secret()):
                program.secret_outputs.add(name)
    finally:
        asyncio.set_event_loop(None)
        loop.close()


@contextmanager
def _modules_of(root: Path) -> Iterator[None]:
    """Imports of the program's own packages come from `root`, and are forgotten again: another root has others."""
    packages = {folder.name for folder in root.iterdir() if folder.is_dir()} - {"local"}

    def take_out() -> dict[str, ModuleType]:
        return {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] in packages}

    path, before = list(sys.path), take_out()
    sys.path.insert(0, str(root))
    try:
        yield
    finally:
        sys.path[:] = path
        take_out()
        sys.modules.update(before)


def _plain(value: Any) -> Any:
    """Inputs without Pulumi's wrapping of secrets, and with whole numbers whole: the wire knows only floats."""
    if isinstance(value, dict):
        if rpc.is_rpc_secret(value):
            return _plain(rpc.unwrap_rpc_secret(value))
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
