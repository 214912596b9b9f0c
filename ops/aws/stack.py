"""The stack that a command works on: its outputs, and clients for AWS or for the local engine."""

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

from common.contract import PROJECT
from ops.console.stack_options import StackSelection
from ops.errors import Failed, Usage

if TYPE_CHECKING:
    from types_boto3_cloudfront import CloudFrontClient
    from types_boto3_cloudwatch import CloudWatchClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_s3 import S3Client
    from types_boto3_sqs import SQSClient

GLOBAL_REGION: Final = "us-east-1"
"""The Region of CloudFront's API, of CloudFront's metrics and of all edge functions."""
LOCAL_OUTPUTS: Path = Path(__file__).parents[2] / "build" / "local"
"""The folder in which the local engine writes its environment variables and its outputs."""

_PROJECT_FOLDER: Final = Path(__file__).parents[2]
_PULUMI_TIMEOUT: Final = 120
"""The timeout of Pulumi in seconds. Pulumi may read the outputs from a remote backend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A stack, its outputs and its AWS clients."""

    name: str | None
    """The name of the stack; None if the outputs come from a file that does not contain the name."""
    outputs: Mapping[str, Any]
    """The outputs by name, as `pulumi stack output --json` prints them."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    """The environment variables of the local engine; empty for AWS."""

    @property
    def is_local(self) -> bool:
        """Whether the local engine runs the stack, rather than AWS."""
        return bool(self.environment)

    def output(self, name: str) -> str:
        """Return the output with this name. Raises Failed if the output is missing or empty."""
        value = self.outputs.get(name)
        if not isinstance(value, str) or not value:
            raise Failed(
                f"the stack has no output {name}, or the output is empty: run pulumi up with this version of the "
                "project to create the output"
            )
        return value

    def cloudfront(self, *, max_attempts: int = 5) -> "CloudFrontClient":
        """Return a CloudFront client. `max_attempts` is 1 for callers with their own retries."""
        return self._session.client("cloudfront", **self._options("cloudfront", GLOBAL_REGION, max_attempts))

    def cloudwatch(self, region: str = GLOBAL_REGION) -> "CloudWatchClient":
        """Return a CloudWatch client for a Region."""
        return self._session.client("cloudwatch", **self._options("cloudwatch", region))

    def lambda_(self) -> "LambdaClient":
        """Return a Lambda client for the Region of the edge functions."""
        return self._session.client("lambda", **self._options("lambda", GLOBAL_REGION))

    def logs(self, region: str) -> "CloudWatchLogsClient":
        """Return a client of CloudWatch Logs for a Region."""
        return self._session.client("logs", **self._options("logs", region))

    def s3(self, *, max_attempts: int = 5) -> "S3Client":
        """Return an S3 client for the Region of the originals."""
        return self._session.client("s3", **self._options("s3", self.output("originals_region"), max_attempts))

    def sns(self, region: str) -> Any:
        """Return an SNS client for a Region."""
        client: Any = self._session.client  # the stubs of SNS are not installed
        return client("sns", **self._options("sns", region))

    def sqs(self) -> "SQSClient":
        """Return an SQS client for the Region of the queues, which is the Region of the originals."""
        return self._session.client("sqs", **self._options("sqs", self.output("originals_region")))

    @property
    def _session(self) -> boto3.Session:
        return boto3.Session(
            aws_access_key_id=self.environment.get("AWS_ACCESS_KEY_ID"),
            aws_secret_access_key=self.environment.get("AWS_SECRET_ACCESS_KEY"),
        )

    def _options(self, service: str, region: str, max_attempts: int = 5) -> dict[str, Any]:
        local = self.environment
        retries: Any = {"mode": "standard", "total_max_attempts": max_attempts}
        return {
            "region_name": region,
            "config": Config(connect_timeout=5, read_timeout=30, retries=retries),
            "endpoint_url": local.get(f"AWS_ENDPOINT_URL_{service.upper()}", local.get("AWS_ENDPOINT_URL")),
        }


def load_stack(selection: StackSelection) -> Stack:
    """Return the selected stack.

    Raises Usage if no option selects a stack, and Failed if the outputs cannot be read.
    """
    if selection.local:
        return _load_local_stack(selection.stack or "dev")
    if selection.outputs:
        outputs = _parse_outputs(_read_text(Path(selection.outputs)), selection.outputs)
        return Stack(name=selection.stack or _stack_name(outputs), outputs=outputs)
    if selection.stack:
        return Stack(name=selection.stack.rpartition("/")[2], outputs=_pulumi_outputs(selection.stack))
    raise Usage("no stack is selected: add --stack NAME, --outputs FILE or --local")


def _load_local_stack(name: str) -> Stack:
    environment_file, outputs_file = LOCAL_OUTPUTS / f"{name}.env", LOCAL_OUTPUTS / f"{name}.json"
    if not environment_file.exists():
        raise Failed(f"no local engine has served the stack {name}: start it with make run STACK={name}")
    environment = dict(re.findall(r"^export (\w+)=(.*)$", _read_text(environment_file), re.MULTILINE))
    outputs = _parse_outputs(_read_text(outputs_file), str(outputs_file))
    return Stack(name=name, outputs=outputs, environment=environment)


def _pulumi_outputs(name: str) -> Mapping[str, Any]:
    command = ["pulumi", "stack", "output", "--json", "--stack", name, "--non-interactive"]
    try:
        process = subprocess.run(  # noqa: S603  # no shell interprets the name
            command,
            cwd=_PROJECT_FOLDER,
            capture_output=True,
            text=True,
            check=False,
            timeout=_PULUMI_TIMEOUT,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise Failed(
            "pulumi is not installed: install it (docs/deployment.md), or pass the outputs with --outputs FILE"
        ) from None
    except subprocess.TimeoutExpired:
        raise Failed(
            f"pulumi did not respond within {_PULUMI_TIMEOUT} s: run pulumi stack output --stack {name} to see why"
        ) from None
    if process.returncode:
        raise Failed(_explain_pulumi_error(name, process.stderr))
    return _parse_outputs(process.stdout, f"the output of pulumi for the stack {name}")


def _explain_pulumi_error(name: str, stderr: str) -> str:
    if re.search(r"no stack named|stack .* not found", stderr):
        return f"there is no stack {name}: pulumi stack ls lists the existing stacks"
    lines = [line.removeprefix("error: ").strip() for line in stderr.splitlines() if line.strip()]
    return f"pulumi cannot read the outputs of {name}: {lines[-1] if lines else 'Pulumi printed no reason'}"


def _read_text(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise Failed(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'the file is not text'}") from None


def _parse_outputs(text: str, source: str) -> Mapping[str, Any]:
    try:
        outputs: Any = json.loads(text)
    except ValueError:
        outputs = None
    if not isinstance(outputs, dict):
        raise Failed(f"{source} is not the JSON object that pulumi stack output --json prints")
    return outputs


def _stack_name(outputs: Mapping[str, Any]) -> str | None:
    """Return the stack name, which the names of AWS resources contain (`autonaming` in Pulumi.yaml)."""
    match = re.match(rf"{PROJECT}-(.+)-edge-function-[0-9a-f]{{7}}$", str(outputs.get("edge_function_name")))
    return match[1] if match else None
