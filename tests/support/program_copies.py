"""Changes of the source code in a copy of the program, for tests that break a function of the stack on purpose.

Each change names a function or a constant, and fails if the file does not have it. For a change of what the program
declares, use tests/support/edits.py.
"""

import ast
from pathlib import Path
from textwrap import indent


def wrap_function(root: Path, file: str, name: str, *, before: str = "", after: str = "") -> None:
    """Replace a function of a module by a function that also runs other statements.

    The statements `before` run before the function, and can use `args` and `kwargs`. The statements `after` run after
    the function, and can use and change `result`.
    """
    path, source = _file_with_function(root, file, name)
    wrapper = f"""

_unchanged_{name} = {name}


def {name}(*args, **kwargs):
{indent(before or "pass", "    ")}
    result = _unchanged_{name}(*args, **kwargs)
{indent(after or "pass", "    ")}
    return result
"""
    path.write_text(source + wrapper)


def replace_function(root: Path, file: str, name: str, body: str) -> None:
    """Replace a function of a module by a function with other statements, which can use `args` and `kwargs`."""
    path, source = _file_with_function(root, file, name)
    path.write_text(f"{source}\n\ndef {name}(*args, **kwargs):\n{indent(body, '    ')}\n")


def set_constant(root: Path, file: str, name: str, value: str) -> None:
    """Set a constant of a module to the value of a Python expression."""
    path = root / file
    source = path.read_text()
    values = [
        node.value
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and _target(node) == name
    ]
    assert len(values) == 1, f"{file} assigns the constant {name}, which the test sets, {len(values)} times"
    old = ast.get_source_segment(source, values[0])
    assert old is not None
    lines = source.splitlines(keepends=True)
    start = len("".join(lines[: values[0].lineno - 1]).encode()) + values[0].col_offset
    encoded = source.encode()
    path.write_bytes(encoded[:start] + value.encode() + encoded[start + len(old.encode()) :])


def set_config(root: Path, **values: str) -> None:
    """Set keys of the configuration of the stack dev, with values in YAML."""
    path = root / "Pulumi.dev.yaml"
    text = path.read_text()
    for name, value in values.items():
        assert f"edge-image-resizer:{name}:" not in text, f"{path.name} already contains the key {name}"
        text += f"  edge-image-resizer:{name}: {value}\n"
    path.write_text(text)


def _file_with_function(root: Path, file: str, name: str) -> tuple[Path, str]:
    """Return the path and the text of a module, which must contain one function with this name."""
    path = root / file
    source = path.read_text()
    functions = [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    assert functions.count(name) == 1, f"{file} has no function {name}, which the test changes: it has {functions}"
    return path, source


def _target(node: ast.Assign | ast.AnnAssign) -> str:
    return ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target)
