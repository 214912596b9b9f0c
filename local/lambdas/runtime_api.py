"""Serves Lambda's Runtime API, from which the runtime client in a sandbox receives its invocations.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import asyncio
import json
import secrets
import time
import uuid
from typing import Any, Final, NamedTuple, Self

from local.lambdas.http_connection import HttpConnection, HttpRequest

_MAX_EVENT: Final = 6 << 20
"""The maximum size of an event in bytes. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
_MAX_RESPONSE: Final = (6 << 20) + 100
"""The maximum size of a response in bytes: `MaxPayloadSize` of AWS's own emulator.

https://github.com/aws/aws-lambda-runtime-interface-emulator
"""
_PATH: Final = "/2018-06-01/runtime"


class FunctionError(Exception):
    """The function raised an exception, crashed, or exceeded its time or memory limit. CloudFront responds 503."""


class _Invocation(NamedTuple):
    request_id: str
    event: bytes
    deadline: float
    function_arn: str


class RuntimeApi:
    """The Runtime API of one sandbox, on a port of its own. It has at most one invocation at a time."""

    def __init__(self) -> None:
        self.initialized: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done as soon as the runtime client has imported the handler and asks for the first event."""
        self.last_error = ""
        """An error after which the runtime client ends: a failed import, or a response that is too large."""
        self._invocation: _Invocation | None = None
        self._result: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting: HttpConnection | None = None
        self._server: asyncio.Server | None = None

    @classmethod
    async def start(cls) -> Self:
        """Listen on a free port."""
        api = cls()
        loop = asyncio.get_running_loop()
        api._server = await loop.create_server(lambda: HttpConnection(api._handle), "127.0.0.1", 0)
        return api

    @property
    def address(self) -> str:
        """The value of the variable AWS_LAMBDA_RUNTIME_API."""
        assert self._server is not None
        host, port = self._server.sockets[0].getsockname()
        return f"{host}:{port}"

    def close(self) -> None:
        """Stop listening. The connections end with the sandbox."""
        assert self._server is not None
        self._server.close()

    def invoke(self, event: dict[str, Any], *, function_arn: str, deadline: float) -> asyncio.Future[Any]:
        """Pass an event to the runtime client. `deadline` is a Unix time in seconds.

        The future contains the handler's result, or a FunctionError with the type and the message of its exception.
        Raises FunctionError if the event is too large.
        """
        payload = json.dumps(event).encode()
        if len(payload) > _MAX_EVENT:
            raise FunctionError(
                f"RequestEntityTooLargeException: Request must be smaller than {_MAX_EVENT} bytes for the "
                "InvokeFunction operation"
            )
        self._invocation = _Invocation(str(uuid.uuid4()), payload, deadline, function_arn)
        self._result = asyncio.get_running_loop().create_future()
        self._send_event()
        return self._result

    def _handle(self, connection: HttpConnection, request: HttpRequest) -> None:
        request_id = self._invocation.request_id if self._invocation else ""
        match request.method, request.path.removeprefix(_PATH):
            case "GET", "/invocation/next":
                self._waiting = connection
                if not self.initialized.done():
                    self.initialized.set_result(None)
                self._send_event()
            case "POST", "/init/error":
                self.last_error = _describe(request.body)
                connection.respond(202, b'{"status": "OK"}')
            case "POST", path if path == f"/invocation/{request_id}/response" and not self._result.done():
                self._receive_response(connection, request.body)
            case "POST", path if path == f"/invocation/{request_id}/error" and not self._result.done():
                self._result.set_exception(FunctionError(_describe(request.body)))
                connection.respond(202, b'{"status": "OK"}')
            case _:
                connection.respond(400, b'{"errorMessage": "Invalid request ID", "errorType": "InvalidRequestID"}')

    def _send_event(self) -> None:
        """Respond to the request for the next event if there is both a request and an event."""
        invocation, connection = self._invocation, self._waiting
        if connection is None or invocation is None or self._result.done():
            return
        self._waiting = None
        trace_id = f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)};Parent={secrets.token_hex(8)};Sampled=0"
        headers = (
            ("Lambda-Runtime-Aws-Request-Id", invocation.request_id),
            ("Lambda-Runtime-Deadline-Ms", str(int(invocation.deadline * 1000))),
            ("Lambda-Runtime-Invoked-Function-Arn", invocation.function_arn),
            ("Lambda-Runtime-Trace-Id", trace_id),
        )
        connection.respond(200, invocation.event, headers)

    def _receive_response(self, connection: HttpConnection, body: bytes) -> None:
        if len(body) > _MAX_RESPONSE:
            self.last_error = (
                f"Function.ResponseSizeTooLarge: Response payload size ({len(body)} bytes) exceeded maximum allowed "
                f"payload size ({_MAX_RESPONSE} bytes)."
            )
            message = f"Exceeded maximum allowed payload size ({_MAX_RESPONSE} bytes)."
            error = {"errorMessage": message, "errorType": "RequestEntityTooLarge"}
            connection.respond(413, json.dumps(error).encode())
            return
        try:
            self._result.set_result(json.loads(body))
        except ValueError:  # The handler returned bytes, which the runtime client sends unchanged.
            self._result.set_exception(FunctionError("the response of the function is not JSON"))
        connection.respond(202, b'{"status": "OK"}')


def _describe(error: bytes) -> str:
    """Return the type and the message of an error. The runtime client has already logged its trace."""
    fields = json.loads(error)
    return f"{fields['errorType']}: {fields['errorMessage']}"
