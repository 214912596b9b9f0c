"""What has to be uploaded: the bundle, and what sharp needs, zipped."""

import json
from typing import Any

from bench.peers.peer import ROOT
from infra.packaging.bundle import stage, zipped_size


def measured() -> dict[str, int]:
    """Bytes."""
    return {"ours": zipped_size(stage(ROOT, "host")), "sharp": _sharp()}


def _sharp() -> int:
    """Without the AWS SDK, which Lambda has; and only what is for this machine."""
    modules = ROOT / "bench" / "node_modules"
    locked: dict[str, Any] = json.loads((ROOT / "bench" / "package-lock.json").read_text())["packages"]
    needed, new = set[str](), {"sharp"}
    while new:
        needed |= new
        wanted = {name for each in new for name in _dependencies(locked[f"node_modules/{each}"])}
        new = {name for name in wanted - needed if (modules / name).is_dir()}
    return sum(zipped_size(modules / name) for name in needed)


def _dependencies(package: dict[str, Any]) -> set[str]:
    return {*package.get("dependencies", {}), *package.get("optionalDependencies", {})}
