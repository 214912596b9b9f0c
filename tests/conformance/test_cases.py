"""Tests of every picture case with this project's own pipeline."""

import multiprocessing
import resource
import time
from typing import Any

import pytest

from conformance.case import Case, Output, check_upright
from conformance.cases import CASES
from conformance.pictures import encode, quadrants
from edge.errors import NotAnImage, OriginalTooLarge
from edge.imaging.pipeline import render
from edge.rendition import Rendition

RENDERED = [case for case in CASES if case.check is not None]
REFUSED = [case for case in CASES if case.check is None]
_MEMORY = 512 << 20
_CPU_SECONDS = 4.0
"""The processor time within which an original is refused or rendered. On a busy machine, the slowest one takes 2 s."""


def render_case(original: bytes, case: Case) -> bytes:
    rendition = Rendition(format=case.format, **case.options)
    limits = {"max_pixels": 100_000_000, "max_frames": 1000, "max_dimension": 4096, "max_body": 780_000}
    return render(original, rendition, **limits).body


@pytest.mark.parametrize("case", RENDERED, ids=lambda case: f"{case.group}: {case.name}")
def test_rendition_is_correct(case: Case) -> None:
    body = render_case(case.original(), case)

    assert case.check is not None
    assert case.check(Output(body)) is None


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_original_is_refused_with_little_time_and_memory(case: Case) -> None:
    """After the refusal, the same process renders another original correctly.

    The time is that of the processor, which hardly depends on the other work of the machine.
    """
    # A process that is forked from this one would lack the threads of libvips.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    receiver, sender = context.Pipe()
    job = (case.original(), case.format, case.options)
    process = context.Process(target=_render_in_limited_memory, args=(sender, *job))
    process.start()
    sender.close()
    assert receiver.poll(60), "no result after 60 seconds"
    result, seconds, next_problem = receiver.recv()
    process.join()

    assert seconds < _CPU_SECONDS
    assert result == "refused" or (case.may_be_rendered and result == "rendered")
    assert next_problem is None


def _render_in_limited_memory(sender: Any, original: bytes, kind: str, options: dict[str, Any]) -> None:
    """Render in a child process that may take 512 MB more than at its start; then render and check another picture."""
    pages = int(open("/proc/self/statm").read().split()[0])  # noqa: PTH123, SIM115
    limit = pages * resource.getpagesize() + _MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    case = Case(group="", name="", original=lambda: b"", check=None, format=kind, options=options)
    start = time.process_time()
    try:
        render_case(original, case)
        result = "rendered"
    except (NotAnImage, OriginalTooLarge):
        result = "refused"
    seconds = time.process_time() - start
    next_case = Case(group="", name="", original=lambda: b"", check=None)
    body = render_case(encode(quadrants(240, 160), "png"), next_case)
    sender.send((result, seconds, check_upright()(Output(body))))


def test_case_names_are_unique_in_their_group() -> None:
    names = [(case.group, case.name) for case in CASES]

    assert len(set(names)) == len(names)
