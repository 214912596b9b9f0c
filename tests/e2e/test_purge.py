"""Test the commands invalidate, warm and status of `python -m ops` with a stack that the local engine serves."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.__main__ import write_environment_file
from ops.__main__ import main
from ops.aws import stack as ops_stack
from tests.support.decoded_pictures import write_noise, write_picture
from tests.support.served_stack import ServedStack, put_original, serve_stack

Capture = pytest.CaptureFixture[str]

PATHS_OF_ONE_KEY = [
    "/cats/1.jpg",
    "/cats/1.jpg?width=9",
    *(f"/cats/1.jpg?format={name}&width=8" for name in ("webp", "avif", "png")),
]
SIMILAR_NAMES = ["/cats/1.jpg2", "/cats/10.jpg", "/Cats/1.jpg", "/cats/1.jpg/x"]
OTHER_FOLDERS = ["/catsanddogs/1.jpg?width=9", "/dogs/1.jpg", "/a%20b%2B%C3%BC.jpg?width=9"]
ALL_PATHS = [*PATHS_OF_ONE_KEY, *SIMILAR_NAMES, *OTHER_FOLDERS]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedStack]:
    folder = tmp_path_factory.mktemp("images")
    for name in ("cats/1.jpg", "cats/10.jpg", "catsanddogs/1.jpg", "dogs/1.jpg", "a b+\u00fc.jpg"):
        write_picture(folder / name, 60, 40)
    write_noise(folder / "noise.png")
    body = (folder / "cats" / "1.jpg").read_bytes()
    with serve_stack(folder) as running:
        for key in ("cats/1.jpg2", "Cats/1.jpg", "cats/1.jpg/x"):
            put_original(running, key, body, ContentType="image/jpeg")
        yield running


@pytest.fixture(autouse=True)
def local_engine_files(stack: ServedStack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Write the files of build/local to a temporary folder: a developer may run a local engine at the same time."""
    write_environment_file(stack.running, "dev", tmp_path)
    monkeypatch.setattr(ops_stack, "LOCAL_OUTPUTS", tmp_path)


def cached_paths(stack: ServedStack) -> list[str]:
    """Request all paths, and return those whose response came from the cache."""
    return [path for path in ALL_PATHS if stack.get(path).headers["x-cache"] == "Hit from cloudfront"]


def invalidated_paths(stack: ServedStack, *arguments: str) -> list[str]:
    """Cache all paths, run `invalidate` with these arguments, and return the paths that are no longer cached."""
    for path in ALL_PATHS:
        assert stack.get(path).status == 200
    assert cached_paths(stack) == ALL_PATHS

    assert main(["invalidate", *arguments, "--local"]) == 0

    still_cached = cached_paths(stack)
    return [path for path in ALL_PATHS if path not in still_cached]


def test_key_with_all_its_renditions_is_invalidated(stack: ServedStack, capsys: Capture) -> None:
    assert invalidated_paths(stack, "cats/1.jpg") == PATHS_OF_ONE_KEY
    assert capsys.readouterr().out.startswith("dev (local engine): invalidated 1 path or tag; id I")


def test_misspelt_key_is_a_warning_and_its_repaired_spelling_is_not(stack: ServedStack, capsys: Capture) -> None:
    assert main(["invalidate", "cats", "--local", "--dry-run"]) == 0
    assert "write cats/ with a slash" in capsys.readouterr().err

    assert main(["invalidate", "cats/", "cats/1.jpg", "--local", "--strict"]) == 0
    assert capsys.readouterr().err == ""


def test_key_with_space_plus_and_umlaut_is_invalidated(stack: ServedStack) -> None:
    assert invalidated_paths(stack, "a b+\u00fc.jpg") == OTHER_FOLDERS[2:]


def test_folder_is_invalidated_without_similar_names(stack: ServedStack) -> None:
    assert invalidated_paths(stack, "cats/") == [
        *PATHS_OF_ONE_KEY,
        "/cats/1.jpg2",
        "/cats/10.jpg",
        "/cats/1.jpg/x",
    ]


def test_all_invalidates_everything(stack: ServedStack) -> None:
    assert invalidated_paths(stack, "--all", "--yes") == ALL_PATHS


def test_two_thousand_keys_of_a_file_are_invalidated(stack: ServedStack, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "keys.txt").write_text(
        "\n".join([*(f"many/{n}.jpg" for n in range(1_999)), "", "cats/1.jpg", "many/1.jpg"])
    )

    assert invalidated_paths(stack, "--from", str(tmp_path / "keys.txt"), "--json") == PATHS_OF_ONE_KEY

    report = json.loads(capsys.readouterr().out)
    assert (report["status"], report["paths"], report["usd_at_most"]) == ("done", 2_000, 10)
    assert [invalidation["paths"] for invalidation in report["invalidations"]] == [150] * 13 + [50]


def invalidation_ids(capsys: Capture) -> list[str]:
    """Return the ids in the JSON that the last command printed."""
    return [invalidation["id"] for invalidation in json.loads(capsys.readouterr().out)["invalidations"]]


