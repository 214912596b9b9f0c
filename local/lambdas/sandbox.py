"""Runs inside the sandbox's process: reads an event and writes the handler's result, each as one line of JSON.

The engine starts it as `python -I -S sandbox.py TASK_ROOT HANDLER`, so that only the bundle and the standard library
are importable. This module itself uses only the standard library. The process ends when its standard input ends, so
that it does not outlive the engine.
"""

import importlib
import json
import os
import sys
import time
import traceback
from typing import Any


class Context:
    """The documented attributes of Lambda's context object.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    def __init__(self, request_id: str, deadline: float) -> None:
        self.aws_request_id = request_id
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        region, account = os.environ["AWS_REGION"], "123456789012"
        self.invoked_function_arn = f"arn:aws:lambda:{region}:{account}:function:{self.function_name}"
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self._deadline = deadline

    def get_remaining_time_in_millis(self) -> int:
        """Return the time until the function's timeout."""
        return max(0, int((self._deadline - time.time()) * 1000))


def main() -> None:
    """Import the handler, write `{"ready": true}`, then handle invocations until standard input ends."""
    task_root, handler = sys.argv[1:]
    results = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # the output of the handler belongs in the log, not in the results
    sys.path.insert(0, task_root)
    module, _, name = handler.rpartition(".")
    function = getattr(importlib.import_module(module), name)
    _write(results, {"ready": True})
    for line in sys.stdin:
        invocation = json.loads(line)
        try:
            context = Context(invocation["id"], invocation["deadline"])
            output = {"result": function(invocation["event"], context)}
        except Exception as error:  # noqa: BLE001  # Lambda also reports every exception of the handler
            output = {"error": {"type": type(error).__name__, "message": str(error), "trace": traceback.format_exc()}}
        _write(results, output)


def _write(results: Any, output: dict[str, Any]) -> None:
    results.write(json.dumps(output) + "\n")
    results.flush()


if __name__ == "__main__":
    main()
