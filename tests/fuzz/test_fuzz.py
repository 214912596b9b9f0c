"""The fuzzer finds what it must find, and gives the same files for the same seed.

The tests start an interpreter, because the fuzzer forks its process.
"""

import json
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

from conformance.pictures import encode, quadrants
from fuzz.__main__ import QUERIES, changed_files
from fuzz.structures import find_pieces

ROOT = Path(__file__).parents[2]
PROGRAM = """
import ctypes, json, os, sys, time
from itertools import islice
from pathlib import Path
from conformance.pictures import encode, quadrants
from fuzz.__main__ import changed_files, fuzz
from fuzz.report import Report
from fuzz.worker import Worker

calls = 0

def planted(failure):
    def function(data, rendition):
        global calls
        calls += 1
        if calls == 3:
            failure()
    return function

def crash(): ctypes.string_at(0)
def hang(): time.sleep(3600)
def fail(): 1 // 0
def fill_memory(): bytes(2 << 30)
def take_memory(): time.sleep(0) if bytearray(b"x") * (1300 << 20) else None
def print_text(): os.write(2, b"output of a library")
def end(): os._exit(3)
def nothing(): pass

folder = Path(sys.argv[1])
corpus = {"png": [encode(quadrants(60, 40), "png")]}
results = {}
for failure in (crash, hang, fail, fill_memory, take_memory, print_text, end, nothing):
    report = Report(folder / failure.__name__)
    # Only the file that hangs may reach the limit of time, also on a machine with other work.
    with Worker(seconds=2 if failure is hang else 60, max_memory=1600 << 20, function=planted(failure)) as worker:
        fuzz(islice(changed_files(corpus, 1), 5), worker, report, seconds=60)
    results[failure.__name__] = [report.failures, report.summary()]

def end_later(data, rendition):
    import fuzz.worker
    fuzz.worker._read = lambda *_: os._exit(3)

def three_files(worker):
    for file in islice(changed_files(corpus, 1), 3):
        if worker._process:
            os.waitid(os.P_PID, worker._process, os.WEXITED | os.WNOWAIT)
        yield file

report = Report(folder / "end_later")
with Worker(seconds=2, max_memory=1600 << 20, function=end_later) as worker:
    fuzz(three_files(worker), worker, report, seconds=60)
results["end_later"] = [report.failures, report.summary()]
print(json.dumps(results))
"""


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, tuple[int, str]], Path, str]:
    """Return the failures and the summary for each planted failure, the folder of the files, and the messages."""
    folder = tmp_path_factory.mktemp("fuzz")
    command = [sys.executable, "-c", PROGRAM, str(folder)]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=300)
    return json.loads(finished.stdout), folder, finished.stderr


@pytest.mark.parametrize(
    ("failure", "kind", "text"),
    [
        ("crash", "crash", "SIGSEGV"),
        ("hang", "timeout", ""),
        ("fail", "exception", "ZeroDivisionError"),
        ("fill_memory", "memory", "MemoryError"),
        ("take_memory", "memory", "MB"),
        ("end", "crash", "exit status 3"),
    ],
)
def test_planted_failure_is_found_and_its_file_is_saved(
    failure: str, kind: str, text: str, findings: tuple[dict[str, tuple[int, str]], Path, str]
) -> None:
    """The worker renders two files, fails at the third, and a new worker renders the next ones."""
    results, folder, messages = findings

    saved = [path for path in (folder / failure).iterdir() if path.name.startswith("1-2-")]

    assert results[failure][0] >= 1
    assert [path.name for path in saved] == [f"1-2-{kind}.png"]
    assert f"{kind} {saved[0]}" in messages
    assert text in messages.partition(str(saved[0]))[2][:1000]


def test_crash_between_two_files_is_that_of_the_previous_file(
    findings: tuple[dict[str, tuple[int, str]], Path, str],
) -> None:
    """An example is a damaged heap. Each of the three files ends the worker after its result."""
    results, folder, _ = findings

    assert results["end_later"][0] == 2
    assert sorted(path.name for path in (folder / "end_later").iterdir()) == ["1-0-crash.png", "1-1-crash.png"]


def test_output_of_a_library_is_reported_and_is_no_failure(
    findings: tuple[dict[str, tuple[int, str]], Path, str],
) -> None:
    results, _, messages = findings

    assert results["print_text"][0] == 0
    assert "output of a library" in messages


def test_run_without_a_failure_saves_no_file(findings: tuple[dict[str, tuple[int, str]], Path, str]) -> None:
    results, folder, _ = findings

    assert results["nothing"][0] == 0
    assert not (folder / "nothing").exists()


def test_same_seed_gives_the_same_files() -> None:
    corpus = {kind: [encode(quadrants(60, 40), kind)] for kind in ("jpeg", "png", "gif", "webp", "tiff", "bmp")}

    first, second, other = (list(islice(changed_files(corpus, seed), 200)) for seed in (1, 1, 2))

    assert first == second
    assert [file.data for file in first] != [file.data for file in other]
    assert {file.query for file in first} == set(QUERIES)


@pytest.mark.parametrize(
    ("kind", "form"),
    [("jpeg", "jpeg"), ("png", "png"), ("webp", "webp"), ("gif", "gif"), ("avif", "avif"), ("heic", "heif")],
)
def test_pieces_of_a_file_are_found_up_to_its_end(kind: str, form: str) -> None:
    data = encode(quadrants(60, 40), form)

    pieces = find_pieces(kind, data)

    assert len(pieces) >= 1
    assert max(piece.end for piece in pieces) >= len(data) - 2


@pytest.mark.parametrize(("kind", "form"), [("tiff", "tiff"), ("ico", "ico")])
def test_entries_of_a_directory_are_found(kind: str, form: str) -> None:
    data = encode(quadrants(60, 40), form)

    assert len(find_pieces(kind, data)) >= 1


def test_saved_file_is_rendered_again_by_the_command(tmp_path: Path) -> None:
    path = tmp_path / "1-2-crash.png"
    path.write_bytes(encode(quadrants(60, 40), "png"))

    command = [sys.executable, "-m", "fuzz", str(path)]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)

    assert (finished.returncode, finished.stderr) == (0, "")
    assert f"png{len(QUERIES):>17}" in finished.stdout
