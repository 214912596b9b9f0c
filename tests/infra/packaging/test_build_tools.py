import sys

import pytest

from infra.packaging.build_tools import ToolError, run


def test_a_program_is_given_its_input_and_returns_what_it_printed() -> None:
    assert run(sys.executable, "-c", "print(input().upper())", given="abc") == "ABC\n"


def test_a_program_that_fails_is_an_error_with_what_it_said() -> None:
    with pytest.raises(ToolError, match=r"^no such wheel$"):
        run(sys.executable, "-c", "import sys; sys.exit('no such wheel')")


def test_a_program_that_is_missing_is_an_error() -> None:
    with pytest.raises(ToolError, match="nowhere"):
        run("/nowhere/python")
