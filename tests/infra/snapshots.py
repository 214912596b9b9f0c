"""What each stack declares, as text that reads well in a diff. Written anew by `python -m tests.infra.snapshots`."""

import json
import sys
from typing import Any

from pulumi.asset import FileArchive

from local.program.program import Program, Resource
from tests.support.recorded_programs import program
from tests.support.served_stack import ROOT, STACKS

FOLDER = ROOT / "tests" / "infra" / "snapshots"


def text(of: Program) -> str:
    """Resources by type and name, their inputs below; then the names of the outputs."""
    names: dict[str, str] = {}
    for resource in of.resources:  # what a policy is for comes before it, and has the same id
        name = f"<{_kind(resource)} {resource.name}>"
        names.setdefault(resource.outputs.get("arn", resource.id), f"{name}.arn")
        names.setdefault(resource.id, name)
    blocks = [
        _block(resource, {id_: name for id_, name in names.items() if id_ != resource.id})
        for resource in sorted(of.resources, key=lambda each: (each.type, each.name))
    ]
    return "\n".join([*blocks, "outputs", *(f"  {name}" for name in of.outputs), ""])


def _kind(resource: Resource) -> str:
    return resource.type.rpartition(":")[2]


def _block(resource: Resource, names: dict[str, str]) -> str:
    service = resource.type.split(":")[1].split("/")[0]
    lines = [f"{service}.{_kind(resource)} {resource.name}"]
    lines += ["  protected: it cannot be deleted"] * resource.protect
    lines += ["  retained: it stays when the stack goes"] * resource.retain
    for key, value in sorted(resource.inputs.items()):
        if key != "tags":
            lines += _lines(key, value, names, 1)
    return "\n".join([*lines, ""])


def _lines(key: str, value: Any, names: dict[str, str], depth: int) -> list[str]:
    indent = "  " * depth
    if isinstance(value, str) and value.startswith('{"'):
        value = json.loads(value)
    if isinstance(value, dict):
        inner = [line for name, each in sorted(value.items()) for line in _lines(name, each, names, depth + 1)]
        return [f"{indent}{key}:", *inner]
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        return [line for place, each in enumerate(value) for line in _lines(f"{key}[{place}]", each, names, depth)]
    return [f"{indent}{key}: {_said(value, names)}"]


def _said(value: Any, names: dict[str, str]) -> str:
    if isinstance(value, FileArchive):
        return "<the bundle>"
    if isinstance(value, list):
        return ", ".join(_said(each, names) for each in value)
    said = str(value)
    for known, name in sorted(names.items(), key=lambda item: -len(item[0])):
        said = said.replace(known, name)
    return said if len(said) < 200 and "\n" not in said else f"<{len(said.splitlines())} lines>"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for stack in STACKS:
        (FOLDER / f"{stack}.txt").write_text(text(program(stack)))
    sys.stdout.write(f"{FOLDER} shows what is declared now\n")


if __name__ == "__main__":
    main()
