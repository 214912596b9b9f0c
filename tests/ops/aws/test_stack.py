"""The sources of the outputs of a stack, and the messages for missing outputs."""

import json
from pathlib import Path

import pytest

from ops.__main__ import main
from ops.aws import stack
from ops.aws.stack import Stack
from ops.console.stack_options import StackSelection
from ops.errors import Failed
from tests.support.aws_servers import OUTPUTS, write_outputs

Output = pytest.CaptureFixture[str]


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shell script that replaces Pulumi. It is the only program on the path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "pulumi"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    return program


def dry_run(*arguments: str) -> int:
    return main(["invalidate", "a.jpg", "--dry-run", *arguments])


def test_pulumi_provides_the_outputs_of_the_stack(pulumi: Path, tmp_path: Path, capsys: Output) -> None:
    pulumi.write_text(
        f"#!/bin/sh\necho \"$@\" > {tmp_path}/arguments\necho '{json.dumps(OUTPUTS)}'\necho a warning >&2\n"
    )

    assert dry_run("--stack", "acme/edge-image-resizer/prod") == 0

    assert "E2QWRUHAPOMQZL" in capsys.readouterr().out
    arguments = (tmp_path / "arguments").read_text().split()
    assert arguments == [
        *("stack", "output", "--json", "--stack", "acme/edge-image-resizer/prod", "--non-interactive"),
    ]


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo \"error: no stack named 'prdo' found\" >&2; exit 255", "there is no stack prdo: pulumi stack ls lists"),
        ("echo 'error: passphrase must be set' >&2; exit 1", "cannot read the outputs of prdo: passphrase must be set"),
        ("exit 1", "pulumi cannot read the outputs of prdo: Pulumi printed no reason"),
        ("echo hello", "the output of pulumi for the stack prdo is not the JSON object that pulumi"),
        ("echo '{}'", "the stack has no output distribution_id, or the output is empty: run pulumi up with"),
    ],
)
def test_a_failure_of_pulumi_is_explained_in_one_sentence(
    script: str, message: str, pulumi: Path, capsys: Output
) -> None:
    pulumi.write_text(f"#!/bin/sh\n{script}\n")

    assert dry_run("--stack", "prdo") == 1

    captured = capsys.readouterr()
    assert message in captured.err
    assert (captured.out, captured.err.count("\n")) == ("", 1)


def test_without_pulumi_a_file_provides_the_outputs(pulumi: Path, tmp_path: Path, capsys: Output) -> None:
    pulumi.unlink()

    assert dry_run("--stack", "prod") == 1
    assert capsys.readouterr().err == (
        "python -m ops invalidate: pulumi is not installed: install it (docs/deployment.md), "
        "or pass the outputs with --outputs FILE\n"
    )
    assert dry_run("--outputs", write_outputs(tmp_path)) == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file or directory"),
        (b"\xff", "cannot be read: the file is not text"),
        (b"[]", "is not the JSON object that pulumi stack output --json prints"),
        (b"{", "is not the JSON object that pulumi stack output --json prints"),
    ],
)
def test_a_file_without_outputs_is_rejected(
    content: bytes | None, message: str, tmp_path: Path, capsys: Output
) -> None:
    path = tmp_path / "outputs.json"
    if content is not None:
        path.write_bytes(content)

    assert dry_run("--outputs", str(path)) == 1
    assert message in capsys.readouterr().err


def test_a_local_stack_that_has_not_run_is_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Output
) -> None:
    monkeypatch.setattr(stack, "LOCAL_OUTPUTS", tmp_path)

    assert dry_run("--local", "--stack", "staging") == 1
    assert capsys.readouterr().err == (
        "python -m ops invalidate: no local engine has served the stack staging: start it with make run STACK=staging\n"
    )


@pytest.mark.parametrize(
    ("function", "name"),
    [
        ("edge-image-resizer-prod-edge-function-1a2b3c4", "prod"),
        ("edge-image-resizer-prod-eu-edge-function-1a2b3c4", "prod-eu"),
        ("something-else", None),
        (None, None),
    ],
)
def test_the_stack_name_is_part_of_the_function_name(tmp_path: Path, function: str | None, name: str | None) -> None:
    outputs = write_outputs(tmp_path, edge_function_name=function)

    assert stack.load_stack(StackSelection(outputs=outputs)).name == name


@pytest.mark.parametrize("value", [None, "", 7])
def test_an_empty_output_counts_as_missing(value: object) -> None:
    with pytest.raises(Failed, match="no output key_arn"):
        Stack(name="dev", outputs={"key_arn": value}).output("key_arn")
