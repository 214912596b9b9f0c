"""`python -m ops` invalidate, warm and status with a stack that the local engine serves."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import __main__ as engine
from ops.__main__ import main
from ops.aws import stack as which
from tests.e2e.test_freshness import put
from tests.e2e.test_overflow import noise
from tests.support.decoded_pictures import write
from tests.support.served_stack import Served, served

Capture = pytest.CaptureFixture[str]

ONE = [
    "/cats/1.jpg",
    "/cats/1.jpg?width=9",
    *(f"/cats/1.jpg?format={name}&width=8" for name in ("webp", "avif", "png")),
]
NEIGHBOURS = ["/cats/1.jpg2", "/cats/10.jpg", "/Cats/1.jpg", "/cats/1.jpg/x"]
ELSEWHERE = ["/catsanddogs/1.jpg?width=9", "/dogs/1.jpg", "/a%20b%2B%C3%BC.jpg?width=9"]
ALL = [*ONE, *NEIGHBOURS, *ELSEWHERE]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("images")
    for name in ("cats/1.jpg", "cats/10.jpg", "catsanddogs/1.jpg", "dogs/1.jpg", "a b+\u00fc.jpg"):
        write(folder / name, 60, 40)
    noise(folder / "noise.png")
    body = (folder / "cats" / "1.jpg").read_bytes()
    with served(folder) as running:
        for key in ("cats/1.jpg2", "Cats/1.jpg", "cats/1.jpg/x"):
            put(running, key, body, ContentType="image/jpeg")
        yield running


@pytest.fixture(autouse=True)
def local(own: Served, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Write the files of build/local elsewhere, because a developer may run a local engine."""
    folder = tmp_path / "build" / "local"
    folder.mkdir(parents=True)
    monkeypatch.setattr(engine, "_ROOT", tmp_path)
    engine._write_environment_file(own.running, "dev")
    monkeypatch.setattr(which, "LOCAL_OUTPUTS", folder)


def cached(own: Served) -> list[str]:
    return [path for path in ALL if own.get(path).headers["x-cache"] == "Hit from cloudfront"]


def invalidated(own: Served, *arguments: str) -> list[str]:
    """Run the command, which must succeed, and return the paths that are no longer cached."""
    for path in ALL:
        assert own.get(path).status == 200
    assert cached(own) == ALL

    assert main(["invalidate", *arguments, "--local"]) == 0

    kept = cached(own)
    return [path for path in ALL if path not in kept]


def test_key_with_all_its_renditions_is_invalidated(own: Served, capsys: Capture) -> None:
    assert invalidated(own, "cats/1.jpg") == ONE
    assert capsys.readouterr().out.startswith("done: 1 path or tag in 1 invalidation; billed as 1 path: free")


def test_leading_slash_makes_no_difference(own: Served) -> None:
    assert invalidated(own, "/cats/1.jpg") == ONE


def test_key_with_space_plus_and_umlaut_is_invalidated(own: Served) -> None:
    assert invalidated(own, "a b+\u00fc.jpg") == ELSEWHERE[2:]


def test_folder_is_invalidated_without_similar_names(own: Served) -> None:
    assert invalidated(own, "cats/") == [*ONE, "/cats/1.jpg2", "/cats/10.jpg", "/cats/1.jpg/x"]


def test_all_invalidates_everything(own: Served) -> None:
    assert invalidated(own, "--all") == ALL


def test_five_thousand_keys_of_a_file_are_invalidated(own: Served, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "keys.txt").write_text(
        "\n".join([*(f"many/{n}.jpg" for n in range(4_999)), "", "cats/1.jpg", "many/1.jpg"])
    )

    assert invalidated(own, "--from", str(tmp_path / "keys.txt"), "--json") == ONE

    told = json.loads(capsys.readouterr().out)
    assert (told["status"], told["paths"], told["usd_at_most"]) == ("done", 5_000, 25)
    assert [one["paths"] for one in told["invalidations"]] == [150] * 33 + [50]


def ids(capsys: Capture) -> list[str]:
    return [one["id"] for one in json.loads(capsys.readouterr().out)["invalidations"]]


