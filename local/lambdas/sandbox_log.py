"""Forwards the log of a sandbox: the output of its process, and the messages of the runtime client."""

import asyncio
import contextlib
import os
import struct
from collections.abc import Callable
from typing import Final

LOG_VARIABLE: Final = "_LAMBDA_TELEMETRY_LOG_FD"
"""The variable with the descriptor to which the runtime client writes its messages, as in the runtimes of AWS."""
_FRAME_HEAD: Final = struct.Struct(">IIQ")
"""The type, the length and the time of a message, as FramedTelemetryLogSink of the runtime client writes them.

https://github.com/aws/aws-lambda-python-runtime-interface-client/blob/main/awslambdaric/bootstrap.py
"""


async def forward_output(output: asyncio.StreamReader, report: Callable[[str], None]) -> None:
    """Report the lines that the function prints, until the output ends."""
    async for line in output:
        report(line.decode(errors="replace").rstrip())


async def forward_messages(pipe: int, report: Callable[[str], None]) -> None:
    """Report the messages of the runtime client, such as traces, line by line, and close the pipe at its end.

    The runtime client puts each message into a frame, because a message can have several lines.
    """
    messages = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(messages), os.fdopen(pipe, "rb", buffering=0))
    with contextlib.suppress(asyncio.IncompleteReadError):  # the process has ended
        while True:
            _, length, _ = _FRAME_HEAD.unpack(await messages.readexactly(_FRAME_HEAD.size))
            message = await messages.readexactly(length)
            for line in message.decode(errors="replace").rstrip().split("\n"):
                report(line)
