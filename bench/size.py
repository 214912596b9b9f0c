"""The measurement of zipped sizes: the edge function's bundle, and sharp with its dependencies."""

import json
from typing import Any

from bench.peers.peer import ROOT
from infra.packaging.bundle import build_bundle, zipped_size


def measure() -> dict[str, int]:
    """Return the zipped size of the bundle (`ours`) and of sharp, in bytes."""
    return {"ours": zipped_size(build_bundle(ROOT, "host")), "sharp": _sharp_size()}


def _sharp_size() -> int:
    """Return the zipped size of sharp and its dependencies for this platform, in bytes.

    The AWS SDK is not included, because Lambda provides it.
    """
    modules = ROOT / "bench" / "node_modules"
    packages: dict[str, Any] = json.loads((ROOT / "bench" / "package-lock.json").read_text())["packages"]
    visited, pending = set[str](), {"sharp"}
    while pending:
        visited |= pending
        dependencies = {name for package in pending for name in _dependencies(packages[f"node_modules/{package}"])}
        # npm installs an optional dependency only if it is for this platform.
        pending = {name for name in dependencies - visited if (modules / name).is_dir()}
    return sum(zipped_size(modules / name) for name in visited)


def _dependencies(package: dict[str, Any]) -> set[str]:
    return {*package.get("dependencies", {}), *package.get("optionalDependencies", {})}
