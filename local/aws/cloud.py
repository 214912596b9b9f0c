"""Starts moto, the local AWS, in its own process, and creates clients and credentials for it."""

import json
import os
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import boto3
from botocore.config import Config

from local.aws.moto_patches import check_moto_version
from local.program.output_functions import ACCOUNT
from local.program.program import Program, ProgramError

if TYPE_CHECKING:
    from types_boto3_cloudwatch import CloudWatchClient
    from types_boto3_kms import KMSClient
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_s3 import S3Client
    from types_boto3_sqs import SQSClient

_ALLOW_EVERYTHING: Final = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
_READ_TIMEOUT: Final = 30
"""The seconds to wait for a response, as CloudFront waits for S3 if the program declares no other timeout."""


class Cloud:
    """A context manager that starts moto's process and ends it.

    moto starts while the program is being recorded. Call `wait_until_started` before creating a client.
    """

    def __init__(self, log: Path) -> None:
        """Start moto, with its standard error in `log`. Raises ProgramError for an unsupported version of moto."""
        check_moto_version()
        self._log = log
        # moto keeps an object with more bytes than this number on disk instead of in memory.
        environment = os.environ | {"MOTO_S3_DEFAULT_KEY_BUFFER_SIZE": str(1 << 20)}
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local.aws.moto_server"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment,
                cwd=Path(__file__).parents[2],
                start_new_session=True,  # Ctrl-C reaches only the engine, which then ends this process
            )
        self.url = ""
        """The URL of moto; empty until moto has started."""
        self.credentials = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
        """The operator's credentials, which allow everything, as environment variables."""
        self._role_credentials: dict[str, dict[str, str]] = {}
        self._clients: dict[tuple[str, str, str], Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    @property
    def pid(self) -> int:
        """The id of moto's process, for tests that stop it."""
        return self._process.pid

    def wait_until_started(self) -> None:
        """Block until moto listens. Raises ProgramError if the process of moto ended instead."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise ProgramError(f"moto did not start: read the error in {self._log}")
        self.url = f"http://127.0.0.1:{int(line)}"

    def enforce_iam(self, program: Program) -> None:
        """Create credentials for the declared roles and for the operator. Then make moto check every permission.

        The roles must already exist in moto.
        """
        sts = boto3.client("sts", **self._client_options("us-east-1"))
        for role in program.of("aws:iam/role:Role"):
            arn = role.outputs["arn"]
            credentials = sts.assume_role(RoleArn=arn, RoleSessionName="local")["Credentials"]
            self._role_credentials[arn] = {
                "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
                "AWS_SESSION_TOKEN": credentials["SessionToken"],
            }
        iam = self.iam()
        iam.create_user(UserName="local")
        iam.put_user_policy(UserName="local", PolicyName="everything", PolicyDocument=json.dumps(_ALLOW_EVERYTHING))
        key = iam.create_access_key(UserName="local")["AccessKey"]
        self.credentials = {
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }
        self._clients.clear()  # they have the old credentials
        # After this request, moto checks the credentials of every call. moto reads the body of the request only if its
        # content type is text/plain.
        request = urllib.request.Request(
            f"{self.url}/moto-api/reset-auth", data=b"0", headers={"Content-Type": "text/plain"}
        )
        urllib.request.urlopen(request, timeout=10).close()

    def role_credentials(self, arn: str) -> dict[str, str]:
        """Return the credentials of a declared role as environment variables."""
        return self._role_credentials[arn]

    def role_with_access_key(self, access_key_id: str) -> str | None:
        """Return the ARN of the declared role whose credentials have this access key id, or None."""
        for arn, credentials in self._role_credentials.items():
            if credentials["AWS_ACCESS_KEY_ID"] == access_key_id:
                return arn
        return None

    def s3(self, region: str, *, read_timeout: int = _READ_TIMEOUT) -> "S3Client":
        """Return a client of S3 with all permissions. `read_timeout` is in seconds."""
        return boto3.client("s3", **self._client_options(region, read_timeout=read_timeout))

    def sqs(self, region: str, *, role: str = "") -> "SQSClient":
        """Return a client of SQS with all permissions, or with the permissions of the declared role with this ARN."""
        return boto3.client("sqs", **self._client_options(region, role=role))

    def kms(self, region: str) -> "KMSClient":
        """Return a client of KMS with all permissions."""
        return boto3.client("kms", **self._client_options(region))

    def cloudwatch(self, region: str) -> "CloudWatchClient":
        """Return a client of CloudWatch with all permissions."""
        return self._cached_client("cloudwatch", region)

    def logs(self, region: str, *, role: str = "") -> "CloudWatchLogsClient":
        """Return a client of CloudWatch Logs with all permissions, or with those of the declared role with this ARN."""
        return self._cached_client("logs", region, role=role)

    def sns(self, region: str) -> Any:
        """Return a client of SNS with all permissions."""
        return self._cached_client("sns", region)  # the stubs of SNS are not installed

    def evaluate_alarms(self, time: float) -> None:
        """Evaluate all alarms, as CloudWatch does once a minute, at a time in seconds since the epoch."""
        query = urllib.parse.urlencode({"account": ACCOUNT, "time": time})
        request = urllib.request.Request(f"{self.url}/moto-api/evaluate-alarms?{query}", data=b"")
        urllib.request.urlopen(request, timeout=60).close()

    def iam(self) -> Any:
        """Return a client of IAM with all permissions."""
        client: Any = boto3.client  # the stubs of IAM are not installed
        return client("iam", **self._client_options("us-east-1"))

    def _cached_client(self, service: str, region: str, *, role: str = "") -> Any:
        """Return a client. The same arguments give the same client, because creating one takes 10 ms."""
        key = (service, region, role)
        if key not in self._clients:
            client: Any = boto3.client
            self._clients[key] = client(service, **self._client_options(region, role=role))
        return self._clients[key]

    def _client_options(self, region: str, *, role: str = "", read_timeout: int = _READ_TIMEOUT) -> dict[str, Any]:
        credentials = self._role_credentials[role] if role else self.credentials
        return {
            "region_name": region,
            "endpoint_url": self.url,
            "aws_access_key_id": credentials["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": credentials["AWS_SECRET_ACCESS_KEY"],
            "aws_session_token": credentials.get("AWS_SESSION_TOKEN"),
            "config": Config(
                connect_timeout=5,
                read_timeout=read_timeout,
                retries={"total_max_attempts": 1},
                # moto checks the signature of the decompressed body.
                disable_request_compression=True,
                s3={"addressing_style": "path"},
            ),
        }
