"""Measures a process of each kind, turn by turn: ours from its bundle, Node with its SDK, Python with boto3."""

import base64
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import boto3

from bench import originals
from bench.peers.peer import CORE, NODE, ROOT, pinned
from local.program.recorder import Program, Resource, record

_KEY: Final = "photograph.jpg"
_QUERY: Final = "format=webp&width=320"
_HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """What is started, and what it is told, if it is to be told anything."""

    command: list[str]
    given: str = ""
    makes: bool = True
    """A rendition; else it is only how long the interpreter alone takes."""


def measured(*, quick: bool) -> dict[str, Any]:
    """Milliseconds by kind of process, and ours by phase."""
    program = record(ROOT, "dev", overrides={"bundleTarget": "host"})
    settings = _settings(program)
    bucket = json.loads(settings["value"])["bucket"]
    times: dict[str, list[float]] = {}
    phases: list[dict[str, float]] = []
    original = originals.photograph("jpeg", 0.3).read_bytes()
    with _s3(bucket, original) as environment:
        starters = _starters(_function(program), settings, bucket, len(original))
        for number in range(-1, 7 if quick else 31):
            for name, starter in starters.items():
                milliseconds, log = _started(starter, environment)
                if number >= 0:  # the first of each only warms the disk's cache
                    times.setdefault(name, []).append(milliseconds)
                    phases += [json.loads(log)["ms"]] if log else []
            sys.stderr.write(
                f"cold start {number + 2}: { ({name: round(each[-1]) for name, each in times.items()}) }\n"
            )
    ours = {phase: round(statistics.median(each[phase] for each in phases), 1) for phase in phases[0]}
    return {"ms": {name: _spread(each) for name, each in times.items()}, "ours": ours}


def _spread(times: list[float]) -> dict[str, float]:
    return {"least": round(min(times), 1), "median": round(statistics.median(times), 1)}


def _function(program: Program) -> Resource:
    functions = program.of("aws:lambda/function:Function")
    return next(each for each in functions if each.inputs["handler"].startswith("edge."))


def _settings(program: Program) -> dict[str, str]:
    """The custom header that the distribution sends to the function."""
    origins = program.of("aws:cloudfront/distribution:Distribution")[0].inputs["origins"]
    return next(
        header for each in origins for header in each.get("customHeaders") or [] if header["name"] == "x-image-settings"
    )


def _starters(function: Resource, settings: Mapping[str, str], bucket: str, length: int) -> dict[str, Starter]:
    bundle = str((ROOT / function.inputs["code"].path).resolve())
    clean = [sys.executable, "-I", "-S", "-B"]
    sandbox = [*clean, str(ROOT / "local" / "sandbox.py"), bundle, function.inputs["handler"]]
    asked = {"event": _event(settings, length), "id": "1", "deadline": time.time() + 3600}
    return {
        "ours": Starter(command=sandbox, given=json.dumps(asked) + "\n"),
        "node": Starter(command=[str(NODE), str(_HERE / "node.mjs"), bucket, _KEY]),
        "boto3": Starter(command=[sys.executable, "-B", str(_HERE / "boto.py"), bucket, _KEY]),
        "python alone": Starter(command=[*clean, "-c", "print()"], makes=False),
        "node alone": Starter(command=[str(NODE), "-e", "console.log()"], makes=False),
    }


def _event(settings: Mapping[str, str], length: int) -> dict[str, Any]:
    """Of CloudFront's documented shape, without what the function does not look at."""
    origin = {"customHeaders": {settings["name"]: [{"key": settings["name"], "value": settings["value"]}]}}
    request = {"method": "GET", "uri": f"/{_KEY}", "querystring": _QUERY, "headers": {}, "origin": {"s3": origin}}
    headers = {"content-length": [{"key": "Content-Length", "value": str(length)}]}
    response = {"status": "200", "statusDescription": "OK", "headers": headers}
    config = {"requestId": "1", "eventType": "origin-response"}
    return {"Records": [{"cf": {"config": config, "request": request, "response": response}}]}


def _started(starter: Starter, environment: Mapping[str, str]) -> tuple[float, str]:
    """Milliseconds until the last line that is awaited, and what the process logged."""
    with pinned(CORE):
        began = time.perf_counter()
        process = subprocess.Popen(
            starter.command,
            env=environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    with process:
        process.stdin.write(starter.given)
        process.stdin.flush()
        line = process.stdout.readline()
        if starter.given:  # the first one says that it is ready
            line = process.stdout.readline()
        milliseconds = (time.perf_counter() - began) * 1000
        process.stdin.close()
        log = process.stderr.read()
    if starter.makes and not _is_webp(line):
        raise RuntimeError(f"{starter.command} made no WebP: {line}{log}")
    return milliseconds, log if starter.given else ""


def _is_webp(line: str) -> bool:
    body: str = json.loads(line or "{}").get("result", {}).get("body", "")
    return base64.b64decode(body)[8:12] == b"WEBP"


@contextmanager
def _s3(bucket: str, original: bytes) -> Iterator[dict[str, str]]:
    """An S3 with the original in it; the environment of those who ask it. Not on the processor that is measured."""
    with pinned(min(os.sched_getaffinity(0))):
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
        names = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_REGION": "us-east-1"}
        client = boto3.client(
            "s3",
            endpoint_url=url,
            region_name=names["AWS_REGION"],
            aws_access_key_id=names["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=names["AWS_SECRET_ACCESS_KEY"],
        )
        client.create_bucket(Bucket=bucket)
        client.put_object(Bucket=bucket, Key=_KEY, Body=original)
        yield {
            **names,
            "AWS_DEFAULT_REGION": names["AWS_REGION"],
            "AWS_ENDPOINT_URL_S3": url,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
            "AWS_LAMBDA_FUNCTION_NAME": "bench",
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "TZ": ":UTC",
        }
    finally:
        process.kill()
        process.communicate()
