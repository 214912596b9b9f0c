"""The content of the bundle of the edge function: only what the function needs, unchanged from the pinned wheels."""

import base64
import csv
import platform
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from infra.packaging.bundle import build_bundle, zipped_size
from infra.packaging.recipes import EDGE
from tests.infra.packaging.test_bundle import contents
from tests.support.served_stack import ROOT

ELF_MACHINES = {"x86_64": 62, "aarch64": 183}
"""The numbers of the machines in the header of an ELF file: https://man7.org/linux/man-pages/man5/elf.5.html"""


@pytest.fixture(scope="module")
def wheels(target: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a bundle with all files of the pinned wheels of the target, also those that the recipe leaves out."""
    folder = tmp_path_factory.mktemp("wheels")
    (folder / EDGE.requirements).parent.mkdir()
    shutil.copy(ROOT / EDGE.requirements, folder / EDGE.requirements)
    return build_bundle(folder, target, replace(EDGE, excluded=re.compile("(?!)")))


def recorded_digests(wheels: Path) -> dict[str, str]:
    """Return the SHA-256 digest of each file, in hexadecimal, from the RECORD files of the wheels.

    https://packaging.python.org/en/latest/specifications/recording-installed-packages/
    """
    rows = [row for record in wheels.glob("*.dist-info/RECORD") for row in csv.reader(record.read_text().splitlines())]
    assert len({name for name, *_ in rows}) == len(rows), "a file is part of only one wheel"
    return {
        name: base64.urlsafe_b64decode(digest.removeprefix("sha256=") + "=").hex() for name, digest, _ in rows if digest
    }


def shared_libraries(tree: Path) -> list[Path]:
    """Return the extension modules and the libraries that they need."""
    return [file for file in tree.rglob("*.so*") if file.is_file()]


def named_libraries(library: Path) -> set[str]:
    """Return the names of the packed libraries that a library needs, and its own name.

    auditwheel adds a hash to the name of each library that it packs, so that the name occurs nowhere else.
    """
    return {name.decode() for name in re.findall(rb"lib\w+-[0-9a-f]{8}\.so[.\d]*", library.read_bytes())}


def test_edge_bundle_contains_only_sources_and_libraries(tree: Path) -> None:
    top_level = {re.sub(r"-[\d.]+(?=\.dist-info$)|\.(cpython|abi3).*", "", path.name) for path in tree.iterdir()}

    assert top_level == {
        *("common", "edge"),
        *("_libvips", "pyvips_binary.libs", "pyvips_binary.dist-info"),
        *("_cffi_backend", "cffi.dist-info"),
        *("PIL", "pillow.libs", "pillow.dist-info"),
        *("_pi_heif", "pi_heif", "pi_heif.libs", "pi_heif.dist-info"),
    }
    assert (tree / "edge" / "origin_response.py").is_file()
    assert [*tree.rglob("viewer_request.js"), *tree.rglob("*.pyi"), *tree.rglob("bin")] == []


def test_edge_bundle_contains_the_license_of_every_library(tree: Path) -> None:
    descriptions = list(tree.glob("*.dist-info"))

    assert descriptions
    for description in descriptions:
        assert {path.name for path in description.iterdir()} == {"METADATA", "licenses"}
        assert any((description / "licenses").iterdir()), description


def test_edge_bundle_is_small(tree: Path) -> None:
    assert zipped_size(tree) < 15_000_000


def test_library_files_are_those_of_the_pinned_wheels(tree: Path, wheels: Path) -> None:
    """uv compares each wheel with the hash in requirements/edge.txt, and the wheel has the digest of each file."""
    recorded = recorded_digests(wheels)

    own = ("common/", "edge/")
    packed = {name: value for name, value in contents(tree).items() if not name.startswith(own)}
    packed = {name: value for name, value in packed.items() if "__pycache__" not in name}

    assert "_libvips.abi3.so" in packed
    assert packed == {name: recorded.get(name) for name in packed}


def test_libraries_are_built_for_the_machine_of_the_target(tree: Path, target: str) -> None:
    if target == "host" and sys.platform != "linux":
        pytest.skip("the libraries of this machine are not ELF files")
    machine = ELF_MACHINES["x86_64" if target == "lambda" else platform.machine()]

    assert shared_libraries(tree)
    for library in shared_libraries(tree):
        header = library.read_bytes()[:20]
        assert (header[:4], int.from_bytes(header[18:20], sys.byteorder)) == (b"\x7fELF", machine), library


@pytest.mark.parametrize("target", ["lambda"], indirect=True, scope="module")
def test_libraries_need_no_newer_glibc_than_lambda_has(tree: Path) -> None:
    """The Python 3.13 runtime has glibc 2.34: https://docs.aws.amazon.com/linux/al2023/ug/core-glibc.html"""
    versions = {
        int(minor)
        for library in shared_libraries(tree)
        for minor in re.findall(rb"\0GLIBC_2\.(\d+)", library.read_bytes())
    }

    assert versions
    assert max(versions) <= 34


def test_packed_libraries_are_exactly_those_that_modules_need(tree: Path) -> None:
    packed = {file.name: file for file in tree.glob("*.libs/*")}
    unread = [file for file in shared_libraries(tree) if file.name not in packed]
    needed: set[str] = set()
    while unread:
        names = named_libraries(unread.pop()) - needed
        needed |= names
        unread += [packed[name] for name in names & packed.keys()]

    assert needed == packed.keys()
