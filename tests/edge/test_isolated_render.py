"""No original can end, delay or change the process that renders the next original.

Each test starts an interpreter, because libvips does not work in a child process that was forked from a process which
has already used libvips, as the tests of edge/imaging have.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance.pictures import encode, quadrants
from conformance.refused_heif import DAMAGED_PARAMETER_SET
from tests.support.served_stack import ROOT

PROGRAM = """
import ctypes, json, os, sys, time
import edge.isolated_render as isolated_render
from edge.deadline import Deadline
from edge.errors import ImageError
from edge.imaging.pipeline import Rendered
from edge.outcome import Adjustment
from edge.rendition import Rendition
from edge.settings import Settings

def crash(*_, **__): ctypes.string_at(0)
def wait(*_, **__): time.sleep(3600)
def fill_memory(*_, **__): bytes(1000 << 20)  # The limit is 1024 MB minus 128 MB.
def print_and_fail(*_, **__): os.write(1, b"output of a library"); os.write(2, b"output of a library"); 1 // 0
def return_value(**changes):
    values = dict(body=b"x", content_type="image/png", quality=9, adjustment=Adjustment.AS_REQUESTED)
    values |= dict(timings=dict(decode=1.5), quality_steps=1, pixels_in=2, pixels_out=3)
    return lambda *_, **__: Rendered(**values | changes)
def write_error(**changes):
    values = dict(error="NotAnImage", public="no", detail="", reason="broken", traceback="")
    return json.dumps(values | changes).encode() + bytes([10])
ERRORS = dict(
    other_reason=write_error(reason="rendered"),
    reason_of_another_class=write_error(reason="origin"),
    long_sentence=write_error(public="x" * 1000),
    detail_that_is_no_text=write_error(detail={"outcome": "rendered"}),
    too_long=write_error(traceback="x" * 300_000),
)
write_result = isolated_render._render_to_bytes
isolated_render._render_to_bytes = lambda *values: ERRORS.get(attack) or write_result(*values)
known_values = return_value()
other_type = return_value(content_type="text/html")
other_quality = return_value(quality="9\\r\\nset-cookie: a=b")
other_phase = return_value(timings={"decode;desc=x": 1.5})
other_time = return_value(timings={"decode": "long"})
no_number = return_value(timings={"decode": float("nan")})
huge_time = return_value(timings={"decode": 10**400})
quality_that_is_true = return_value(quality=True)
other_adjustment = return_value(adjustment=Adjustment.STORED)
negative_steps = return_value(quality_steps=-1)
pixels_as_text = return_value(pixels_in="1000")
pixels_with_a_fraction = return_value(pixels_out=1.5)
too_many_pixels = return_value(pixels_out=10**30)

def wait_until_the_deadline(*_, **__): time.sleep(3600)
def start_after_the_deadline(*_, **__): time.sleep(3600)
SECONDS = dict(wait_until_the_deadline=0.5, start_after_the_deadline=-1)

settings = Settings(bucket="", renditions="", region="", formats=(), max_dimension=4096, max_bytes=10**8,
    max_pixels=10**8, max_frames=1000, render_timeout=3, memory=1024, browser_ttl=1, cdn_ttl=1)
original, *attacks = sys.argv[1:]
results = []
render = isolated_render.render
for attack in (*attacks, "none"):
    isolated_render.render = globals().get(attack, render)
    seconds = SECONDS.get(attack, 60)
    try:
        data = open(original, "rb").read()
        rendition = Rendition.parse("format=webp&width=30")
        with isolated_render.start_renderer(rendition, settings, max_body=10**6) as renderer:
            rendered = isolated_render.render_isolated(renderer, data, settings, Deadline.after(seconds))
        results.append([rendered.content_type, rendered.adjustment.name, len(rendered.body)])
    except ImageError as error:
        results.append([error.status, error.ttl, error.public, error.detail, error.reason, error.traceback])