def test_repeated_run_is_the_earlier_invalidation(own: Served, capsys: Capture) -> None:
    command = ["invalidate", "cats/1.jpg", "--local", "--json"]
    assert main([*command, "--run", "monday"]) == 0
    first = ids(capsys)
    own.get("/cats/1.jpg")

    assert main([*command, "--run", "monday"]) == 0

    assert ids(capsys) == first
    assert own.get("/cats/1.jpg").headers["x-cache"] == "Hit from cloudfront"


def test_key_is_invalidated_by_each_new_run(own: Served, capsys: Capture) -> None:
    assert invalidated(own, "cats/1.jpg", "--json") == ONE
    first = ids(capsys)

    assert invalidated(own, "cats/1.jpg", "--json") == ONE

    assert ids(capsys) != first


def test_no_wait_prints_only_the_ids(own: Served, capsys: Capture) -> None:
    assert main(["invalidate", "cats/1.jpg", "cats/", "--local", "--no-wait"]) == 0

    said = capsys.readouterr()
    assert [len(line) for line in said.out.splitlines()] == [15]
    assert said.err == ""


def warm(own: Served, capsys: Capture, *arguments: str) -> list[dict[str, Any]]:
    assert main(["warm", *arguments, "--local", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_warmed_rendition_is_a_hit_for_viewers(own: Served, capsys: Capture) -> None:
    assert main(["invalidate", "--all", "--local", "--no-wait"]) == 0
    capsys.readouterr()
    command = ["cats/1.jpg", "a b+\u00fc.jpg", "--widths", "9,8", "--formats", "webp,jpeg"]

    first, again = warm(own, capsys, *command), warm(own, capsys, *command)

    asked = [
        (key, f"format={format_}&width={width}")
        for key in command[:2]
        for format_ in ("webp", "jpeg")
        for width in (9, 8)
    ]
    assert [(row["key"], row["query"]) for row in first] == asked
    assert {(row["status"], row["cache"]) for row in first} == {(200, "miss")}
    assert {(row["status"], row["cache"]) for row in again} == {(200, "hit")}
    assert [row["bytes"] for row in first] == [row["bytes"] for row in again]
    assert own.get("/a%20b%2B%C3%BC.jpg?width=9&format=webp").headers["x-cache"] == "Hit from cloudfront"


def test_stored_rendition_is_warmed_with_its_redirect(own: Served, capsys: Capture) -> None:
    command = ["noise.png", "--widths", "900", "--formats", "png"]
    first, again = warm(own, capsys, *command), warm(own, capsys, *command)
    own.running.distribution.cache.invalidate(["/noise.png?format=png&width=900"])  # the redirect alone

    assert first[0]["bytes"] == again[0]["bytes"] > 1_000_000
    assert (first[0]["status"], first[0]["cache"], again[0]["cache"]) == (200, "miss", "hit")
    assert warm(own, capsys, *command)[0]["cache"] == "miss"


def test_warm_without_formats_uses_the_accept_of_a_browser(own: Served, capsys: Capture) -> None:
    warm(own, capsys, "dogs/1.jpg", "--widths", "7")

    accept = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
    assert own.get("/dogs/1.jpg?width=7", accept=accept).headers["x-cache"] == "Hit from cloudfront"


def test_failed_request_is_in_the_table_with_its_reason(own: Served, capsys: Capture) -> None:
    assert main(["warm", "cats/1.jpg", "none.jpg", "--widths", "9,9999", "--local"]) == 1

    out = capsys.readouterr().out
    assert "4 requested: " in out
    assert "3 failed" in out
    assert "failed: 400 width accepts a whole number from 1 to 4096." in out
    assert "failed: 404" in out


def test_status_of_the_local_engine_has_no_alarms_and_hit_rate(own: Served, capsys: Capture) -> None:
    assert main(["status", "--local", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["stack"] == "dev"
    assert told["distribution"] == {"id": own.running.distribution.id, "status": "local"}
    assert told["invalidations"]["in_progress"] == 0
    assert told["alarms"] == {"declared": 0, "firing": []}
    assert told["hit_rate"] is None


def test_engine_that_has_ended_is_reported(own: Served, tmp_path: Path, capsys: Capture) -> None:
    environment = which.LOCAL_OUTPUTS / "dev.env"
    environment.write_text(environment.read_text().replace(own.running.url, "http://127.0.0.1:9"))

    assert main(["invalidate", "cats/1.jpg", "--local"]) == 1

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        "python -m ops invalidate: 127.0.0.1:9 cannot be reached: check that the local engine (make run) is running\n"
    )
