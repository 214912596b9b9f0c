"""The declared CloudFront Function: its real code, in a real JavaScript engine."""

import json
from typing import Any

import quickjs

from local.program.program import ProgramError, Resource

_LIMIT = 10_240  # bytes of code
_CALL = "function __call(event) { return JSON.stringify(handler(JSON.parse(event))); }"


class ViewerFunctionError(Exception):
    """The code threw, or answered with something that is neither request nor response."""


class ViewerFunction:
    """One event at a time, in the thread that made it. Its globals live on, which CloudFront does not promise.

    ProgramError for what CloudFront would not take.
    """

    def __init__(self, resource: Resource) -> None:
        code: str = resource.inputs["code"]
        if len(code.encode()) > _LIMIT:
            raise ProgramError(f"CloudFront would refuse {resource.name}: it has more than {_LIMIT} bytes")
        if not resource.inputs.get("publish", True):
            raise ProgramError(f"CloudFront would refuse {resource.name}: it is not published")
        self._context = quickjs.Context()
        self._context.set_memory_limit(64 << 20)
        self._context.set_time_limit(1)
        try:
            self._context.eval(f"'use strict';\n{code}\n{_CALL}")
        except quickjs.JSException as error:
            raise ProgramError(f"CloudFront would refuse {resource.name}: {error}") from error
        self._call = self._context.get("__call")

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        """The request as the function leaves it, or the response that it makes."""
        try:
            answer = json.loads(self._call(json.dumps(event)))
        except (quickjs.JSException, TypeError, ValueError) as error:
            raise ViewerFunctionError(str(error)) from error
        if not isinstance(answer, dict) or not ("uri" in answer or "statusCode" in answer):
            raise ViewerFunctionError("neither a request nor a response came back")
        return answer
