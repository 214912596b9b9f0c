"""Serve a stack on this machine, with the pictures of a folder. No AWS account is needed."""

import argparse
import asyncio
import contextlib
import json
import signal
import sys
import time
from pathlib import Path
from typing import Final
from urllib.parse import quote

from local.engine import RunningStack, run
from local.program.program import ProgramError

_ROOT: Final = Path(__file__).parent.parent
_PICTURE_SUFFIXES: Final = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif"}
_EXAMPLE_QUERIES: Final = (
    "width=50&height=100",
    "width=400",
    "width=300&height=300&format=webp",
    "height=200&dpr=2",
    "",
)


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
        "--images", type=Path, default=_ROOT / "samples", help="folder of the originals, with its subfolders (samples)"
    )
    parser.add_argument("--port", type=int, default=8080, help="port of the distribution; 0 takes a free port (8080)")
    parser.add_argument("--host", default="localhost", help="address to listen on (localhost)")
    return parser.parse_args()


async def _serve(options: argparse.Namespace) -> None:
    started = time.perf_counter()
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    _report(f"starting the stack {options.stack} ...")
    with contextlib.suppress(asyncio.CancelledError):
        async with run(
            _ROOT, options.stack, options.images, host=options.host, port=options.port, report=_report
        ) as running:
            environment_file = _write_environment_file(running, options.stack)
            _report(_start_message(running, options, environment_file, time.perf_counter() - started))
            await asyncio.Event().wait()  # until a signal cancels this task
    _report("\nstopped")


def _start_message(running: RunningStack, options: argparse.Namespace, environment_file: Path, seconds: float) -> str:
    urls = [f"{running.url}/{path}" for path in _example_paths(running.keys)]
    listed_urls = "\n".join(f"  {url}" for url in urls)
    return f"""\
The stack {options.stack} is ready after {seconds:.1f} s, with {len(running.keys)} originals from {options.images}.
Press Ctrl-C to stop it. Open one of these URLs in a browser:

{listed_urls}

Or use the command line:

  curl -sD- -o rendition.png '{urls[0]}'
  . {environment_file}; aws cloudfront create-invalidation --distribution-id {running.distribution.id} --paths '/*'
"""


def _example_paths(keys: list[str]) -> list[str]:
    """Return a few paths with queries, for originals that exist."""
    pictures = [key for key in keys if Path(key).suffix in _PICTURE_SUFFIXES]
    return [
        f"{quote(key)}?{query}".rstrip("?")
        for key, query in zip(pictures or ["your.jpg"], _EXAMPLE_QUERIES, strict=False)
    ]


def _write_environment_file(running: RunningStack, stack: str) -> Path:
    """Write the credentials and endpoints of this run for AWS's tools, and the stack's outputs to a second file."""
    values = {
        **running.cloud.credentials,
        "AWS_REGION": running.program.region,
        "AWS_ENDPOINT_URL": running.cloud.url,
        "AWS_ENDPOINT_URL_CLOUDFRONT": running.url,
    }
    path = _ROOT / "build" / "local" / f"{stack}.env"
    path.touch(mode=0o600)
    path.write_text("".join(f"export {name}={value}\n" for name, value in values.items()))
    # `pulumi stack output --json` prints the same outputs, except for the URL of the distribution.
    outputs = running.program.outputs | {"url": running.url}
    path.with_suffix(".json").write_text(json.dumps(outputs, indent=2) + "\n")
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _report(text: str) -> None:
    print(text, flush=True)


def _fail(reason: str) -> int:
    print(f"python -m local: {reason}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
