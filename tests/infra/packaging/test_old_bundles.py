"""The removal of old bundles: what nothing needs is removed, and what something may need stays."""

import asyncio
import os
import time
from pathlib import Path

import pulumi
import pytest

from infra.packaging import bundle
from infra.packaging.bundle import build_bundle
from infra.packaging.old_bundles import remove_old_bundles
from local.lambdas.function import LambdaFunction
from local.program.program import Resource


def make_old(folder: Path) -> None:
    """Set the time at which a folder was last used to two hours ago."""
    used_at = time.time() - 7200
    os.utime(folder, (used_at, used_at))


def old_folder(path: Path) -> Path:
    """Return a folder with a file that nothing has used for two hours."""
    path.mkdir(parents=True)
    (path / "main.py").write_text("")
    make_old(path)
    return path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project whose bundles are empty folders."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "edge.txt").write_text("")
    monkeypatch.setattr(bundle, "_build_tree", lambda tree, *_: tree.mkdir())
    return tmp_path


def change_requirements(project: Path, text: str) -> None:
    (project / "requirements" / "edge.txt").write_text(text)


def test_build_removes_the_unused_bundles_of_its_kind(project: Path) -> None:
    bundles = project / "build" / "bundle"
    unused = [old_folder(bundles / name) for name in ("edge-host-1", "edge-host-2", ".building-killed")]
    other_kinds = [old_folder(bundles / name) for name in ("edge-lambda-1", "refresh-host-1")]

    built = build_bundle(project, "host")

    assert not [folder for folder in unused if folder.exists()]
    assert set(bundles.iterdir()) == {built, *other_kinds}


def test_bundle_that_was_used_within_an_hour_stays(project: Path) -> None:
    first = build_bundle(project, "host")
    make_old(first)
    assert build_bundle(project, "host") == first  # a program uses the bundle again
    change_requirements(project, "# changed")

    second = build_bundle(project, "host")

    assert set(second.parent.iterdir()) == {first, second}


def test_bundle_that_was_removed_is_built_again_for_a_saved_preview(project: Path) -> None:
    preview = build_bundle(project, "host")
    make_old(preview)
    change_requirements(project, "# changed")
    build_bundle(project, "host")
    assert not preview.exists()

    change_requirements(project, "")

    assert build_bundle(project, "host") == preview
    assert preview.is_dir()


def test_bundle_stays_until_the_engine_that_runs_it_stops(tmp_path: Path) -> None:
    folder = old_folder(tmp_path / "edge-host-1")
    inputs = {"code": pulumi.FileArchive(str(folder)), "handler": "main.handler", "runtime": "python3.13"}
    outputs = {"name": "f", "version": "7", "region": "us-east-1"}
    resource = Resource(type="t", name="f", id="f", inputs=inputs, outputs=outputs)

    async def run_engine() -> bool:
        function = LambdaFunction(resource, root=tmp_path, region="us-east-1", environment={}, report=print)
        remove_old_bundles(tmp_path, "edge-host")
        exists_while_running = folder.is_dir()
        await function.close()
        return exists_while_running

    assert asyncio.run(run_engine())
    remove_old_bundles(tmp_path, "edge-host")
    assert not folder.exists()
