"""The changes of a running stack that docs/changes.md lists, with what each does to the resources.

changes.yaml has one entry per change: the stack before, the change, and the resources that `pulumi up` must change.
`make engine` runs every entry on Pulumi's real engine and compares. After a change of the program, write the resources
and the page anew, and read the difference:

    python -m tests.engine.changes [PART OF A TITLE]
"""

import sys
import tempfile
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import yaml

from tests.engine.pulumi_cli import Deployment, Run

FILE = Path(__file__).with_name("changes.yaml")
OPERATIONS = ("creates", "updates", "replaces", "deletes")


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change of the configuration or of the code."""

    title: str
    """The key, and where one key has several changes, the difference."""
    group: str
    """The section of docs/changes.md."""
    stack: str
    """The stack of this repository that is deployed first."""
    before: dict[str, Any] = field(default_factory=dict[str, Any])
    """Configuration that the deployed stack has in addition to its file."""
    keys: dict[str, Any] = field(default_factory=dict[str, Any])
    """The keys that change. None removes a key."""
    edit: dict[str, str] = field(default_factory=dict[str, str])
    """The files to which a text is appended."""
    refused: str = ""
    """A part of the error, if `pulumi up` must refuse the change. Pulumi can stop at a deletion or at a replacement."""
    creates: list[str] = field(default_factory=list[str])
    updates: list[str] = field(default_factory=list[str])
    replaces: list[str] = field(default_factory=list[str])
    deletes: list[str] = field(default_factory=list[str])
    viewers: str
    """What viewers notice, and for how long."""
    undo: str
    """Whether and how the change can be taken back."""
    first: str = ""
    """What to do before `pulumi up`."""

    def apply(self, deployment: Deployment) -> Run:
        """Change the stack. A change that must be refused is previewed first, as an operator does."""
        deployment.set(**self.keys)
        for name, text in self.edit.items():
            deployment.append(name, text)
        return deployment.up() if self.refused else deployment.update()

    @property
    def may_change_outputs(self) -> bool:
        """Return whether resources can get new outputs, which other resources could use only in a second update."""
        return bool(self.creates or self.replaces or "lambda.Function edge-function" in self.updates)

    @property
    def effects(self) -> dict[str, list[str]]:
        """Return the expected resources by operation."""
        return {operation: getattr(self, operation) for operation in OPERATIONS}


def read_changes(file: Path = FILE) -> list[Change]:
    """Return the changes of the file."""
    return [Change(**entry) for entry in yaml.safe_load(file.read_text())]


def effects(run: Run) -> dict[str, list[str]]:
    """Return the resources by what happened to them. A resource that was created and deleted was replaced."""
    created, updated, deleted = (run.labels(operation) for operation in ("create", "update", "delete"))
    return {
        "creates": sorted(created - deleted),
        "updates": sorted(updated),
        "replaces": sorted(created & deleted),
        "deletes": sorted(deleted - created),
    }


def main() -> None:
    """Run the changes whose titles contain a text, or all, and write the resources that each of them changes."""
    text = " ".join(sys.argv[1:])
    changes = read_changes()
    with tempfile.TemporaryDirectory() as folder:
        bases: dict[str, Deployment] = {}
        for number, change in enumerate(changes):
            if text not in change.title:
                continue
            name = repr((change.stack, change.before))
            if name not in bases:
                bases[name] = Deployment.create(Path(folder, f"base-{number}"), change.stack)
                bases[name].set(**change.before)
                bases[name].update()
            run = change.apply(bases[name].copy(Path(folder, str(number))))
            changes[number] = replace(change, **effects(run))
            write_changes(changes)
            sys.stdout.write(f"{change.title}: {len(run.calls)} calls, exit status {run.status}\n")
            sys.stdout.flush()


def write_changes(changes: list[Change], file: Path = FILE) -> None:
    """Write the changes to the file, without the fields that have their default."""
    entries = [
        {item.name: value for item in fields(Change) if (value := getattr(change, item.name))} for change in changes
    ]
    text = "\n".join(yaml.safe_dump([entry], sort_keys=False, width=160) for entry in entries)
    file.write_text(f"# One entry per change of a running stack: see changes.py. docs/changes.md shows them.\n\n{text}")


if __name__ == "__main__":
    main()