print(json.dumps(results))
"""


def render_after(folder: Path, original: bytes, *attacks: str) -> list[Any]:
    """Return the result of each attack on the renderer, followed by the result of a render without an attack."""
    path = folder / "original"
    path.write_bytes(original)
    command = [sys.executable, "-c", PROGRAM, str(path), *attacks]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    assert finished.stderr == ""
    return json.loads(finished.stdout)


@pytest.mark.parametrize(
    ("attack", "public", "detail", "reason"),
    [
        ("crash", "The original is broken.", "SIGSEGV", "broken"),
        ("wait", "Rendering the original takes more than 3 seconds.", "in time", "too-slow"),
        ("fill_memory", "Rendering the original takes too much memory.", "", "too-much-memory"),
    ],
)
def test_attack_is_a_problem_and_the_next_render_succeeds(
    tmp_path: Path, attack: str, public: str, detail: str, reason: str
) -> None:
    failed, rendered = render_after(tmp_path, encode(quadrants(), "png"), attack)

    assert failed[:3] == [415, 60, public]
    assert detail in failed[3]
    assert failed[4] == reason
    assert rendered[:2] == ["image/webp", "AS_REQUESTED"]


@pytest.mark.parametrize("attack", ["wait_until_the_deadline", "start_after_the_deadline"])
def test_render_that_the_deadline_ends_blames_the_read(tmp_path: Path, attack: str) -> None:
    """The original is not too large. The next request may succeed, so caches keep the response for one second only."""
    failed, rendered = render_after(tmp_path, encode(quadrants(), "png"), attack)

    assert failed[:3] == [502, 1, "Reading the original left too little time to render it."]
    assert failed[4] == "origin"
    assert rendered[:2] == ["image/webp", "AS_REQUESTED"]


def test_child_process_that_is_taken_over_chooses_no_value(tmp_path: Path) -> None:
    """Its values become headers of the response, and fields of the log."""
    attacks = (
        *("other_type", "other_quality", "quality_that_is_true", "other_phase", "other_time", "no_number", "huge_time"),
        *("other_adjustment", "negative_steps", "pixels_as_text", "pixels_with_a_fraction", "too_many_pixels"),
        *("other_reason", "reason_of_another_class", "long_sentence", "detail_that_is_no_text", "too_long"),
    )

    *failed, known, rendered = render_after(tmp_path, encode(quadrants(), "png"), *attacks, "known_values")

    assert [result[:3] for result in failed] == [[415, 60, "The original is broken."]] * len(attacks)
    assert all("the child process returned" in result[3] for result in failed)
    assert known == ["image/png", "AS_REQUESTED", 1]
    assert rendered[:2] == ["image/webp", "AS_REQUESTED"]


def test_unexpected_exception_has_status_500_and_its_traceback(tmp_path: Path) -> None:
    failed, rendered = render_after(tmp_path, encode(quadrants(), "png"), "print_and_fail")

    assert failed[0] == 500
    assert failed[3:5] == ["ZeroDivisionError('integer division or modulo by zero')", "unexpected"]
    assert "in print_and_fail" in failed[5]
    assert rendered[0] == "image/webp"


@pytest.mark.parametrize("kind", ["jpeg", "heif", "bmp", "gif", "avif", "tiff"])
def test_each_reader_works_in_the_child_process(tmp_path: Path, kind: str) -> None:
    first, second = render_after(tmp_path, encode(quadrants(), kind), "none")

    assert first == second == ["image/webp", "AS_REQUESTED", first[2]]


def test_original_that_is_broken_has_the_error_of_its_reader(tmp_path: Path) -> None:
    [failed] = render_after(tmp_path, encode(quadrants(), "jpeg")[:300])

    assert failed[:3] == [415, 60, "The original is broken."]


def test_original_that_damages_its_decoder_is_refused(tmp_path: Path) -> None:
    failed, rendered_next = render_after(tmp_path, DAMAGED_PARAMETER_SET, "none")

    assert failed[:3] == rendered_next[:3] == [415, 60, "The original is broken."]
