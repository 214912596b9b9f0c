"""The states of released versions, as fixtures for the test of an upgrade.

A fixture has what decides between an update and a replacement: types, names, parents, and the inputs that force a
replacement. After a release, write its fixtures:

    python -m tests.engine.releases 1.0.0
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.engine.pulumi_cli import Deployment
from tests.engine.replacements import AUTONAMED, CONDITIONS, REPLACING

FOLDER = Path(__file__).with_name("releases")
STACKS = ("dev", "prod")
_KEPT = ("urn", "custom", "id", "type", "parent", "provider", "protect", "retainOnDelete")


def fixture(state: dict[str, Any]) -> dict[str, Any]:
    """Return the fixture of a state that `pulumi stack export` has written."""
    resources = [_resource(resource) for resource in state["deployment"]["resources"]]
    return {"version": state["version"], "deployment": {"manifest": _MANIFEST, "resources": resources}}


_MANIFEST = {"time": "2026-11-22T00:00:00Z", "magic": "", "version": ""}


def _resource(resource: dict[str, Any]) -> dict[str, Any]:
    kept = {key: resource[key] for key in _KEPT if key in resource}
    if resource["type"].startswith("pulumi:providers:"):
        return kept | {"inputs": resource["inputs"], "outputs": resource["outputs"]}
    type_ = resource["type"]
    replacing = {path.split(".")[0] for path in (*REPLACING.get(type_, ()), *CONDITIONS.get(type_, ()))}
    names = replacing | {"region", "__defaults", AUTONAMED.get(type_, "name")}
    for values in ("inputs", "outputs"):
        kept[values] = {name: value for name, value in resource.get(values, {}).items() if name in names}
    return kept


def main() -> None:
    """Deploy each stack, and write the fixtures of a release."""
    FOLDER.mkdir(exist_ok=True)
    for stack in STACKS:
        with tempfile.TemporaryDirectory() as folder:
            deployment = Deployment.create(Path(folder, stack), stack)
            deployment.update()
            path = FOLDER / f"{sys.argv[1]}-{stack}.json"
            text = json.dumps(fixture(deployment.export_state()), indent=1, sort_keys=True)
            # The folder of the program is another one on each machine.
            path.write_text(text.replace(str(deployment.folder), "/deployment") + "\n")


if __name__ == "__main__":
    main()
