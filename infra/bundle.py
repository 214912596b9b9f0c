"""The code that runs in Lambda@Edge, `edge/` plus Pillow, as a directory that is the same whoever builds it.

Pulumi compares a directory by content, so an unchanged bundle is no difference, on any machine. By hand:

    python -m infra.bundle --target host
"""

import argparse
import hashlib
import io
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from infra.bytecode import LAMBDA_PYTHON, NoInterpreter, compile_tree, lambda_interpreter

TARGETS: Final = ("lambda", "host")
"""`host` is for the interpreter that runs this, for the local engine; both have the same sources and the same cuts."""

# Of Pillow: what draws text, shows windows or grabs screens, with the libraries that nothing else needs; and notes of
# the installer, which differ from build to build. Licences stay.
_CUT: Final = re.compile(
    r"""
      .*\.pyi | .*/py\.typed | \.lock | bin/.*
    | [^/]+\.dist-info/(?!METADATA|licenses/).*
    | PIL/(_imagingft|_imagingtk)\..*
    | PIL/(BdfFontFile|FontFile|ImageDraw2|ImageFont|ImageText|PSDraw|PcfFontFile)\.py
    | PIL/(ImageGrab|ImageQt|ImageShow|ImageTk|ImageWin|_tkinter_finder)\.py
    | (pillow\.libs|PIL/\.dylibs)/lib(brotli\w+|freetype|harfbuzz|png16)[-.].*
    """,
    re.VERBOSE,
)

# The function in front is CloudFront's, not Lambda's.
_NOT_LAMBDA: Final = ("viewer_request.js",)


class BundleError(Exception):
    """The bundle could not be built; the message says what to do."""


def stage(root: Path, target: str) -> Path:
    """The bundle's directory, named by a digest of what it is made from; built if there is none yet."""
    home = root / "build" / "bundle"
    final = home / f"{target}-{_digest(root, target)}"
    if final.is_dir():
        return final
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".building-", dir=home) as workshop:
        tree = Path(workshop, "bundle")
        _build(tree, root, target)
        try:
            tree.rename(final)
        except OSError:
            if not final.is_dir():  # else another builder was faster, with the same content
                raise
    return final


def _build(tree: Path, root: Path, target: str) -> None:
    try:
        interpreter = sys.executable if target == "host" else lambda_interpreter()
        _install(tree, root / "requirements" / "edge.txt", target)
        for file in _sources(root):
            copy = tree / file.relative_to(root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
        compile_tree(tree, interpreter)
    except NoInterpreter as error:
        raise BundleError(str(error)) from error
    except subprocess.CalledProcessError as error:
        raise BundleError(f"the bundle could not be built:\n{error.stderr or error.stdout}") from error


def _install(tree: Path, requirements: Path, target: str) -> None:
    """Pillow's wheel for the target, checked against its hash, without what is never used."""
    lambdas = ["--python-platform", "x86_64-manylinux_2_28", "--python-version", LAMBDA_PYTHON]
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable]
    command += ["--target", str(tree), "--link-mode", "copy", "--require-hashes", "--only-binary", ":all:"]
    command += [*(lambdas if target == "lambda" else []), "--requirements", str(requirements)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    for file in _files(tree):
        if _CUT.fullmatch(file.relative_to(tree).as_posix()):
            file.unlink()


def _digest(root: Path, target: str) -> str:
    inputs = [*_sources(root), root / "requirements" / "edge.txt", *sorted(Path(__file__).parent.glob("b*.py"))]
    digest = hashlib.sha256(target.encode())
    if target == "host":
        digest.update(f"{sys.implementation.cache_tag} {sys.platform} {platform.machine()}".encode())
    for file in inputs:
        digest.update(f"\0{file.name}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _sources(root: Path) -> list[Path]:
    return [
        file
        for file in _files(root / "edge")
        if file.name not in _NOT_LAMBDA and "__pycache__" not in file.parts and not file.name.startswith(".")
    ]


def _files(tree: Path) -> list[Path]:
    return sorted(file for file in tree.rglob("*") if file.is_file())


def zipped(tree: Path) -> bytes:
    """About what Lambda is sent; CloudFront takes at most 50 MB.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in _files(tree):
            archive.write(file, file.relative_to(tree).as_posix())
    return buffer.getvalue()


def main() -> int:
    """Builds a bundle, and says where it is and how large."""
    parser = argparse.ArgumentParser(prog="python -m infra.bundle", description=main.__doc__)
    parser.add_argument("--target", choices=TARGETS, default="lambda")
    try:
        tree = stage(Path(__file__).parents[1], parser.parse_args().target)
    except BundleError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    size = sum(file.stat().st_size for file in _files(tree))
    sys.stdout.write(f"{tree}\n{size:,} bytes in {len(_files(tree))} files, {len(zipped(tree)):,} zipped\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
