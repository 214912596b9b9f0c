"""Runs the code of the declared CloudFront Function in a JavaScript engine (QuickJS)."""

import json
from typing import Any, Final

import quickjs

from local.program.program import ProgramError, Resource

_MAX_CODE_SIZE: Final = 10_240
"""The maximum size of the code in bytes."""
_MEMORY_LIMIT: Final = 64 << 20
"""The memory limit of the JavaScript engine in bytes."""
_TIME_LIMIT: Final = 1
"""The time limit of a call in seconds."""
_CALL: Final = "function __call(event) { return JSON.stringify(handler(JSON.parse(event))); }"


class ViewerFunctionError(Exception):
    """The code raised an exception, or returned neither a request nor a response."""


class ViewerFunction:
    """The loaded function. It handles one event at a time, in the thread that created it.

    Global variables keep their values between events. CloudFront does not guarantee this.
    """

    def __init__(self, resource: Resource) -> None:
        """Load the function's code. Raises ProgramError if CloudFront would reject it."""
        code: str = resource.inputs["code"]
        rejection = f"CloudFront would reject the function {resource.name}"
        if len(code.encode()) > _MAX_CODE_SIZE:
            raise ProgramError(f"{rejection}: its code has {len(code.encode())} bytes, the limit is {_MAX_CODE_SIZE}")
        if not resource.inputs.get("publish", True):
            raise ProgramError(f"{rejection}: it is not published")
        self._context = quickjs.Context()
        self._context.set_memory_limit(_MEMORY_LIMIT)
        self._context.set_time_limit(_TIME_LIMIT)
        try:
            self._context.eval(f"'use strict';\n{code}\n{_CALL}")
        except quickjs.JSException as error:
            raise ProgramError(f"{rejection}: {error}") from error
        self._call = self._context.get("__call")

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        """Return the request or the response from the function. Raises ViewerFunctionError if the function fails."""
        try:
            output = json.loads(self._call(json.dumps(event)))
        except (quickjs.JSException, TypeError, ValueError) as error:
            raise ViewerFunctionError(str(error)) from error
        if not isinstance(output, dict) or not ("uri" in output or "statusCode" in output):
            raise ViewerFunctionError("the function returned neither a request nor a response")
        return output
