"""Runs the unchanged Pulumi program without Pulumi's engine and records the resources that it declares."""

import asyncio
import contextvars
import runpy
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pulumi
from pulumi.runtime import mocks, rpc
from pulumi.runtime.config import set_all_config
from pulumi.runtime.settings import get_engine, get_root_resource, is_dry_run

from local.program.config_files import config_key, name_prefix, stack_config
from local.program.program import Program, ProgramError, Resource
from local.program.resource_outputs import provider_call, resource_outputs

InputsEdit = Callable[[str, str, dict[str, Any]], None]
"""A function of a resource's type, name and inputs, which may change the inputs."""


def record(
    root: Path,
    stack: str,
    *,
    overrides: Mapping[str, str] | None = None,
    preview: bool = False,
    edit_inputs: InputsEdit | None = None,
) -> Program:
    """Run root/__main__.py for one stack and return its resources and outputs. `overrides` replace config values.

    `preview` records the preview of a stack that does not exist yet: values that AWS would compute are Pulumi's
    `Unknown`. `edit_inputs` is called for each resource before its outputs are computed, so that a test can break what
    the program declares. Raises ProgramError if the stack does not exist or the program fails.
    """
    project, config = stack_config(root, stack)
    config |= {config_key(project, key): value for key, value in (overrides or {}).items()}
    program = Program(root=root, stack=stack, region=config.get("aws:region", "us-east-1"))
    # Pulumi keeps its settings in context variables; a new context isolates each recorded program.
    try:
        contextvars.Context().run(_run, program, project, config, preview, edit_inputs)
    except Exception as error:
        raise ProgramError(f"stack {stack}: {type(error).__name__}: {error}") from error
    return program


class _Monitor(mocks.MockMonitor):
    """Pulumi's mock monitor, which also records the options `protect` and `retainOnDelete`.

    Pulumi does not pass these options to its mocks.
    """

    def __init__(self, recorder: "_Recorder") -> None:
        super().__init__(recorder)
        self._recorder = recorder

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        self._recorder.deletion_options[request.type, request.name] = (request.protect, request.retainOnDelete)
        return super().RegisterResource(request)


class _Recorder(mocks.Mocks):
    """Pulumi's mocks, which add each resource to the program."""

    def __init__(self, program: Program, project: str, edit_inputs: InputsEdit | None) -> None:
        self._program = program
        self._name_prefix = name_prefix(program.root, project, program.stack)
        self._edit_inputs = edit_inputs
        self.deletion_options: dict[tuple[str, str], tuple[bool, bool]] = {}
        """`protect` and `retainOnDelete` by type and name."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        inputs = _unwrap(args.inputs)
        if not args.custom:
            return None, inputs
        if self._edit_inputs is not None:
            self._edit_inputs(args.typ, args.name, inputs)
        if is_dry_run():
            id_, outputs = None, {}
        else:
            id_, outputs = resource_outputs(
                args.typ,
                args.name,
                inputs,
                region=self._program.region,
                stack=self._program.stack,
                name_prefix=self._name_prefix,
            )
        protect, retain = self.deletion_options[args.typ, args.name]
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
        return provider_call(args.token, region=self._program.region), []


def _run(program: Program, project: str, config: dict[str, str], preview: bool, edit_inputs: InputsEdit | None) -> None:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        with _modules_from(program.root):
            recorder = _Recorder(program, project, edit_inputs)
            monitor = _Monitor(recorder)
            mocks.set_mocks(recorder, project=project, stack=program.stack, preview=preview, monitor=monitor)
            # Pulumi's mock engine cannot check `require_pulumi_version`, and no CLI runs the program here.
            engine: Any = get_engine()
            engine.RequirePulumiVersion = lambda _request: None
            set_all_config(config)
            mocks.test(lambda: runpy.run_path(str(program.root / "__main__.py"), run_name="__main__"))()
        for name, value in getattr(get_root_resource(), "outputs", {}).items():
            output = pulumi.Output.from_input(value)
            program.outputs[name] = loop.run_until_complete(output.future())
            if loop.run_until_complete(output.is_secret()):
                program.secret_outputs.add(name)
    finally:
        asyncio.set_event_loop(None)
        loop.close()


@contextmanager
def _modules_from(root: Path) -> Iterator[None]:
    """Import the packages of the program from `root`, and remove them afterwards.

    Another root has other versions of these packages.
    """
    packages = {folder.name for folder in root.iterdir() if folder.is_dir()} - {"local"}

    def remove_modules() -> dict[str, ModuleType]:
        return {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] in packages}

    original_path, original_modules = list(sys.path), remove_modules()
    sys.path.insert(0, str(root))
    try:
        yield
    finally:
        sys.path[:] = original_path
        remove_modules()
        sys.modules.update(original_modules)


def _unwrap(value: Any) -> Any:
    """Return an input without Pulumi's wrapping of secrets, and with integers for whole numbers.

    Pulumi's wire format has no integers, only floats.
    """
    if isinstance(value, dict):
        if rpc.is_rpc_secret(value):
            return _unwrap(rpc.unwrap_rpc_secret(value))
        return {key: _unwrap(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_unwrap(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
