"""python -m local: serves a stack on this machine, with the pictures of a folder, without an AWS account."""

import argparse
import asyncio
import contextlib
import json
import signal
import sys
import time
from pathlib import Path
from urllib.parse import quote

from local.engine import Running, run
from local.program.program import ProgramError

_ROOT = Path(__file__).parent.parent
_PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif"}


def main() -> int:
    """The exit status: 0 after Ctrl-C, 1 when the stack cannot be served."""
    options = _options()
    if not options.images.is_dir():
        return _failed(f"there is no folder {options.images}: name one that holds pictures with --images")
    try:
        asyncio.run(_serve(options))
    except ProgramError as error:
        return _failed(str(error))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("--stack", default="dev", help="which Pulumi.<stack>.yaml (dev)")
    parser.add_argument(
        "--images", type=Path, default=_ROOT / "samples", help="a folder; subfolders are part of the key"
    )
    parser.add_argument("--port", type=int, default=8080, help="of the distribution; 0 takes any free one (8080)")
    parser.add_argument("--host", default="localhost", help="address to listen on (localhost)")
    return parser.parse_args()


async def _serve(options: argparse.Namespace) -> None:
    started = time.perf_counter()
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    _say(f"starting stack {options.stack} ...")
    with contextlib.suppress(asyncio.CancelledError):
        async with run(_ROOT, options.stack, options.images, host=options.host, port=options.port, say=_say) as running:
            _say(_banner(running, options, time.perf_counter() - started))
            await asyncio.Event().wait()  # until a signal cancels this, at whatever point it is
    _say("\nstopped")


def _banner(running: Running, options: argparse.Namespace, seconds: float) -> str:
    environment = _environment_file(running, options.stack)
    tries = [f"{running.url}/{path}" for path in _tries(running.keys)]
    listed = "\n".join(f"  {url}" for url in tries)
    return f"""\
stack {options.stack} with {len(running.keys)} originals of {options.images}, ready in {seconds:.1f} s; Ctrl-C ends it

{listed}

  curl -sD- -o t.png '{tries[0]}'
  . {environment}; aws cloudfront create-invalidation --distribution-id {running.distribution.id} --paths '/*'
"""


def _tries(keys: list[str]) -> list[str]:
    """A few paths and queries, of pictures that are really there."""
    pictures = [key for key in keys if Path(key).suffix in _PICTURES]
    queries = ("width=50&height=100", "width=400", "width=300&height=300&format=webp", "height=200&dpr=2", "")
    return [f"{quote(key)}?{query}".rstrip("?") for key, query in zip(pictures or ["your.jpg"], queries, strict=False)]


def _environment_file(running: Running, stack: str) -> Path:
    """For AWS's own tools: made-up credentials of this run, and where the local AWS listens; beside it the outputs."""
    values = {
        **running.cloud.credentials,
        "AWS_REGION": running.program.region,
        "AWS_ENDPOINT_URL": running.cloud.url,
        "AWS_ENDPOINT_URL_CLOUDFRONT": running.url,
    }
    path = _ROOT / "build" / "local" / f"{stack}.env"
    path.touch(mode=0o600)
    path.write_text("".join(f"export {name}={value}\n" for name, value in values.items()))
    # As `pulumi stack output --json` prints them, but for where viewers ask.
    outputs = running.program.outputs | {"url": running.url}
    path.with_suffix(".json").write_text(json.dumps(outputs, indent=2) + "\n")
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _say(text: str) -> None:
    print(text, flush=True)


def _failed(reason: str) -> int:
    print(f"python -m local: {reason}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
