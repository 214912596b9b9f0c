"""HTTP servers that replace AWS: moto's server, and servers with scripted responses."""

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
OUTPUTS: dict[str, Any] = {
    name: value
    for name, value in json.loads((ROOT / "docs" / "examples" / "outputs.json").read_text()).items()
    if not name.endswith(("_queue_url", "_bucket", "budget_name", "alert_topics", "dashboards"))
}
"""The outputs of the stack in docs/operations.md, without the resources that moto's server lacks, such as queues."""


def write_outputs(folder: Path, **changes: Any) -> str:
    """Write a file with the outputs of a stack, and return its path. A change to None removes the output."""
    path = folder / "outputs.json"
    path.write_text(json.dumps({name: value for name, value in (OUTPUTS | changes).items() if value is not None}))
    return str(path)


@dataclass(frozen=True)
class Moto:
    """A running moto server."""

    url: str

    def client(self, service: str, region: str = "us-east-1") -> Any:
        session: Any = boto3.Session()
        return session.client(service, region_name=region, endpoint_url=self.url)

    def reset(self) -> None:
        request = urllib.request.Request(f"{self.url}/moto-api/reset", method="POST")
        urllib.request.urlopen(request, timeout=10).close()


@dataclass(frozen=True)
class Call:
    """A request that a scripted server received."""

    method: str
    path: str
    body: bytes
    headers: dict[str, str]


ScriptedResponse = tuple[int, str] | None
"""The status and the body, or None to forward the request to another server."""


@dataclass
class ScriptedServer:
    """A server whose responses `script` returns. If the script returns None, the server at `forward_url` responds."""

    script: Callable[[Call], ScriptedResponse]
    forward_url: str = ""
    calls: list[Call] = field(default_factory=list)
    url: str = ""

    def respond(self, call: Call) -> tuple[int, bytes]:
        self.calls.append(call)
        response = self.script(call)
        return self._forward(call) if response is None else (response[0], response[1].encode())

    def _forward(self, call: Call) -> tuple[int, bytes]:
        headers = {
            name: value for name, value in call.headers.items() if name.lower() not in ("host", "content-length")
        }
        request = urllib.request.Request(
            self.forward_url + call.path, data=call.body or None, headers=headers, method=call.method
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return response.status, response.read()
        except HTTPError as error:
            with error:
                return error.code, error.read()


@contextmanager
def scripted_server(script: Callable[[Call], ScriptedResponse], forward_url: str = "") -> Iterator[ScriptedServer]:
    """Run a scripted server on a free port."""
    server = ScriptedServer(script, forward_url)

    class Handler(BaseHTTPRequestHandler):
        def handle_request(self) -> None:
            size = int(self.headers.get("content-length") or 0)
            status, body = server.respond(Call(self.command, self.path, self.rfile.read(size), dict(self.headers)))
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_DELETE = do_PUT = handle_request  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            """Ignore the error, because the client may have closed the connection."""

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
    """Return the XML of an error response of CloudFront."""
    return (
        f'<ErrorResponse xmlns="{XMLNS}"><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>'
    )


def invalidation_xml(id_: str, status: str = "Completed") -> str:
    """Return CloudFront's response to CreateInvalidation and to GetInvalidation."""
    return (
        f'<Invalidation xmlns="{XMLNS}"><Id>{id_}</Id><Status>{status}</Status>'
        "<CreateTime>2026-11-20T10:00:00Z</CreateTime></Invalidation>"
    )


def sent_batch(call: Call) -> tuple[str, list[str]]:
    """Return the caller reference and the items of a CreateInvalidation request."""
    batch = ET.fromstring(call.body)  # noqa: S314  # the tests wrote the XML
    names = {"": XMLNS}
    items = [path.text or "" for path in batch.findall("Paths/Items/Path", names)]
    return batch.findtext("CallerReference", "", names), items


def start_interruptible(command: list[str], environment: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start a command that the signal SIGINT can interrupt."""
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
    """Restore the default handler of SIGINT, which a shell disables for processes that it starts in the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
