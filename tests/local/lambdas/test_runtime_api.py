"""Test the Runtime API with requests that the runtime client does not send."""

import asyncio
import http.client
import json
from collections.abc import Callable

import pytest

from local.lambdas.runtime_api import RuntimeApi

PATH = "/2018-06-01/runtime"
Send = Callable[[str, str, bytes], tuple[int, http.client.HTTPMessage, bytes]]


def with_invocation(use: Callable[[Send], object]) -> object:
    """Return the result of an invocation, after a runtime client has sent its requests in a thread."""

    async def run() -> object:
        api = await RuntimeApi.start()
        connection = http.client.HTTPConnection(api.address, timeout=10)

        def send(method: str, path: str, body: bytes) -> tuple[int, http.client.HTTPMessage, bytes]:
            connection.request(method, PATH + path, body or None)
            response = connection.getresponse()
            return response.status, response.headers, response.read()

        result = api.invoke({"a": 1}, function_arn="arn:f", deadline=1700000000.5)
        try:
            await asyncio.to_thread(use, send)
            return await asyncio.wait_for(result, 1)
        finally:
            connection.close()
            api.close()

    return asyncio.run(run())


def test_next_invocation_has_the_event_and_the_documented_headers() -> None:
    def use(send: Send) -> None:
        status, headers, body = send("GET", "/invocation/next", b"")
        assert (status, json.loads(body)) == (200, {"a": 1})
        assert headers["Lambda-Runtime-Deadline-Ms"] == "1700000000500"
        assert headers["Lambda-Runtime-Invoked-Function-Arn"] == "arn:f"
        assert headers["Lambda-Runtime-Trace-Id"].startswith("Root=1-")
        send("POST", f"/invocation/{headers['Lambda-Runtime-Aws-Request-Id']}/response", b'"done"')

    assert with_invocation(use) == "done"


@pytest.mark.parametrize("request_id", ["other", ""])
def test_response_to_another_invocation_is_refused(request_id: str) -> None:
    def use(send: Send) -> None:
        send("GET", "/invocation/next", b"")
        status, _, body = send("POST", f"/invocation/{request_id}/response", b'"wrong"')
        assert (status, json.loads(body)["errorType"]) == (400, "InvalidRequestID")

    with pytest.raises(TimeoutError):
        with_invocation(use)


def test_second_response_to_an_invocation_is_refused() -> None:
    def use(send: Send) -> None:
        _, headers, _ = send("GET", "/invocation/next", b"")
        path = f"/invocation/{headers['Lambda-Runtime-Aws-Request-Id']}/response"
        assert send("POST", path, b'"first"')[0] == 202
        assert send("POST", path, b'"second"')[0] == 400

    assert with_invocation(use) == "first"
