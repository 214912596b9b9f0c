"""run_tool returns the output of a program, or raises ToolError with the output."""

import sys

import pytest

from infra.packaging.build_tools import ToolError, run_tool


def test_run_tool_passes_the_input_and_returns_the_output() -> None:
    assert run_tool(sys.executable, "-c", "print(input().upper())", stdin="abc") == "ABC\n"


def test_run_tool_when_the_program_fails_raises_its_output() -> None:
    with pytest.raises(ToolError, match=r"^no such wheel$"):
        run_tool(sys.executable, "-c", "import sys; sys.exit('no such wheel')")


def test_run_tool_when_the_program_is_missing_raises() -> None:
    with pytest.raises(ToolError, match="nowhere"):
        run_tool("/nowhere/python")
