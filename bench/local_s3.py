"""A local S3 with the buckets of the edge function, which runs in its own process."""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3

from bench.peers.peer import ROOT, pin_to_core


@contextmanager
def serve_originals(bucket: str, renditions: str, originals: Iterable[Path]) -> Iterator[dict[str, str]]:
    """Serve the originals from moto, and yield the environment variables for the measured processes.

    The key of an original is the name of its file. The bucket `renditions` is empty. If the machine has two processors,
    the server and the measured processes run on different ones.
    """
    with pin_to_core(min(os.sched_getaffinity(0))):
        process = subprocess.Popen(
            [sys.executable, "-m", "local.aws.moto_server"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    try:
        assert process.stdout is not None
        url = f"http://127.0.0.1:{int(process.stdout.readline())}"
        variables = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_REGION": "us-east-1"}
        client = boto3.client(
            "s3",
            endpoint_url=url,
            region_name=variables["AWS_REGION"],
            aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        )
        client.create_bucket(Bucket=bucket)
        client.create_bucket(Bucket=renditions)
        for original in originals:
            client.put_object(Bucket=bucket, Key=original.name, Body=original.read_bytes())
        yield {
            **variables,
            "AWS_DEFAULT_REGION": variables["AWS_REGION"],
            "AWS_ENDPOINT_URL_S3": url,
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
            "AWS_LAMBDA_FUNCTION_NAME": "bench",
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "TZ": ":UTC",
        }
    finally:
        process.kill()
        process.communicate()
