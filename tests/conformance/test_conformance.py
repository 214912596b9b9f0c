"""Every case of the page about pictures, on the pipeline itself."""

import multiprocessing
import resource
from typing import Any

import pytest

from conformance.case import Answer, Case, upright
from conformance.cases import CASES
from conformance.pictures import encoded, quadrants
from edge.errors import NotAnImage, OriginalTooLarge
from edge.imaging.pipeline import render
from edge.rendition import Rendition

RIGHT = [case for case in CASES if case.check is not None]
REFUSED = [case for case in CASES if case.check is None]
_MEMORY = 512 << 20


def made(original: bytes, case: Case) -> bytes | None:
    rendition = Rendition(format=case.format, **case.options)
    limits = {"max_pixels": 100_000_000, "max_frames": 1000, "max_dimension": 4096, "max_body": 780_000}
    result = render(original, rendition, **limits)
    return None if result is None else result.body


@pytest.mark.parametrize("case", RIGHT, ids=lambda case: f"{case.row}: {case.name}")
def test_it_is_right(case: Case) -> None:
    body = made(case.original(), case)

    assert body is not None
    assert case.check is not None
    assert case.check(Answer(body)) is None


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_it_is_refused_with_little_memory_and_the_process_stays_fit(case: Case) -> None:
    original = case.original()
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_confined, args=(theirs, original, case))
    process.start()
    theirs.close()
    assert ours.poll(60), "it hangs"
    told: Any = ours.recv()
    process.join()

    assert told == ("refused", None)


def _confined(pipe: Any, original: bytes, case: Case) -> None:
    """In a process of its own, which may take 512 MB more than it has."""
    have = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()  # noqa: PTH123, SIM115
    resource.setrlimit(resource.RLIMIT_AS, (have + _MEMORY, have + _MEMORY))
    try:
        body = made(original, case)
        told = "sent untouched" if body is None else f"{len(body)} bytes"
    except (NotAnImage, OriginalTooLarge):
        told = "refused"
    well = Case(row="", name="", original=lambda: b"", check=None)
    body = made(encoded(quadrants(240, 160), "png"), well)
    pipe.send((told, upright()(Answer(body or b""))))


def test_no_two_cases_have_the_same_name() -> None:
    names = [(case.row, case.name) for case in CASES]

    assert len(set(names)) == len(names)
