"""Inside the clean interpreter: an event in, the handler's answer out, a line of JSON each. Standard library only.

Started as `python -I -S sandbox.py TASK_ROOT HANDLER`, so that nothing is importable but the bundle and the standard
library. Ends with its standard input, so that it never outlives the engine.
"""

import importlib
import json
import os
import sys
import time
import traceback
from typing import Any


class Context:
    """What of Lambda's context object the documents promise."""

    def __init__(self, request_id: str, deadline: float) -> None:
        self.aws_request_id = request_id
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        home, account = os.environ["AWS_REGION"], "123456789012"
        self.invoked_function_arn = f"arn:aws:lambda:{home}:{account}:function:{self.function_name}"
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self._deadline = deadline

    def get_remaining_time_in_millis(self) -> int:
        """Until the function's timeout."""
        return max(0, int((self._deadline - time.time()) * 1000))


def main() -> None:
    """Says that it is ready, then answers until there is nothing more to read."""
    task_root, handler = sys.argv[1:]
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the handler prints is log, not answer
    sys.path.insert(0, task_root)
    module, _, name = handler.rpartition(".")
    function = getattr(importlib.import_module(module), name)
    _send(answers, {"ready": True})
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = {"result": function(asked["event"], Context(asked["id"], asked["deadline"]))}
        except Exception as error:  # noqa: BLE001  # Lambda, too, reports whatever the handler raises
            answer = {"error": {"type": type(error).__name__, "message": str(error), "trace": traceback.format_exc()}}
        _send(answers, answer)


def _send(answers: Any, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
