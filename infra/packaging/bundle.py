"""The bundle of a Lambda function: our sources and their libraries, in a folder whose name identifies its inputs.

Pulumi compares a folder by its content, so it does not update a function whose bundle has not changed. By hand:

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
from infra.packaging.build_tools import ToolError, run_tool
from infra.packaging.old_bundles import mark_as_used, remove_old_bundles
from infra.packaging.recipes import EDGE, REFRESH, Recipe
from infra.paths import PROJECT_ROOT

TARGETS: Final = ("lambda", "host")
"""The platforms of a bundle. `host` is this machine and the interpreter that runs this module, for the local engine."""


class BundleError(pulumi.RunError):
    """The bundle cannot be built. The message contains the reason."""


def build_bundle(root: Path, target: str, recipe: Recipe = EDGE) -> Path:
    """Return the folder of a bundle of the project in the folder `root`. Build the bundle if it does not exist.

    The content of a bundle never changes. A build also removes old bundles. Raises BundleError if the bundle cannot be
    built.
    """
    sources = _read_sources(root, recipe)
    bundles = root / "build" / "bundle"
    bundle = bundles / f"{recipe.name}-{target}-{_digest(sources, target)}"
    if mark_as_used(bundle):
        return bundle
    bundles.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".building-", dir=bundles) as workspace:
        tree = Path(workspace, "bundle")
        _build_tree(tree, sources, target, recipe)
        try:
            tree.rename(bundle)
        except OSError:
            if not bundle.is_dir():  # Otherwise another process has built the same bundle in the meantime.
                raise
    remove_old_bundles(bundles, f"{recipe.name}-{target}")
    return bundle


def _read_sources(root: Path, recipe: Recipe) -> dict[str, bytes]:
    """Read each file once, so that the digest matches the packed content even if someone edits a file."""
    files = [root / recipe.requirements, *(file for pattern in recipe.sources for file in sorted(root.glob(pattern)))]
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in files}


def _digest(sources: dict[str, bytes], target: str) -> str:
    digest = hashlib.sha256(target.encode())
    if target == "host":
        digest.update(f"{sys.implementation.cache_tag} {sys.platform} {platform.machine()}".encode())
    build_code = {Path(file).name: Path(file).read_bytes() for file in (__file__, bytecode.__file__, recipes.__file__)}
    for name, content in (build_code | sources).items():
        digest.update(name.encode() + hashlib.sha256(content).digest())
    return digest.hexdigest()[:12]


def _build_tree(tree: Path, sources: dict[str, bytes], target: str, recipe: Recipe) -> None:
    try:
        interpreter = sys.executable if target == "host" else bytecode.lambda_interpreter()
        _install(tree, sources[recipe.requirements].decode(), target, recipe)
        for name, content in sources.items():
            if name != recipe.requirements:
                (tree / name).parent.mkdir(parents=True, exist_ok=True)
                (tree / name).write_bytes(content)
        bytecode.compile_tree(tree, interpreter)
    except (LookupError, ToolError) as error:
        raise BundleError(f"the bundle {recipe.name} cannot be built for {target}: {error}") from error


def _install(tree: Path, requirements: str, target: str, recipe: Recipe) -> None:
    """Install the wheels of the libraries for the target, check their hashes, and delete the excluded files."""
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable]
    command += ["--target", str(tree), "--link-mode", "copy", "--require-hashes", "--only-binary", ":all:"]
    if target == "lambda":
        command += ["--python-platform", recipe.platform, "--python-version", bytecode.PYTHON]
    run_tool(*command, "--requirements", "-", stdin=requirements)
    _delete_excluded(tree, recipe)


def _delete_excluded(tree: Path, recipe: Recipe) -> None:
    """Delete the excluded files, and the empty folders: Python would import the folder of a package without its files.

    https://docs.python.org/3/reference/import.html#namespace-packages
    """
    for file in _files(tree):
        if recipe.excluded.fullmatch(file.relative_to(tree).as_posix()):
            file.unlink()
    for path in sorted(tree.rglob("*"), reverse=True):  # The reverse order has every folder after its content.
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def _files(tree: Path) -> list[Path]:
    return sorted(file for file in tree.rglob("*") if file.is_file())


def zipped_size(tree: Path) -> int:
    """Return the approximate size of the archive that Lambda receives, in bytes; CloudFront accepts at most 50 MB.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in _files(tree):
            archive.write(file, file.relative_to(tree))
    return len(buffer.getvalue())


def main() -> int:
    """Build a bundle, and print its folder and its size."""
    parser = argparse.ArgumentParser(prog="python -m infra.packaging.bundle", description=main.__doc__)
    parser.add_argument("--target", choices=TARGETS, default="lambda")
    parser.add_argument("name", choices=("edge", "refresh"), nargs="?", default="edge")
    arguments = parser.parse_args()
    recipe = {"edge": EDGE, "refresh": REFRESH}[arguments.name]
    try:
        tree = build_bundle(PROJECT_ROOT, arguments.target, recipe)
    except BundleError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sizes = [file.stat().st_size for file in _files(tree)]
    sys.stdout.write(f"{tree}\n{len(sizes)} files, {sum(sizes):,} bytes, zipped {zipped_size(tree):,}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
