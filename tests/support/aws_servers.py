"""AWS over real HTTP: moto's, and servers that answer as they are told."""

import json
import signal
import subprocess
import threading
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from xml.etree import ElementTree as ET

import boto3

from tests.support.served_stack import ROOT

XMLNS = "http://cloudfront.amazonaws.com/doc/2020-05-31/"
FUNCTION = "edge-image-resizer-prod-edge-function-1a2b3c4"
ARN = f"arn:aws:lambda:us-east-1:123456789012:function:{FUNCTION}"
OUTPUTS: dict[str, Any] = json.loads((ROOT / "docs" / "examples" / "outputs.json").read_text())
"""Those of docs/operations.md."""


def write_outputs(folder: Path, **others: Any) -> str:
    """A file with the outputs of a stack; None takes one away."""
    path = folder / "outputs.json"
    path.write_text(json.dumps({name: value for name, value in (OUTPUTS | others).items() if value is not None}))
    return str(path)


@dataclass(frozen=True)
class Moto:
    url: str

    def client(self, service: str, region: str = "us-east-1") -> Any:
        return boto3.client(service, region_name=region, endpoint_url=self.url)

    def reset(self) -> None:
        request = urllib.request.Request(f"{self.url}/moto-api/reset", method="POST")
        urllib.request.urlopen(request, timeout=10).close()


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    body: bytes
    headers: dict[str, str]


ScriptedResponse = tuple[int, str] | None


@dataclass
class ScriptedServer:
    """A server that answers by `script`, and where that gives None, as the one behind it does."""

    script: Callable[[Call], ScriptedResponse]
    behind: str = ""
    calls: list[Call] = field(default_factory=list)
    url: str = ""

    def answer(self, call: Call) -> tuple[int, bytes]:
        self.calls.append(call)
        answer = self.script(call)
        if answer is not None:
            return answer[0], answer[1].encode()
        headers = {
            name: value for name, value in call.headers.items() if name.lower() not in ("host", "content-length")
        }
        request = urllib.request.Request(
            self.behind + call.path, data=call.body or None, headers=headers, method=call.method
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as reply:
                return reply.status, reply.read()
        except HTTPError as error:
            with error:
                return error.code, error.read()


@contextmanager
def scripted_server(script: Callable[[Call], ScriptedResponse], behind: str = "") -> Iterator[ScriptedServer]:
    server = ScriptedServer(script, behind)

    class Handler(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            size = int(self.headers.get("content-length") or 0)
            body = self.rfile.read(size)
            status, answer = server.answer(Call(self.command, self.path, body, dict(self.headers)))
            self.send_response(status)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = do_DELETE = do_PUT = handle_one  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            """Whoever asked may have gone."""

    http = Server(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    server.url = f"http://127.0.0.1:{http.server_address[1]}"
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join(10)


def error_xml(code: str, message: str = "no") -> str:
    """As CloudFront says it."""
    return (
        f'<ErrorResponse xmlns="{XMLNS}"><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>'
    )


def invalidation_xml(id_: str, status: str = "Completed") -> str:
    """As CloudFront answers both to create and to get."""
    return (
        f'<Invalidation xmlns="{XMLNS}"><Id>{id_}</Id><Status>{status}</Status>'
        "<CreateTime>2026-11-20T10:00:00Z</CreateTime></Invalidation>"
    )


def sent_batch(call: Call) -> tuple[str, list[str]]:
    """Reference and items of what was sent to CloudFront."""
    batch = ET.fromstring(call.body)  # noqa: S314  # from this machine
    names = {"": XMLNS}
    return batch.findtext("CallerReference", "", names), [
        p.text or "" for p in batch.findall("Paths/Items/Path", names)
    ]


def start_interruptible(command: list[str], environment: Mapping[str, str]) -> subprocess.Popen[str]:
    """A command on its way, that SIGINT reaches."""
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=restore_ctrl_c,
    )


def restore_ctrl_c() -> None:
    """In a new process: whoever runs the tests in the background may have had Ctrl-C ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
