"""The Click group, and the exit statuses and error messages that all commands share."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, TextIO

import click
import pytest

from ops.__main__ import cli, main
from ops.console.stack_options import StackSelection, stack_options
from tests.support.aws_servers import Moto, write_outputs
from tests.support.served_stack import ROOT

Capture = pytest.CaptureFixture[str]
UNCHECKED = "the keys were not checked: the stack has no output originals_bucket\n"
"""The note of `invalidate` for the outputs of `write_outputs`, which do not contain a bucket."""


def fail(**_: object) -> int:
    raise KeyError("unexpected")


def test_bug_prints_one_message_with_the_exception(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr(cli.commands["status"], "callback", fail)

    assert main(["status"]) == 3

    assert capsys.readouterr().err == (
        "python -m ops: this is a bug; please report it to the project's maintainers, with the command and the "
        "output of --debug: KeyError: 'unexpected'\n"
    )


@pytest.mark.parametrize("switch", ["--debug", "OPS_DEBUG"])
def test_bug_with_debug_prints_the_traceback(switch: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr(cli.commands["status"], "callback", fail)
    if switch == "OPS_DEBUG":
        monkeypatch.setenv("OPS_DEBUG", "1")

    assert main(["status", *(["--debug"] if switch == "--debug" else [])]) == 3

    captured = capsys.readouterr().err
    assert "Traceback" in captured
    assert captured.splitlines()[-1].startswith("python -m ops: this is a bug")


def test_aws_error_with_debug_prints_the_traceback(tmp_path: Path, capsys: Capture) -> None:
    assert main(["invalidate", "a.jpg", "--outputs", write_outputs(tmp_path), "--debug"]) == 1

    assert "EndpointConnectionError" in capsys.readouterr().err


def test_interrupt_in_any_command_exits_with_130(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    def interrupted(**_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.commands["status"], "callback", interrupted)

    assert main(["status"]) == 130
    assert capsys.readouterr().err == "python -m ops status: interrupted\n"


def test_missing_credentials_message_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    assert main(["invalidate", "a.jpg", "--outputs", write_outputs(tmp_path)]) == 1

    assert capsys.readouterr().err == (
        f"{UNCHECKED}python -m ops invalidate: there are no credentials for AWS (Unable to locate credentials): "
        "sign in (aws sso login), or set AWS_PROFILE\n"
    )


def test_unknown_profile_message_names_the_profile(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "unknown")

    assert main(["status", "--outputs", write_outputs(tmp_path)]) == 1

    assert capsys.readouterr().err == (
        "python -m ops status: The config profile (unknown) could not be found: "
        "aws configure list-profiles lists the existing profiles\n"
    )


COLOR_SEQUENCE = b"\x1b["


@pytest.mark.parametrize("environment", [{}, {"TERM": "xterm-256color", "COLORTERM": "truecolor"}])
def test_output_in_a_pipe_has_no_colors_and_is_not_folded(
    environment: dict[str, str], moto: Moto, tmp_path: Path
) -> None:
    moto.client("sqs", "eu-central-1").create_queue(QueueName="dead")
    key = "a-very-long-key/" * 20
    command = ["invalidate", f"{key}1.jpg", "--dry-run", "--outputs", write_outputs(tmp_path)]

    process = subprocess.run(
        [sys.executable, "-m", "ops", *command], cwd=ROOT, env=os.environ | environment, capture_output=True, check=True
    )

    assert COLOR_SEQUENCE not in process.stdout + process.stderr
    assert any(line.startswith(f"{key}1.jpg  #key:".encode()) for line in process.stdout.splitlines())
    assert all(line == line.rstrip() for line in process.stdout.splitlines())


def test_closed_pipe_prints_no_traceback(tmp_path: Path) -> None:
    keys = tmp_path / "keys.txt"
    keys.write_text("\n".join(f"{number}.jpg" for number in range(20_000)))
    command = (
        f"{sys.executable} -m ops invalidate --from {keys} --dry-run --outputs {write_outputs(tmp_path)} | head -1"
    )

    process = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S602

    assert process.stdout.startswith("would send to distribution")
    assert process.stderr == UNCHECKED


OUTPUT_COMMANDS = [
    [],
    ["--help"],
    ["warm", "--help"],
    ["cost"],
    ["prices"],
]


def run_with_output(output: TextIO, command: list[str]) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-m", "ops", *command]
    return subprocess.run(arguments, cwd=ROOT, stdout=output, stderr=subprocess.PIPE, text=True, check=False)


@pytest.mark.parametrize("command", OUTPUT_COMMANDS, ids=" ".join)
def test_full_disk_prints_one_sentence(command: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        process = run_with_output(full, command)

    assert process.returncode == 1
    assert process.stderr == "python -m ops: the output cannot be written completely: No space left on device\n"


@pytest.mark.parametrize("command", OUTPUT_COMMANDS, ids=" ".join)
def test_pipe_that_is_closed_before_the_output_prints_nothing(command: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as pipe:
        process = run_with_output(pipe, command)

    assert (process.returncode, process.stderr) == (1, "")


def test_key_outside_the_terminal_encoding_is_escaped(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "ops",
        "invalidate",
        "\u732b.jpg",
        "--dry-run",
        "--outputs",
        write_outputs(tmp_path),
    ]
    environment = os.environ | {"PYTHONIOENCODING": "latin-1"}

    process = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)

    assert (process.returncode, process.stderr) == (0, UNCHECKED.encode())
    assert b"\\u732b.jpg" in process.stdout


def test_control_characters_in_a_key_are_escaped(tmp_path: Path, capsys: Capture) -> None:
    command = ["invalidate", "a\x1b[2Jb[red].jpg", "--dry-run", "--outputs", write_outputs(tmp_path)]
    assert main(command) == 0

    assert "a\\x1b[2Jb[red].jpg" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["invalidate", "warm", "status", "redrive", "sweep"])
def test_help_lists_the_options_that_select_the_stack(command: str, capsys: Capture) -> None:
    """The local engine runs a single version of the edge function, so `sweep` does not offer `--local`."""
    with pytest.raises(SystemExit) as exit_info:
        main([command, "--help"])

    help_text = capsys.readouterr().out
    assert exit_info.value.code == 0
    assert help_text.startswith(f"Usage: python -m ops {command} ")
    for option in ("--stack NAME", "--outputs FILE", "--json", "--debug"):
        assert option in help_text
    assert ("--local" in help_text) is (command != "sweep")


@pytest.fixture
def selection(monkeypatch: pytest.MonkeyPatch) -> list[tuple[StackSelection, tuple[str, ...]]]:
    """The selected stack and the keys of each call of `invalidate`, which does nothing else."""
    received: list[tuple[StackSelection, tuple[str, ...]]] = []

    def record(*, selection: StackSelection, keys: tuple[str, ...], **_: Any) -> int:
        received.append((selection, keys))
        return 0

    monkeypatch.setattr(cli.commands["invalidate"], "callback", stack_options(record))
    return received


@pytest.mark.parametrize(
    "arguments",
    [
        ["--local", "invalidate", "a.png"],
        ["invalidate", "--local", "a.png"],
        ["invalidate", "a.png", "--local"],
        ["--stack", "cost", "--local", "invalidate", "a.png"],
        ["--stack=cost", "invalidate", "a.png", "--local"],
        ["--stack", "dev", "invalidate", "a.png", "--local", "--stack", "cost"],
    ],
    ids=" ".join,
)
def test_stack_options_before_or_after_the_command_are_used(
    arguments: list[str], selection: list[tuple[StackSelection, tuple[str, ...]]]
) -> None:
    assert main(arguments) == 0

    stack = "cost" if {"cost", "--stack=cost"} & set(arguments) else None
    assert selection == [(StackSelection(stack=stack, local=True), ("a.png",))]


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [
        (["@a.png", "+b.png", "#c.png", "~d.png"], ("@a.png", "+b.png", "#c.png", "~d.png")),
        (["/a.png", "-", "=b"], ("/a.png", "-", "=b")),
        (["--", "-a.png", "--local"], ("-a.png", "--local")),
    ],
    ids=["punctuation", "slash and dash", "after --"],
)
def test_keys_with_unusual_first_characters_are_keys(
    arguments: list[str], keys: tuple[str, ...], selection: list[tuple[StackSelection, tuple[str, ...]]]
) -> None:
    assert main(["invalidate", "--local", *arguments]) == 0

    assert selection == [(StackSelection(local=True), keys)]


@pytest.mark.parametrize("arguments", [["--local"], ["purge", "a.png"]], ids=["option only", "unknown"])
def test_command_line_without_a_command_exits_with_2(arguments: list[str], capsys: Capture) -> None:
    with pytest.raises(SystemExit) as exit_info:
        main(arguments)

    assert exit_info.value.code == 2
    assert "python -m ops: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--stack", "prod", "cost"], "python -m ops: cost does not use --stack."),
        (["--local", "sweep"], "python -m ops: sweep does not use --local."),
        (["sweep", "--local"], "python -m ops sweep: No such option '--local'."),
        (["cost", "--stack", "prod"], "python -m ops cost: No such option '--stack'."),
        (["invalidate", "--from"], "python -m ops invalidate: Option '--from' requires an argument."),
        (["invalidate", "-a.png"], "python -m ops invalidate: No such option '-a'."),
        (["warm", "a.png"], "python -m ops warm: Missing option '--widths'."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_usage_error_names_the_command_and_its_help(arguments: list[str], message: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as exit_info:
        main(arguments)

    command = message.partition(":")[0]
    captured = capsys.readouterr()
    assert (exit_info.value.code, captured.out) == (2, "")
    assert captured.err.startswith(f"Usage: {command} ")
    assert message in captured.err
    assert captured.err.endswith(f"Try '{command} --help' for help.\n")


@pytest.mark.parametrize("arguments", [["--help"], []], ids=["with --help", "without arguments"])
def test_help_lists_every_command_and_the_exit_statuses(arguments: list[str], capsys: Capture) -> None:
    with pytest.raises(SystemExit) as exit_info:
        main(arguments)

    help_text = capsys.readouterr().out
    assert exit_info.value.code == 0
    assert all(f"\n  {name} " in help_text for name in cli.commands)
    assert "0 done, 1 failed, 2 wrong command line, 3 bug, 130 interrupted" in help_text


@pytest.mark.parametrize(
    "arguments",
    [
        ("invalidate", "cats/", "--local", "--no-wait", "--run", "--dry-run"),
        ("invalidate", "cats/", "--local", "--from", "--dry-run"),
        ("warm", "a.jpg", "--widths", "9", "--local", "--from", "--json"),
        ("status", "--stack", "--local"),
        ("--stack", "--local", "status"),
        ("status", "--outputs", "--json"),
        ("sweep", "--yes", "--function", "--dry-run"),
    ],
    ids=" ".join,
)
def test_option_in_place_of_a_value_is_refused(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """Otherwise an empty variable, as in `--run $RUN --dry-run`, would turn a dry run into a real one."""
    with pytest.raises(SystemExit) as exit_info:
        main(arguments)

    assert exit_info.value.code == 2
    assert "begins with a dash, so the value of the option is missing" in capsys.readouterr().err


def test_every_option_with_a_value_checks_the_value() -> None:
    """Click's own string type accepts the next option as a value."""
    options = [option for command in (cli, *cli.commands.values()) for option in command.params]

    unchecked = [
        option.opts[0]
        for option in options
        if isinstance(option, click.Option) and not option.is_flag and option.type is click.STRING
    ]

    assert unchecked == []
