"""The type token of a component consists of its module and its class. URNs contain the type token."""

import ast
from pathlib import Path

from tests.support.served_stack import ROOT

FILES = sorted((ROOT / "infra").rglob("*.py"))


def component_types(path: Path) -> dict[str, str]:
    """Return the type token of each component in a file, by the name of its class."""
    classes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)]
    components = [class_ for class_ in classes if "pulumi.ComponentResource" in map(ast.unparse, class_.bases)]
    return {class_.name: type_token(class_) for class_ in components}


def type_token(class_: ast.ClassDef) -> str:
    calls = [node for node in ast.walk(class_) if isinstance(node, ast.Call)]
    (call,) = (call for call in calls if ast.unparse(call.func) == "super().__init__")
    return ast.literal_eval(call.args[0])


def test_type_of_every_component_is_its_module_and_class() -> None:
    types = {path: component_types(path) for path in FILES}

    assert sum(map(len, types.values())) >= 20
    for path, tokens in types.items():
        module = path.relative_to(ROOT / "infra").with_suffix("").as_posix()
        assert tokens == {class_: f"infra:{module}:{class_}" for class_ in tokens}
