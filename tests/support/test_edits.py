"""A deliberate change that no longer changes anything fails, and its message names what is missing."""

from pathlib import Path

import pytest

from tests.support.edits import Edit, edited_input, edited_program, edited_statement, overridden_function
from tests.support.program_copies import set_config, set_constant, wrap_function
from tests.support.recorded_programs import program


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (edited_input("lambda/function", "no-function", "timeout", 1), r"\['lambda/function no-function'\]"),
        (edited_input("lambda/function", "edge-function", "publish", True), "does not change publish: True"),
        (edited_statement("iam/rolePolicy", "edge-function", "Read", "Action", ""), "0 statements with the Sid Read"),
        (overridden_function("removed", "function removed() {}"), "viewer_request.js has no function removed"),
    ],
    ids=["resource", "same value", "statement", "function"],
)
def test_edit_that_changes_nothing_fails(edit: Edit, message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        edited_program(program("dev"), edit)


def test_edited_program_does_not_change_the_original() -> None:
    edit = edited_statement("iam/rolePolicy", "edge-function", "ReadOriginals", "Action", "s3:GetObjectTagging")

    assert "s3:GetObjectTagging" in str(edited_program(program("dev"), edit).of("aws:iam/rolePolicy:RolePolicy"))
    assert "s3:GetObjectTagging" not in str(program("dev").of("aws:iam/rolePolicy:RolePolicy"))


def test_constant_and_function_of_a_copy_are_changed(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(
        '# caf\u00e9\nA: int = 6 * (\n    7\n)\nB = "\u00e9"; C = 1\n\ndef f(x):\n    return x + A + C\n'
    )

    set_constant(tmp_path, "m.py", "A", "10")
    set_constant(tmp_path, "m.py", "C", "100")
    wrap_function(tmp_path, "m.py", "f", before="args = (args[0] * 2,)", after="result = -result")

    names: dict[str, object] = {}
    exec((tmp_path / "m.py").read_text(), names)  # noqa: S102  # the test wrote the module
    function = names["f"]
    assert callable(function)
    assert function(1) == -112


def test_change_of_a_copy_that_finds_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text("A = 1\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  edge-image-resizer:timeout: 20\n")

    with pytest.raises(AssertionError, match=r"m\.py assigns the constant B, which the test sets, 0 times"):
        set_constant(tmp_path, "m.py", "B", "2")
    with pytest.raises(AssertionError, match=r"m\.py has no function f, which the test changes"):
        wrap_function(tmp_path, "m.py", "f")
    with pytest.raises(AssertionError, match="already contains the key timeout"):
        set_config(tmp_path, timeout="30")
