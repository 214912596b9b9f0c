import pytest

from ops.__main__ import _parsed


@pytest.mark.parametrize(
    "words",
    [
        ["--local", "invalidate", "a.png"],
        ["invalidate", "--local", "a.png"],
        ["invalidate", "a.png", "--local"],
        ["--stack", "cost", "--local", "invalidate", "a.png"],
    ],
)
def test_which_stack_may_be_said_before_the_command_or_after_it(words: list[str]) -> None:
    options = _parsed(words)

    assert (options.command, options.local, options.names) == ("invalidate", True, ["a.png"])
    assert options.stack == ("cost" if "cost" in words else None)


@pytest.mark.parametrize("words", [[], ["--local"], ["purge", "a.png"]])
def test_without_a_command_that_there_is_it_is_a_wrong_command_line(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        _parsed(words)

    assert ended.value.code == 2
