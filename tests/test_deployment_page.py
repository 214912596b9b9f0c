"""The commands of docs/deployment.md and docs/security.md can be pasted, and their policies are complete."""

import json
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name

from local.program.config_files import stack_config
from tests.support.policy_documents import IDENTITY_POLICY, find_problems
from tests.support.served_stack import ROOT
from tests.support.service_models import service_model

PAGE = (ROOT / "docs" / "deployment.md").read_text()
PAGES = PAGE + (ROOT / "docs" / "security.md").read_text()
SCRIPTS = [re.sub(r"^   ", "", text, flags=re.MULTILINE) for text in re.findall(r"```sh\n(.*?)```", PAGES, re.DOTALL)]
ACCOUNT = "123456789012"
GLOBAL_OPTIONS = {"--profile", "--region", "--query", "--output"}


def aws_commands() -> list[list[str]]:
    """Return the commands in all blocks that are operations of the API, and not additions of the AWS CLI."""
    text = "\n".join(re.findall(r"```(?:sh|console)\n(.*?)```", PAGES, re.DOTALL)).replace("\\\n", " ")
    # A command with JSON in quotation marks is checked by running it.
    commands = [shlex.split(line, comments=True) for line in re.findall(r"\baws .*", text) if "'{" not in line]
    return [
        command
        for command in commands
        if command[1] not in ("--version", "s3", "configure") and command[2] not in ("wait", "tail")
    ]


def section(title: str) -> str:
    """Return the commands of a section."""
    text = PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    return "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))


@pytest.fixture
def tools(tmp_path: Path) -> dict[str, str]:
    """An environment in which aws, pulumi, git and make record their arguments and print an example value."""
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    folder = tmp_path / "bin"
    folder.mkdir()
    values = {"get-caller-identity": ACCOUNT, "create-key": f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/a1"}
    outputs = {"originals_bucket": "edge-image-resizer-dev-originals-1a2b3c4", "--show-name": "dev"}
    for name in ("aws", "pulumi", "git", "make"):
        script = folder / name
        cases = "".join(f"*{word}*) echo '{value}' ;;\n" for word, value in (values | outputs).items())
        script.write_text(
            f'#!/bin/sh\n(printf "%s\\t" {name} "$@" | tr "\\n" " "; echo) >> {tmp_path}/calls\n'
            f'case "$*" in\n{cases}esac\n'
        )
        script.chmod(0o755)
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}


def run(script: str, folder: Path, environment: dict[str, str]) -> list[list[str]]:
    """Run the commands in bash, and return the recorded calls."""
    subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=folder, env=environment, check=True, timeout=60)
    return [line.split("\t")[:-1] for line in (folder / "calls").read_text().splitlines()]


def option(call: list[str], name: str) -> str:
    return call[call.index(name) + 1]


def policy_document(folder: Path, call: list[str]) -> str:
    """Return the text of the file that the call of the AWS CLI uploads."""
    return (folder / option(call, "--policy-document").removeprefix("file://")).read_text()


@pytest.mark.parametrize("script", SCRIPTS, ids=range(len(SCRIPTS)))
def test_bash_accepts_each_block(script: str) -> None:
    assert "..." not in script
    completed = subprocess.run(["bash", "-n", "-c", script], capture_output=True, text=True, check=False)

    assert (completed.returncode, completed.stderr) == (0, "")


def test_aws_cli_has_each_command_and_option() -> None:
    commands = aws_commands()
    assert len(commands) > 10

    for _, service, operation, *arguments in commands:
        model = service_model({"s3api": "s3"}.get(service, service))
        operations = {xform_name(name, "-"): name for name in model.operation_names}
        assert operation in operations, (service, operation)
        shape: Any = model.operation_model(operations[operation]).input_shape
        accepted = {f"--{xform_name(name, '-')}" for name in (shape.members if shape else ())}
        # A boolean has no value, and its option exists with and without `no-`.
        assert {word for word in arguments if word.startswith("--")} <= accepted | GLOBAL_OPTIONS, operation


def test_deployer_gets_all_policies_without_placeholders(tmp_path: Path, tools: dict[str, str]) -> None:
    calls = run(section("Prepare the account"), tmp_path, tools)

    created = [call for call in calls if "create-policy" in call]
    attached = [option(call, "--policy-arn") for call in calls if "attach-role-policy" in call]
    assert len(created) == len([*(ROOT / "docs").glob("deployer-policy-*.json")]) == 3
    assert attached == [f"arn:aws:iam::{ACCOUNT}:policy/{option(call, '--policy-name')}" for call in created]
    for call in created:
        text = policy_document(tmp_path, call)
        assert not re.search("ACCOUNT|HOSTEDZONE", text)
        assert len(re.sub(r"\s", "", text)) <= 6144


def test_roles_and_state_policy_are_valid_documents(tmp_path: Path, tools: dict[str, str]) -> None:
    calls = run(section("Prepare the account"), tmp_path, tools)

    roles = [call for call in calls if "create-role" in call]
    assert [option(call, "--role-name") for call in roles] == ["image-deployer", "image-uploader"]
    for call in roles:
        trust = json.loads(option(call, "--assume-role-policy-document"))
        assert trust["Statement"][0]["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    (state,) = [call for call in calls if "put-role-policy" in call]
    assert find_problems(IDENTITY_POLICY, policy_document(tmp_path, state)) == []
    (encryption,) = [call for call in calls if "put-bucket-encryption" in call]
    assert json.loads(option(encryption, "--server-side-encryption-configuration"))


def test_uploader_can_upload_after_the_first_deployment(tmp_path: Path, tools: dict[str, str]) -> None:
    (tmp_path / "build").mkdir()
    calls = run(section("First deployment"), tmp_path, tools)

    (granted,) = [call for call in calls if "put-role-policy" in call]
    text = policy_document(tmp_path, granted)
    assert find_problems(IDENTITY_POLICY, text) == []
    assert not re.search(r"BUCKET|KEY\b", text)
    (upload,) = [call for call in calls if "cp" in call]
    assert option(upload, "--profile") == option(granted, "--role-name") == "image-uploader"
    bucket = upload[upload.index("cp") + 2].removeprefix("s3://").partition("/")[0]
    assert f"arn:aws:s3:::{bucket}/*" in text


def test_stack_file_without_quotes_and_with_a_key_means_the_same(tmp_path: Path) -> None:
    """A person writes numbers without quotes, and `pulumi stack select --create` adds lines at the end."""
    (tmp_path / "Pulumi.yaml").write_text((ROOT / "Pulumi.yaml").read_text())
    text = (ROOT / "Pulumi.dev.yaml").read_text()
    unquoted = re.sub(r': "(\d+|true|false)"$', r": \1", text, flags=re.MULTILINE)
    assert unquoted != text
    (tmp_path / "Pulumi.dev.yaml").write_text(unquoted + "secretsprovider: awskms://alias/a\nencryptedkey: AQ==\n")

    assert stack_config(tmp_path, "dev") == stack_config(ROOT, "dev")
