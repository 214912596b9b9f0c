"""How every command ends, and what it never shows."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ops.__main__ import main
from ops.commands import status
from tests.support.aws_servers import Moto, write_outputs
from tests.support.served_stack import ROOT

Said = pytest.CaptureFixture[str]


def fail(*_: object) -> int:
    raise KeyError("nobody thought of this")


def test_a_bug_is_one_sentence_with_the_exception(monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    monkeypatch.setattr(status, "run", fail)

    assert main(["status"]) == 3

    assert capsys.readouterr().err == (
        "python -m ops: this is a bug; please report it to the project's maintainers, with the command and what "
        "--debug adds: KeyError: 'nobody thought of this'\n"
    )


@pytest.mark.parametrize("how", ["--debug", "OPS_DEBUG"])
def test_where_a_bug_is_can_be_seen(how: str, monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    monkeypatch.setattr(status, "run", fail)
    if how == "OPS_DEBUG":
        monkeypatch.setenv("OPS_DEBUG", "1")

    assert main(["status", *(["--debug"] if how == "--debug" else [])]) == 3

    shown = capsys.readouterr().err
    assert "Traceback" in shown
    assert shown.splitlines()[-1].startswith("python -m ops: this is a bug")


def test_what_aws_refused_can_be_seen_too(tmp_path: Path, capsys: Said) -> None:
    assert main(["invalidate", "a.jpg", "--outputs", write_outputs(tmp_path), "--debug"]) == 1

    assert "EndpointConnectionError" in capsys.readouterr().err


def test_an_interrupt_anywhere_is_130(monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(status, "run", interrupted)

    assert main(["status"]) == 130
    assert capsys.readouterr().err == "python -m ops status: interrupted\n"


def test_without_credentials_one_sentence_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Said
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    assert main(["invalidate", "a.jpg", "--outputs", write_outputs(tmp_path)]) == 1

    assert capsys.readouterr().err == (
        "python -m ops invalidate: there are no credentials for AWS (Unable to locate credentials): "
        "sign in (aws sso login), or set AWS_PROFILE\n"
    )


def test_an_unknown_profile_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Said) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")

    assert main(["status", "--outputs", write_outputs(tmp_path)]) == 1

    assert capsys.readouterr().err == (
        "python -m ops status: The config profile (nobody) could not be found: "
        "aws configure list-profiles shows those that exist\n"
    )


COLOURS = b"\x1b["


@pytest.mark.parametrize("environment", [{}, {"TERM": "xterm-256color", "COLORTERM": "truecolor"}])
def test_nothing_is_coloured_or_folded_in_a_pipe(environment: dict[str, str], moto: Moto, tmp_path: Path) -> None:
    moto.client("sqs", "eu-central-1").create_queue(QueueName="dead")
    key = "a-very-long-key/" * 20
    command = ["invalidate", f"{key}1.jpg", "--dry-run", "--outputs", write_outputs(tmp_path)]

    done = subprocess.run(
        [sys.executable, "-m", "ops", *command], cwd=ROOT, env=os.environ | environment, capture_output=True, check=True
    )

    assert COLOURS not in done.stdout + done.stderr
    assert any(line.startswith(f"{key}1.jpg  #key:".encode()) for line in done.stdout.splitlines())
    assert all(line == line.rstrip() for line in done.stdout.splitlines())


def test_whoever_stops_reading_gets_no_traceback(tmp_path: Path) -> None:
    keys = tmp_path / "keys.txt"
    keys.write_text("\n".join(f"{number}.jpg" for number in range(20_000)))
    command = (
        f"{sys.executable} -m ops invalidate --from {keys} --dry-run --outputs {write_outputs(tmp_path)} | head -1"
    )

    done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S602

    assert done.stdout.startswith("would send to distribution")
    assert done.stderr == ""


def test_a_key_that_the_terminal_cannot_show_is_no_error(tmp_path: Path) -> None:
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

    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\u732b.jpg" in done.stdout


def test_what_a_key_holds_moves_nobodys_cursor(tmp_path: Path, capsys: Said) -> None:
    command = ["invalidate", "a\x1b[2Jb[red].jpg", "--dry-run", "--outputs", write_outputs(tmp_path)]
    assert main(command) == 0

    assert "a\\x1b[2Jb[red].jpg" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["invalidate", "warm", "status", "redrive", "sweep"])
def test_every_command_says_what_it_does_and_which_stack_it_takes(command: str, capsys: Said) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])

    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert said.startswith(f"usage: python -m ops {command} ")
    for option in ("--stack NAME", "--outputs FILE", "--local", "--json", "--debug"):
        assert option in said
