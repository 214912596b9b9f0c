import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def names() -> list[str]:
    """What `__main__.py` exports."""
    for statement in ast.parse((ROOT / "__main__.py").read_text()).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "outputs":
            return list(ast.literal_eval(ast.unparse(ast.List(elts=statement.value.keys))))
    return []


def test_every_output_is_in_the_page_about_deployment() -> None:
    page = (ROOT / "docs" / "deployment.md").read_text()

    assert names() == re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)


def test_outputs_are_snake_case() -> None:
    assert [name for name in names() if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name)] == []
