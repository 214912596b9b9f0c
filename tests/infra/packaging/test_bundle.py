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
from infra.packaging.bundle import BundleError, stage, zipped_size

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def tree(target: str) -> Path:
    return stage(ROOT, target)


@pytest.fixture(scope="module")
def interpreter(target: str) -> str:
    """One that can import what was built for the target."""
    if target == "host":
        return sys.executable
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        pytest.skip("Lambda's libraries cannot be loaded here")
    return bytecode.lambda_interpreter()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What a bundle is made from, somewhere else."""
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


def isolated(interpreter: str, tree: Path, program: str) -> str:
    """Without site-packages: nothing but the bundle and the standard library can be imported."""
    program = f"import sys; sys.path.insert(0, {str(tree)!r})\n{program}"
    done = subprocess.run([interpreter, "-I", "-S", "-c", program], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_bundle_that_exists_is_not_built_again(tree: Path, target: str) -> None:
    before = tree.stat().st_mtime_ns

    assert stage(ROOT, target) == tree
    assert tree.stat().st_mtime_ns == before


def test_two_builds_of_the_same_inputs_are_the_same_in_every_byte(copy: Path, target: str) -> None:
    here, there = stage(ROOT, target), stage(copy, target)

    assert here.name == there.name
    assert contents(here) == contents(there)


def test_builders_at_the_same_time_end_with_one_bundle(copy: Path) -> None:
    with ThreadPoolExecutor() as pool:
        trees = set(pool.map(lambda _: stage(copy, "host"), range(3)))

    assert {tree.name for tree in (copy / "build" / "bundle").iterdir()} == {tree.name for tree in trees}
    assert len(trees) == 1


@pytest.mark.parametrize("file", ["edge/rendition.py", "requirements/edge.txt"])
def test_another_input_is_another_bundle(copy: Path, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "_build", lambda tree, *_: tree.mkdir())
    before = stage(copy, "host")
    (copy / file).write_text((copy / file).read_text() + "\n")

    assert stage(copy, "host") != before


def test_the_function_in_front_is_no_input(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "_build", lambda tree, *_: tree.mkdir())
    before = stage(copy, "host")
    (copy / "edge" / "viewer_request.js").write_text("")

    assert stage(copy, "host") == before


def test_it_holds_edge_its_two_libraries_with_their_licences_and_nothing_else(tree: Path) -> None:
    names = contents(tree)

    tops = {name.split("/")[0] for name in names}
    libraries = {"PIL", "pillow", "pillow.libs", "_pi_heif.cpython", "pi_heif", "pi_heif.libs"}
    assert {top.split("-")[0] for top in tops} == {"common", "edge"} | libraries
    assert "edge/origin_response.py" in names
    assert "edge/viewer_request.js" not in names
    licences = [name for name in names if "/licenses/LICENSE" in name]
    assert {name.split("-")[0] for name in licences} == {"pillow", "pi_heif"}
    assert not [name for name in names if name.endswith(".pyi")]


def test_it_is_small(tree: Path) -> None:
    assert zipped_size(tree) < 8_000_000


def test_every_source_has_bytecode_that_is_never_checked_against_it(tree: Path) -> None:
    tag = sys.implementation.cache_tag if "-host-" in tree.name else "cpython-313"

    for source in tree.rglob("*.py"):
        compiled = source.parent / "__pycache__" / f"{source.stem}.{tag}.pyc"
        assert int.from_bytes(compiled.read_bytes()[4:8], "little") == 0b01, "hash-based, unchecked: PEP 552"


def test_every_module_that_was_kept_can_be_imported(interpreter: str, tree: Path) -> None:
    modules = [f"PIL.{file.stem}" for file in (tree / "PIL").glob("*.py") if file.stem not in ("__main__", "report")]
    modules += [f"edge.{file.stem}" for file in (tree / "edge").glob("*.py")]

    isolated(interpreter, tree, f"import importlib\nfor name in {modules}: importlib.import_module(name)")


def test_pillow_in_it_reads_and_writes_what_renditions_need(interpreter: str, tree: Path) -> None:
    program = """
import io, json
from PIL import Image, ImageCms, ImageMath, features
picture = Image.new("RGB", (8, 8), "red")
for format in ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF"):
    buffer = io.BytesIO()
    picture.save(buffer, format)
    Image.open(buffer).load()
ImageCms.profileToProfile(picture, ImageCms.createProfile("sRGB"), ImageCms.createProfile("sRGB"))
print(json.dumps({name: features.check(name) for name in ("littlecms2", "webp", "avif", "jpg_2000", "freetype2")}))
"""

    assert json.loads(isolated(interpreter, tree, program)) == {
        "littlecms2": True,
        "webp": True,
        "avif": True,
        "jpg_2000": True,
        "freetype2": False,
    }


def test_a_wheel_with_another_hash_is_refused(copy: Path) -> None:
    pins = copy / "requirements" / "edge.txt"
    pins.write_text(f"{re.search(r'pillow==[0-9.]+', pins.read_text())[0]} --hash=sha256:{'0' * 64}\n")

    with pytest.raises(BundleError, match=r"^no bundle: (.|\n)*Hash mismatch"):
        stage(copy, "host")
    assert list((copy / "build" / "bundle").iterdir()) == []
