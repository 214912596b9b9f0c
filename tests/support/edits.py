"""Edits of one input that the program declares, for tests that break one part of a stack on purpose.

An edit names the resource by its type and its Pulumi name, and the input by its path. So the code that declares the
resource can change without a change of the test. An edit that changes nothing fails the test.
"""

import json
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from local.program.program import Program

REMOVED: Any = object()
"""The new value of an input that the edit removes."""


@dataclass(frozen=True)
class Edit:
    """An edit of the inputs of the resource with one type and one name."""

    type: str
    """The type without its module, such as `iam/rolePolicy`."""
    name: str
    change: Callable[[dict[str, Any]], None]

    def apply(self, type_: str, name: str, inputs: dict[str, Any]) -> bool:
        """Change the inputs if they are those of the resource to edit, and return whether they are."""
        if (type_.removeprefix("aws:").partition(":")[0], name) != (self.type, self.name):
            return False
        self.change(inputs)
        return True


class InputsEditor:
    """The `edit_inputs` of the recorder, which applies edits and remembers which of them changed a resource."""

    def __init__(self, edits: Iterable[Edit]) -> None:
        self._edits = [*edits]
        self._unused = [*self._edits]

    def __call__(self, type_: str, name: str, inputs: dict[str, Any]) -> None:
        for edit in self._edits:
            if edit.apply(type_, name, inputs) and edit in self._unused:
                self._unused.remove(edit)

    def check(self) -> None:
        """Fail if there is no resource for one of the edits."""
        missing = [f"{edit.type} {edit.name}" for edit in self._unused]
        assert not missing, f"the program does not declare these resources, which the test edits: {missing}"


def edited_input(type_: str, name: str, path: str, value: Any) -> Edit:
    """Return the edit that sets one input. Dots in `path` separate the keys of objects and the indices of lists.

    If `value` is a function, the new value is its result for the old value. `REMOVED` removes the input.
    """
    *parents, last = path.split(".")

    def change(inputs: dict[str, Any]) -> None:
        parent: Any = inputs
        for key in parents:
            parent = parent[_key(parent, key)]
        key = _key(parent, last)
        old = parent[key] if isinstance(parent, list) else parent.get(key, REMOVED)
        new = value(old) if callable(value) else value
        assert new != old, f"the edit of {type_} {name} does not change {path}: {old!r}"
        if new is REMOVED:
            del parent[key]
        else:
            parent[key] = new

    return Edit(type_, name, change)


def edited_json(type_: str, name: str, path: str, value: Any, *, document: str = "policy") -> Edit:
    """Return the edit that sets one value inside an input that is a JSON document."""
    inner = edited_input(type_, name, path, value)

    def change(inputs: dict[str, Any]) -> None:
        content = json.loads(inputs[document])
        inner.change(content)
        inputs[document] = json.dumps(content)

    return Edit(type_, name, change)


def edited_statement(type_: str, name: str, sid: str, element: str, value: Any, *, document: str = "policy") -> Edit:
    """Return the edit that sets one element of the policy statement with this Sid, such as its `Action`."""

    def change(content: list[dict[str, Any]]) -> list[dict[str, Any]]:
        statements = deepcopy(content)
        matches = [statement for statement in statements if statement.get("Sid") == sid]
        assert len(matches) == 1, f"{type_} {name} has {len(matches)} statements with the Sid {sid}: {statements}"
        edited_input(type_, name, element, value).change(matches[0])
        return statements

    return edited_json(type_, name, "Statement", change, document=document)


def overridden_function(name: str, code: str) -> Edit:
    """Return the edit that overrides one function of the viewer function with `code`, its new declaration.

    In JavaScript, the last of several declarations with one name counts.
    """

    def append(source: str) -> str:
        assert f"function {name}(" in source, f"edge/viewer_request.js has no function {name}, which the test overrides"
        assert code.startswith(f"function {name}(")
        return f"{source}\n{code}\n"

    return edited_input("cloudfront/function", "viewer-function", "code", append)


def _key(parent: Any, key: str) -> Any:
    return int(key) if isinstance(parent, list) else key


def edited_program(program: Program, *edits: Edit) -> Program:
    """Return a copy of a recorded program with edited inputs. Its outputs are not computed again."""
    copy, editor = deepcopy(program), InputsEditor(edits)
    for resource in copy.resources:
        editor(resource.type, resource.name, resource.inputs)
    editor.check()
    return copy
