"""Which stack a command is about: its outputs, and clients for the AWS, or the local engine, that it is in."""

import argparse
import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.config import Config

from common.contract import PROJECT
from ops.errors import Failed, Usage

GLOBAL_REGION: Final = "us-east-1"
"""Where CloudFront's API, its metrics and all edge functions are."""
LOCAL_OUTPUTS: Path = Path(__file__).parents[2] / "build" / "local"
"""Where the local engine leaves credentials and outputs."""

_SECONDS: Final = 120
"""For pulumi, which may have to ask a backend far away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Outputs are what `pulumi stack output --json` prints."""

    name: str | None
    """None where only outputs were given, and they do not tell."""
    outputs: Mapping[str, Any]
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    """Of the local engine: what would be exported; empty for AWS."""

    @property
    def is_local(self) -> bool:
        """Whether it is not AWS that answers."""
        return bool(self.environment)

    def output(self, name: str) -> str:
        """Failed without it."""
        value = self.outputs.get(name)
        if not isinstance(value, str) or not value:
            raise Failed(f"the stack has no output {name}: is it deployed, and by this program? pulumi up exports it")
        return value

    def client(self, service: str, region: str = GLOBAL_REGION, *, attempts: int = 5) -> Any:
        """A boto3 client. `attempts` counts botocore's own; 1 where somebody else tries again."""
        local = self.environment
        retries = {"mode": "standard", "total_max_attempts": attempts}
        config = Config(connect_timeout=5, read_timeout=30, retries=retries)
        return boto3.Session().client(
            service,
            region_name=region,
            config=config,
            endpoint_url=local.get(f"AWS_ENDPOINT_URL_{service.upper()}", local.get("AWS_ENDPOINT_URL")),
            aws_access_key_id=local.get("AWS_ACCESS_KEY_ID"),
            aws_secret_access_key=local.get("AWS_SECRET_ACCESS_KEY"),
        )


def add_stack_options(parser: argparse.ArgumentParser) -> None:
    """Those that say which stack."""
    group = parser.add_argument_group("which stack")
    group.add_argument("--stack", metavar="NAME", help="whose outputs pulumi is asked for; with --local: dev")
    group.add_argument(
        "--outputs", metavar="FILE", help="what pulumi stack output --json printed; pulumi is not needed"
    )
    group.add_argument("--local", action="store_true", help="a local engine that runs (make run) rather than AWS")


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSelection:
    """The options that select a stack, as the operator gave them."""

    stack: str | None = None
    """A stack name for Pulumi, or with `local` the name of a stack that the local engine serves."""
    outputs: str | None = None
    """The path of a file with the output of `pulumi stack output --json`."""
    local: bool = False
    """Whether to use the running local engine instead of AWS."""


def load_stack(selection: StackSelection) -> Stack:
    """Usage if none was named, Failed if it cannot be had."""
    if selection.local:
        return _local(selection.stack or "dev")
    if selection.outputs:
        found = _parsed(_read(Path(selection.outputs)), selection.outputs)
        return Stack(name=selection.stack or _stack_name(found), outputs=found)
    if selection.stack:
        return Stack(name=selection.stack.rpartition("/")[2], outputs=_of_pulumi(selection.stack))
    raise Usage("which stack? name one: --stack NAME, --outputs FILE or --local")


def _local(name: str) -> Stack:
    path = LOCAL_OUTPUTS / f"{name}.env"
    if not path.exists():
        raise Failed(f"no local engine has served the stack {name}: start one with make run STACK={name}")
    pairs = re.findall(r"^export (\w+)=(.*)$", _read(path), re.MULTILINE)
    found = _read(path.with_suffix(".json"))
    return Stack(name=name, outputs=_parsed(found, str(path.with_suffix(".json"))), environment=dict(pairs))


def _of_pulumi(name: str) -> Mapping[str, Any]:
    command = ["pulumi", "stack", "output", "--json", "--stack", name, "--non-interactive"]
    where = Path(__file__).parents[2]
    try:
        done = subprocess.run(  # noqa: S603  # no shell reads the name
            command, cwd=where, capture_output=True, text=True, check=False, timeout=_SECONDS, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError:
        raise Failed(
            "pulumi is not installed: install it (docs/deployment.md), or give the outputs with --outputs FILE"
        ) from None
    except subprocess.TimeoutExpired:
        raise Failed(f"pulumi did not answer within {_SECONDS} s: try pulumi stack output --stack {name}") from None
    if done.returncode:
        raise Failed(_pulumis_reason(name, done.stderr))
    return _parsed(done.stdout, f"what pulumi printed of stack {name}")


def _pulumis_reason(name: str, said: str) -> str:
    if re.search(r"no stack named|stack .* not found", said):
        return f"there is no stack {name}: pulumi stack ls shows those that exist"
    lines = [line.removeprefix("error: ").strip() for line in said.splitlines() if line.strip()]
    return f"pulumi cannot give the outputs of {name}: {lines[-1] if lines else 'it does not say why'}"


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise Failed(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is not text'}") from None


def _parsed(text: str, where: str) -> Mapping[str, Any]:
    try:
        found: Any = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Failed(f"{where} is not JSON as pulumi stack output --json prints it")
    return found


def _stack_name(outputs: Mapping[str, Any]) -> str | None:
    """The names of resources begin with project and stack: Pulumi.yaml, autonaming."""
    found = re.match(rf"{PROJECT}-(.+)-edge-function-[0-9a-f]{{7}}$", str(outputs.get("edge_function_name")))
    return found[1] if found else None
