"""The command `python -m fuzz`, which renders changed originals for some time, and reports what fails.

The same seed gives the same files in the same order. Files that fail are saved in build/fuzz/.
"""

import argparse
import math
import random
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

from fuzz.corpus import Corpus, choose, make_corpus
from fuzz.mutate import mutate
from fuzz.report import Report
from fuzz.worker import Worker

QUERIES: Final = (
    "format=webp&width=60",
    "format=png&width=60",
    "format=jpeg&width=33",
    "format=original&height=70&width=33",
    "format=avif&width=60",
    "format=original&width=1",
)
"""The canonical queries, of which each file gets one."""
TIMEOUT: Final = 12.0
"""The seconds after which the edge function, too, ends a render."""
MAX_MEMORY: Final = 1_600 << 20
"""The bytes of memory that a render may have. The edge function has 1,769 MB."""
_FOLDER: Final = Path("build/fuzz")
_PROGRESS: Final = 10.0
"""The seconds between two lines about the progress."""


class ChangedFile(NamedTuple):
    """A file to render."""

    name: str
    kind: str
    """The format of the original."""
    data: bytes
    query: str


def changed_files(corpus: Corpus, seed: int) -> Iterator[ChangedFile]:
    """Yield changed originals without an end. The same seed gives the same files."""
    for number in count():
        generator = random.Random(f"{seed}/{number}")  # noqa: S311  # The files are reproducible, not secret.
        kind, original = choose(corpus, number, generator)
        data = mutate(original, kind, corpus[kind], generator)
        yield ChangedFile(name=f"{seed}-{number}", kind=kind, data=data, query=generator.choice(QUERIES))


def fuzz(files: Iterator[ChangedFile], worker: Worker, report: Report, *, seconds: float) -> None:
    """Render files for `seconds`, and write a line about the progress now and then."""
    start = last_line = time.monotonic()
    previous: ChangedFile | None = None
    for file in files:
        result = worker.render(file.data, file.query)
        if previous and worker.late_crash:
            report.add(*previous, worker.late_crash)
        report.add(*file, result)
        previous = file
        now = time.monotonic()
        if now > start + seconds:
            return
        if now > last_line + _PROGRESS:
            sys.stderr.write(f"{report.progress()}\n")
            last_line = now


def main() -> int:
    """Run the command. Return the exit status: 1 if a file failed."""
    parser = argparse.ArgumentParser(prog="fuzz", description="Render changed originals, and report what fails.")
    parser.add_argument("--seconds", type=float, default=60, help="the time to run, in seconds (default: 60)")
    parser.add_argument("--seed", type=int, default=0, help="the number that selects the changes (default: 0)")
    parser.add_argument("files", nargs="*", type=Path, help="files to render instead, such as those in build/fuzz")
    arguments = parser.parse_args()
    report = Report(None if arguments.files else _FOLDER)
    files = _saved_files(arguments.files) if arguments.files else changed_files(make_corpus(), arguments.seed)
    with Worker(seconds=TIMEOUT, max_memory=MAX_MEMORY) as worker:
        fuzz(files, worker, report, seconds=math.inf if arguments.files else arguments.seconds)
    sys.stdout.write(f"{report.summary()}\n")
    return 1 if report.failures else 0


def _saved_files(paths: list[Path]) -> Iterator[ChangedFile]:
    """Yield each saved file once for each query."""
    for path in paths:
        for query in QUERIES:
            yield ChangedFile(name=path.stem, kind=path.suffix[1:], data=path.read_bytes(), query=query)


if __name__ == "__main__":
    sys.exit(main())