def test_repeated_run_id_returns_the_earlier_invalidation(stack: ServedStack, capsys: Capture) -> None:
    command = ["invalidate", "cats/1.jpg", "--local", "--json"]
    assert main([*command, "--run", "monday"]) == 0
    first = invalidation_ids(capsys)
    stack.get("/cats/1.jpg")

    assert main([*command, "--run", "monday"]) == 0

    report = json.loads(capsys.readouterr().out)
    assert [invalidation["id"] for invalidation in report["invalidations"]] == first
    assert (report["paths"], report["paths_sent_before"], report["usd_at_most"]) == (0, 1, 0)
    assert stack.get("/cats/1.jpg").headers["x-cache"] == "Hit from cloudfront"


def test_key_is_invalidated_by_each_new_run(stack: ServedStack, capsys: Capture) -> None:
    assert invalidated_paths(stack, "cats/1.jpg", "--json") == PATHS_OF_ONE_KEY
    first = invalidation_ids(capsys)

    assert invalidated_paths(stack, "cats/1.jpg", "--json") == PATHS_OF_ONE_KEY

    assert invalidation_ids(capsys) != first


def test_no_wait_prints_only_the_ids(stack: ServedStack, capsys: Capture) -> None:
    assert main(["invalidate", "cats/1.jpg", "cats/", "--local", "--no-wait"]) == 0

    captured = capsys.readouterr()
    assert [len(line) for line in captured.out.splitlines()] == [15]
    assert captured.err == f"dev (local engine): sent 2 paths or tags; id {captured.out.strip()}; at most 0.01 USD\n"


def warm(stack: ServedStack, capsys: Capture, *arguments: str) -> list[dict[str, Any]]:
    """Run `warm` with these arguments and return the rows that it printed."""
    assert main(["warm", *arguments, "--local", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_warmed_rendition_is_a_hit_for_viewers(stack: ServedStack, capsys: Capture) -> None:
    assert main(["invalidate", "--all", "--yes", "--local", "--no-wait"]) == 0
    capsys.readouterr()
    command = ["cats/1.jpg", "a b+\u00fc.jpg", "--widths", "9,8", "--formats", "webp,jpeg"]

    first, again = warm(stack, capsys, *command), warm(stack, capsys, *command)

    expected = [
        (key, f"format={format_}&width={width}")
        for key in command[:2]
        for format_ in ("webp", "jpeg")
        for width in (9, 8)
    ]
    assert [(row["key"], row["query"]) for row in first] == expected
    assert {(row["status"], row["cache"]) for row in first} == {(200, "miss")}
    assert {(row["status"], row["cache"]) for row in again} == {(200, "hit")}
    assert [row["bytes"] for row in first] == [row["bytes"] for row in again]
    assert stack.get("/a%20b%2B%C3%BC.jpg?width=9&format=webp").headers["x-cache"] == "Hit from cloudfront"


def test_stored_rendition_is_warmed_with_its_redirect(stack: ServedStack, capsys: Capture) -> None:
    command = ["noise.png", "--widths", "900", "--formats", "png"]
    first, again = warm(stack, capsys, *command), warm(stack, capsys, *command)
    stack.running.distribution.cache.invalidate(["/noise.png?format=png&width=900"])  # only the redirect

    assert first[0]["bytes"] == again[0]["bytes"] > 1_000_000
    assert (first[0]["status"], first[0]["cache"], again[0]["cache"]) == (200, "miss", "hit")
    assert warm(stack, capsys, *command)[0]["cache"] == "miss"


def test_warm_without_formats_uses_the_accept_of_a_browser(stack: ServedStack, capsys: Capture) -> None:
    warm(stack, capsys, "dogs/1.jpg", "--widths", "7")

    accept = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
    assert stack.get("/dogs/1.jpg?width=7", accept=accept).headers["x-cache"] == "Hit from cloudfront"


def test_failed_request_is_in_the_table_with_its_reason(stack: ServedStack, capsys: Capture) -> None:
    assert main(["warm", "cats/1.jpg", "none.jpg", "--widths", "9,9999", "--local"]) == 1

    out = capsys.readouterr().out
    assert "4 requested: " in out
    assert "3 failed" in out
    assert "failed: 400 width accepts a whole number from 1 to 4096." in out
    assert "failed: 404" in out


def test_status_of_a_local_stack_without_monitoring_has_no_alarms(stack: ServedStack, capsys: Capture) -> None:
    assert main(["status", "--local", "--json"]) == 0

    report = json.loads(capsys.readouterr().out)
    assert report["stack"] == "dev"
    assert report["distribution"] == {"id": stack.running.distribution.id, "status": "local"}
    assert report["invalidations"]["in_progress"] == 0
    assert report["urgent_alarms"] == report["routine_alarms"] == {"declared": 0, "firing": []}


def test_engine_that_has_ended_is_reported(stack: ServedStack, tmp_path: Path, capsys: Capture) -> None:
    environment = ops_stack.LOCAL_OUTPUTS / "dev.env"
    environment.write_text(environment.read_text().replace(stack.running.url, "http://127.0.0.1:9"))

    assert main(["invalidate", "cats/1.jpg", "--local"]) == 1

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        "python -m ops invalidate: 127.0.0.1:9 cannot be reached: check that the local engine (make run) is running\n"
    )
