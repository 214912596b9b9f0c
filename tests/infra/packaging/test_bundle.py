"""The bundle of the edge function: reproducible, complete, small, and importable alone."""

import hashlib
import json
import platform
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.packaging import bundle, bytecode
from infra.packaging.bundle import BundleError, build_bundle, zipped_size
from tests.support.served_stack import ROOT


@pytest.fixture(scope="module")
def tree(target: str) -> Path:
    return build_bundle(ROOT, target)


@pytest.fixture(scope="module")
def interpreter(target: str) -> str:
    """Return an interpreter that can import the bundle of the target."""
    if target == "host":
        return sys.executable
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        pytest.skip("this machine cannot load libraries for Lambda")
    return bytecode.lambda_interpreter()


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
    modified_at = tree.stat().st_mtime_ns

    assert build_bundle(ROOT, target) == tree
    assert tree.stat().st_mtime_ns == modified_at


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


def test_bundle_contains_only_sources_two_libraries_and_licenses(tree: Path) -> None:
    names = contents(tree)

    top_level = {name.split("/")[0] for name in names}
    libraries = {"PIL", "pillow", "pillow.libs", "_pi_heif.cpython", "pi_heif", "pi_heif.libs"}
    assert {top.split("-")[0] for top in top_level} == {"common", "edge"} | libraries
    assert "edge/origin_response.py" in names
    assert "edge/viewer_request.js" not in names
    licenses = [name for name in names if "/licenses/LICENSE" in name]
    assert {name.split("-")[0] for name in licenses} == {"pillow", "pi_heif"}
    assert not [name for name in names if name.endswith(".pyi")]


def test_bundle_is_small(tree: Path) -> None:
    assert zipped_size(tree) < 8_000_000


def test_every_source_has_unchecked_bytecode(tree: Path) -> None:
    tag = sys.implementation.cache_tag if "-host-" in tree.name else "cpython-313"

    for source in tree.rglob("*.py"):
        compiled = source.parent / "__pycache__" / f"{source.stem}.{tag}.pyc"
        assert int.from_bytes(compiled.read_bytes()[4:8], "little") == 0b01, "hash-based, unchecked: PEP 552"


def test_every_included_module_can_be_imported(interpreter: str, tree: Path) -> None:
    modules = [f"PIL.{file.stem}" for file in (tree / "PIL").glob("*.py") if file.stem not in ("__main__", "report")]
    modules += [f"edge.{file.stem}" for file in (tree / "edge").glob("*.py")]

    run_isolated(interpreter, tree, f"import importlib\nfor name in {modules}: importlib.import_module(name)")


def test_pillow_in_the_bundle_reads_and_writes_all_formats(interpreter: str, tree: Path) -> None:
    program = """
import io, json
from PIL import Image, ImageCms, ImageMath, features
image = Image.new("RGB", (8, 8), "red")
for format in ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF"):
    buffer = io.BytesIO()
    image.save(buffer, format)
    Image.open(buffer).load()
ImageCms.profileToProfile(image, ImageCms.createProfile("sRGB"), ImageCms.createProfile("sRGB"))
print(json.dumps({name: features.check(name) for name in ("littlecms2", "webp", "avif", "jpg_2000", "freetype2")}))
"""

    assert json.loads(run_isolated(interpreter, tree, program)) == {
        "littlecms2": True,
        "webp": True,
        "avif": True,
        "jpg_2000": True,
        "freetype2": False,
    }


def test_wheel_when_its_hash_differs_is_refused(copy: Path) -> None:
    pins = copy / "requirements" / "edge.txt"
    pins.write_text(f"{re.search(r'pillow==[0-9.]+', pins.read_text())[0]} --hash=sha256:{'0' * 64}\n")

    with pytest.raises(BundleError, match=r"^the bundle edge cannot be built for host: (.|\n)*Hash mismatch"):
        build_bundle(copy, "host")
    assert list((copy / "build" / "bundle").iterdir()) == []
