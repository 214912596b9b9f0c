"""Write the resources that each stack declares as text, so that a diff shows every change."""

import json
import sys
from typing import Any

from pulumi.asset import FileArchive

from local.program.program import Program, Resource
from tests.support.recorded_programs import program
from tests.support.served_stack import ROOT, STACKS

FOLDER = ROOT / "tests" / "infra" / "snapshots"


def snapshot(recorded_program: Program) -> str:
    """Return the resources in the order of type and name, each with its inputs, and the names of the outputs."""
    labels: dict[str, str] = {}
    # A policy has the same id as the resource to which it belongs. That resource is registered before its policy, so
    # setdefault keeps the label of the resource.
    for resource in recorded_program.resources:
        label = f"<{_kind(resource)} {resource.name}>"
        if "arn" in resource.outputs:
            labels.setdefault(resource.outputs["arn"], f"{label}.arn")
        labels.setdefault(resource.id, label)
    blocks = [
        _block(resource, {id_: label for id_, label in labels.items() if id_ != resource.id})
        for resource in sorted(recorded_program.resources, key=lambda resource: (resource.type, resource.name))
    ]
    return "\n".join([*blocks, "outputs", *(f"  {name}" for name in recorded_program.outputs), ""])


def _kind(resource: Resource) -> str:
    return resource.type.rpartition(":")[2]


def _block(resource: Resource, labels: dict[str, str]) -> str:
    service = resource.type.split(":")[1].split("/")[0]
    lines = [f"{service}.{_kind(resource)} {resource.name}"]
    lines += ["  protected: Pulumi refuses to delete it"] * resource.protect
    lines += ["  retained: it remains when the stack is destroyed"] * resource.retain
    for key, value in sorted(resource.inputs.items()):
        if key != "tags":
            lines += _lines(key, value, labels, 1)
    return "\n".join([*lines, ""])


def _lines(key: str, value: Any, labels: dict[str, str], depth: int) -> list[str]:
    indent = "  " * depth
    if isinstance(value, str) and value.startswith('{"'):
        value = json.loads(value)
    if key == "metricQueries":
        return [f"{indent}{_value_text(_query_text(query), labels, 1000)}" for query in value]
    if key == "alarmDescription":
        return [f"{indent}{key}:", *(f"{indent}  {line}" for line in value.splitlines())]
    if isinstance(value, dict):
        nested = [line for name, item in sorted(value.items()) for line in _lines(name, item, labels, depth + 1)]
        return [f"{indent}{key}:", *nested]
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return [line for index, item in enumerate(value) for line in _lines(f"{key}[{index}]", item, labels, depth)]
    return [f"{indent}{key}: {_value_text(value, labels)}"]


def _query_text(query: dict[str, Any]) -> str:
    """Return a query of an alarm in one line. An asterisk marks the queries that the alarm compares."""
    start = f"{query['id']}{'*' * query['returnData']} = "
    if "expression" in query:
        return start + query["expression"] + (f" every {query['period']} s" if "period" in query else "")
    metric = query["metric"]
    dimensions = ", ".join(f"{name}={value}" for name, value in sorted(metric.get("dimensions", {}).items()))
    return (
        f"{start}{metric['stat']} of {metric['namespace']} {metric['metricName']}"
        f"{f' of {dimensions}' if dimensions else ''} every {metric['period']} s"
    )


def _value_text(value: Any, labels: dict[str, str], maximum: int = 200) -> str:
    if isinstance(value, FileArchive):
        return "<the bundle>"
    if isinstance(value, list):
        return ", ".join(_value_text(item, labels) for item in value)
    text = str(value)
    for id_, label in sorted(labels.items(), key=lambda item: -len(item[0])):
        text = text.replace(id_, label)
    return text if len(text) < maximum and "\n" not in text else f"<{len(text.splitlines())} lines>"


def main() -> None:
    """Write the snapshot of each stack to its file."""
    FOLDER.mkdir(exist_ok=True)
    for stack in STACKS:
        (FOLDER / f"{stack}.txt").write_text(snapshot(program(stack)))
    sys.stdout.write(f"wrote the snapshots of {', '.join(STACKS)} to {FOLDER}\n")


if __name__ == "__main__":
    main()
