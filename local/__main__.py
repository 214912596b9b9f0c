"""Serve a stack on this machine, with the pictures of a folder. No AWS account is needed."""

import argparse
import asyncio
import contextlib
import fcntl
import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from local.engine import RunningStack, run
from local.function_log import text_of
from local.program.program import ProgramError
from local.request_log import json_line, text_line
from local.start_message import start_message

_ROOT: Final = Path(__file__).parent.parent


def main() -> int:
    """Serve the stack, and return the exit status: 0 after Ctrl-C, 1 if the stack cannot be served."""
    options = _parse_options()
    if not options.images.is_dir():
        return _fail(f"there is no folder {options.images}: pass a folder of pictures with --images")
    try:
        asyncio.run(_serve(options))
    except ProgramError as error:
        return _fail(str(error))
    return 0


def _parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("--stack", default="dev", help="the stack, from Pulumi.<stack>.yaml (dev)")
    parser.add_argument(
        "--images",
        type=lambda text: Path(text).expanduser(),
        default=_ROOT / "samples",
        help="folder of the originals, with its subfolders (samples)",
    )
    parser.add_argument("--port", type=int, default=8080, help="port of the distribution; 0 takes a free port (8080)")
    parser.add_argument("--host", default="localhost", help="address to listen on (localhost)")
    parser.add_argument(
        "--json",
        action="store_true",
        help="log requests and functions as JSON, as the engine does if its output is no terminal",
    )
    return parser.parse_args()


async def _serve(options: argparse.Namespace) -> None:
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    _report(f"starting the stack {options.stack} ...")
    is_json = options.json or not sys.stdout.isatty()
    request_line = json_line if is_json else text_line
    with contextlib.suppress(asyncio.CancelledError):
        async with run(
            _ROOT,
            options.stack,
            options.images,
            host=options.host,
            port=options.port,
            report=_report if is_json else lambda line: _report(text_of(line)),
            on_request=lambda request: _report(request_line(request)),
        ) as running:
            with _run_name(running, options.stack) as name:
                environment_file = write_environment_file(running, name, _ROOT / "build" / "local")
                _report(
                    start_message(
                        name=name,
                        stack=options.stack,
                        url=running.url,
                        keys=running.keys,
                        images=options.images,
                        environment_file=environment_file,
                        distribution=running.distribution.id,
                    )
                )
                await asyncio.Event().wait()  # until a signal cancels this task
    # The terminal has printed ^C in the current line.
    _report("\nstopped" if sys.stdout.isatty() else "stopped")


@contextlib.contextmanager
def _run_name(running: RunningStack, stack: str) -> Iterator[str]:
    """Yield the name of the files that describe this run, and remove the files at the end.

    The name is that of the stack, or `<stack>-<port>` while another engine of this folder serves the same stack.
    """
    folder = _ROOT / "build" / "local"
    with (folder / f"{stack}.lock").open("w") as lock_file:
        try:
            # The lock ends with this process, even if the process is killed.
            fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            name = stack
        except BlockingIOError:
            name = f"{stack}-{urlsplit(running.url).port}"
        try:
            yield name
        finally:
            for suffix in ("env", "json"):
                (folder / f"{name}.{suffix}").unlink(missing_ok=True)


def write_environment_file(running: RunningStack, name: str, folder: Path) -> Path:
    """Write the credentials and endpoints of this run for AWS's tools, and the stack's outputs to a second file.

    Both files are in `folder`, from which `python -m ops --local` reads them.
    """
    values = {
        **running.cloud.credentials,
        "AWS_REGION": running.program.region,
        "AWS_DEFAULT_REGION": running.program.region,  # botocore, and thus version 1 of the AWS CLI, reads only this
        "AWS_ENDPOINT_URL": running.cloud.url,
        "AWS_ENDPOINT_URL_CLOUDFRONT": running.url,
    }
    path = folder / f"{name}.env"
    path.touch(mode=0o600)
    path.write_text("".join(f"export {name}={value}\n" for name, value in values.items()))
    # `pulumi stack output --json` prints the same outputs, except for the URL of the distribution.
    outputs = running.program.outputs | {"url": running.url}
    path.with_suffix(".json").write_text(json.dumps(outputs, indent=2) + "\n")
    return path


def _report(text: str) -> None:
    print(text, flush=True)


def _fail(reason: str) -> int:
    print(f"python -m local: {reason}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
