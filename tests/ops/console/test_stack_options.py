import click
import pytest

from ops.aws.stack import StackSelection
from ops.console.stack_options import debug_option, is_debug, stack_options


@click.command
@stack_options
@click.pass_context
def command(context: click.Context, *, selection: StackSelection) -> tuple[StackSelection, bool]:
    return selection, is_debug(context)


@click.group
@debug_option
def group() -> None:
    pass


group.add_command(command)


@pytest.mark.parametrize(
    ("arguments", "selection"),
    [
        ([], StackSelection()),
        (["--stack", "prod"], StackSelection(stack="prod")),
        (["--outputs=o.json", "--stack=x"], StackSelection(stack="x", outputs="o.json")),
        (["--local"], StackSelection(local=True)),
    ],
    ids=["none", "stack", "outputs", "local"],
)
def test_options_become_one_selection(arguments: list[str], selection: StackSelection) -> None:
    assert command.main(arguments, standalone_mode=False) == (selection, False)


@pytest.mark.parametrize("arguments", [["--debug", "command"], ["command", "--debug"]], ids=["group", "command"])
def test_debug_of_the_group_or_the_command_is_remembered(arguments: list[str]) -> None:
    assert group.main(arguments, standalone_mode=False) == (StackSelection(), True)
