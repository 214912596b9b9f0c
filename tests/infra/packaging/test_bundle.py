"""The build of a bundle: reproducible, built once, and only from wheels whose hashes are pinned."""

import hashlib
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.packaging import bundle
from infra.packaging.bundle import BundleError, build_bundle
from tests.support.served_stack import ROOT


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return another folder with a copy of the inputs of the bundle."""
    for package in ("edge", "common"):
        shutil.copytree(ROOT / package, tmp_path / package)
    (tmp_path / "requirements").mkdir()
    shutil.copy(ROOT / "requirements" / "edge.txt", tmp_path / "requirements")
    return tmp_path


def contents(tree: Path) -> dict[str, str]:
    return {
        file.relative_to(tree).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(tree.rglob("*"))
        if file.is_file()
    }


def run_isolated(interpreter: str, tree: Path, program: str) -> str:
    """Run a program that can import only the bundle and the standard library; return the output of the program."""
    program = f"import sys; sys.path.insert(0, {str(tree)!r})\n{program}"
    result = subprocess.run([interpreter, "-I", "-S", "-c", program], check=False, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_bundle_when_it_exists_is_not_built_again(tree: Path, target: str) -> None:
    inode = tree.stat().st_ino

    assert build_bundle(ROOT, target) == tree
    assert tree.stat().st_ino == inode


def test_bundles_of_equal_inputs_are_equal_in_every_byte(copy: Path, target: str) -> None:
    original, duplicate = build_bundle(ROOT, target), build_bundle(copy, target)

    assert original.name == duplicate.name
    assert contents(original) == contents(duplicate)


def test_bundle_when_built_concurrently_exists_once(copy: Path) -> None:
    with ThreadPoolExecutor() as pool:
        trees = set(pool.map(lambda _: build_bundle(copy, "host"), range(3)))

    assert {tree.name for tree in (copy / "build" / "bundle").iterdir()} == {tree.name for tree in trees}
    assert len(trees) == 1


@pytest.mark.parametrize("file", ["edge/rendition.py", "requirements/edge.txt"])
def test_bundle_when_an_input_changes_has_another_name(copy: Path, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "_build_tree", lambda tree, *_: tree.mkdir())
    before = build_bundle(copy, "host")
    (copy / file).write_text((copy / file).read_text() + "\n")

    assert build_bundle(copy, "host") != before


def test_viewer_function_is_not_an_input(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "_build_tree", lambda tree, *_: tree.mkdir())
    before = build_bundle(copy, "host")
    (copy / "edge" / "viewer_request.js").write_text("")

    assert build_bundle(copy, "host") == before


def test_every_source_has_unchecked_bytecode(tree: Path) -> None:
    tag = sys.implementation.cache_tag if "-host-" in tree.name else "cpython-313"

    assert (tree / "edge" / "origin_response.py").is_file()
    for source in tree.rglob("*.py"):
        compiled = source.parent / "__pycache__" / f"{source.stem}.{tag}.pyc"
        assert int.from_bytes(compiled.read_bytes()[4:8], "little") == 0b01, "hash-based, unchecked: PEP 552"


def test_wheel_when_its_hash_differs_is_refused(copy: Path) -> None:
    pins = copy / "requirements" / "edge.txt"
    pins.write_text(f"{re.search(r'pillow==[0-9.]+', pins.read_text())[0]} --hash=sha256:{'0' * 64}\n")

    with pytest.raises(BundleError, match=r"^the bundle edge cannot be built for host: (.|\n)*Hash mismatch"):
        build_bundle(copy, "host")
    assert list((copy / "build" / "bundle").iterdir()) == []
