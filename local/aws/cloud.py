"""The AWS services of the data path, played by moto: S3 with the declared buckets, IAM with the declared roles."""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any, Self

import boto3
from botocore.config import Config

from local.aws.provision import begin_events, provision
from local.program.program import Program

_EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


class Cloud:
    """A context: the process lives as long as it. From `provision` on, everybody is asked who they are."""

    def __init__(self, log: Path) -> None:
        self._log = log
        # Objects beyond this many bytes go to disk rather than to memory.
        environment = os.environ | {"MOTO_S3_DEFAULT_KEY_BUFFER_SIZE": str(1 << 20)}
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local.aws.moto_server"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment,
                cwd=Path(__file__).parents[2],
                start_new_session=True,  # Ctrl-C is for the engine, which then ends this
            )
        self.url = ""
        self.credentials = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
        self._roles: dict[str, dict[str, str]] = {}

    def __enter__(self) -> Self:
        """It starts while the program is being recorded; `provision` waits for it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the process."""
        self._process.kill()
        self._process.communicate()

    @property
    def pid(self) -> int:
        """Of the process, for those who want to see what happens when S3 is gone."""
        return self._process.pid

    def client(self, service: str, region: str, *, role: str = "") -> Any:
        """A boto3 client with the rights of a declared role, by its ARN, or with all rights."""
        credentials = self._roles[role] if role else self.credentials
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id=credentials["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=credentials["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=credentials.get("AWS_SESSION_TOKEN"),
            config=Config(
                connect_timeout=5, read_timeout=30, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}
            ),
        )

    def provision(self, program: Program) -> None:
        """Makes the declared resources; from here on every caller needs the right, as on AWS."""
        self.url = f"http://127.0.0.1:{self._port()}"
        provision(program, self.client)
        sts = self.client("sts", "us-east-1")
        for role in program.of("aws:iam/role:Role"):
            arn = role.outputs["arn"]
            keys = sts.assume_role(RoleArn=arn, RoleSessionName="local")["Credentials"]
            self._roles[arn] = {
                "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
                "AWS_SESSION_TOKEN": keys["SessionToken"],
            }
        self._enforce()

    def begin_events(self, program: Program) -> None:
        """The declared notifications: what is put from here on is told."""
        begin_events(program, self.client)

    def role(self, arn: str) -> dict[str, str]:
        """The credentials of a declared role, as environment variables."""
        return self._roles[arn]

    def role_of(self, access_key: str) -> str | None:
        """The ARN of the declared role whose credentials have that key."""
        return next((arn for arn, keys in self._roles.items() if keys["AWS_ACCESS_KEY_ID"] == access_key), None)

    def _port(self) -> int:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"moto did not start: see {self._log}")
        return int(line)

    def _enforce(self) -> None:
        iam = self.client("iam", "us-east-1")
        iam.create_user(UserName="local")
        iam.put_user_policy(UserName="local", PolicyName="everything", PolicyDocument=json.dumps(_EVERYTHING))
        key = iam.create_access_key(UserName="local")["AccessKey"]
        self.credentials = {
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }
        # moto's own switch: no further unauthenticated call. It reads the body only as plain text.
        request = urllib.request.Request(
            f"{self.url}/moto-api/reset-auth", data=b"0", headers={"Content-Type": "text/plain"}
        )
        urllib.request.urlopen(request, timeout=10).close()
