"""The code of a Lambda function, ours plus its libraries, as a directory named by what it is made from.

Pulumi compares a directory by its content, so an unchanged bundle is no difference. By hand:

    python -m infra.packaging.bundle --target host edge
"""

import argparse
import hashlib
import io
import platform
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Final

import pulumi

from infra.packaging import bytecode, recipes
from infra.packaging.build_tools import ToolError, run
from infra.packaging.recipes import EDGE, REFRESH, Recipe

TARGETS: Final = ("lambda", "host")
"""`host` is packed for the interpreter that runs this, as the local engine needs it."""


class BundleError(pulumi.RunError):
    """The bundle cannot be built; says what to do about it."""


def stage(root: Path, target: str, recipe: Recipe = EDGE) -> Path:
    """The bundle's directory, built if it does not exist yet; once there, it never changes."""
    sources = _sources(root, recipe)
    home = root / "build" / "bundle"
    final = home / f"{recipe.name}-{target}-{_digest(sources, target)}"
    if final.is_dir():
        return final
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".building-", dir=home) as workshop:
        tree = Path(workshop, "bundle")
        _build(tree, sources, target, recipe)
        try:
            tree.rename(final)
        except OSError:
            if not final.is_dir():  # else another process built the same meanwhile
                raise
    return final


def _sources(root: Path, recipe: Recipe) -> dict[str, bytes]:
    """Read once, so that the digest is of what is packed even while somebody edits."""
    files = [root / recipe.requirements, *(file for pattern in recipe.sources for file in sorted(root.glob(pattern)))]
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in files}


def _digest(sources: dict[str, bytes], target: str) -> str:
    digest = hashlib.sha256(target.encode())
    if target == "host":
        digest.update(f"{sys.implementation.cache_tag} {sys.platform} {platform.machine()}".encode())
    recipe = {Path(file).name: Path(file).read_bytes() for file in (__file__, bytecode.__file__, recipes.__file__)}
    for name, content in (recipe | sources).items():
        digest.update(name.encode() + hashlib.sha256(content).digest())
    return digest.hexdigest()[:12]


def _build(tree: Path, sources: dict[str, bytes], target: str, recipe: Recipe) -> None:
    try:
        interpreter = sys.executable if target == "host" else bytecode.lambda_interpreter()
        _install(tree, sources[recipe.requirements].decode(), target, recipe)
        for name, content in sources.items():
            if name != recipe.requirements:
                (tree / name).parent.mkdir(parents=True, exist_ok=True)
                (tree / name).write_bytes(content)
        bytecode.compile_tree(tree, interpreter)
    except (LookupError, ToolError) as error:
        raise BundleError(f"no bundle: {error}") from error


def _install(tree: Path, requirements: str, target: str, recipe: Recipe) -> None:
    """The libraries' wheels for the target, checked against their hashes, without what is never used."""
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable]
    command += ["--target", str(tree), "--link-mode", "copy", "--require-hashes", "--only-binary", ":all:"]
    if target == "lambda":
        command += ["--python-platform", recipe.platform, "--python-version", bytecode.PYTHON]
    run(*command, "--requirements", "-", given=requirements)
    for file in _files(tree):
        if recipe.cut.fullmatch(file.relative_to(tree).as_posix()):
            file.unlink()


def _files(tree: Path) -> list[Path]:
    return sorted(file for file in tree.rglob("*") if file.is_file())


def zipped_size(tree: Path) -> int:
    """About what Lambda is sent; CloudFront takes 50 MB at most.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in _files(tree):
            archive.write(file, file.relative_to(tree))
    return len(buffer.getvalue())


def main() -> int:
    """Builds a bundle; says where it is and how large."""
    parser = argparse.ArgumentParser(prog="python -m infra.packaging.bundle", description=main.__doc__)
    parser.add_argument("--target", choices=TARGETS, default="lambda")
    parser.add_argument("name", choices=("edge", "refresh"), nargs="?", default="edge")
    asked = parser.parse_args()
    try:
        tree = stage(Path(__file__).parents[2], asked.target, {"edge": EDGE, "refresh": REFRESH}[asked.name])
    except BundleError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sizes = [file.stat().st_size for file in _files(tree)]
    sys.stdout.write(f"{tree}\n{len(sizes)} files, {sum(sizes):,} bytes, zipped {zipped_size(tree):,}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
