"""The recorded program: its resources, in the order of registration, and its stack outputs."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class ProgramError(Exception):
    """The program or the stack cannot be run. The message contains the reason and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One registered resource with resolved inputs. Inputs and outputs have Pulumi's wire names (camelCase)."""

    type: str
    """Pulumi's type token, for example `aws:s3/bucket:Bucket`."""
    name: str
    """Pulumi's logical name."""
    id: str
    """The id that AWS would assign; empty in a preview."""
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    protect: bool = False
    """Whether Pulumi refuses to delete the resource."""
    retain: bool = False
    """Whether the resource stays in AWS when the stack is destroyed."""


@dataclass(slots=True, kw_only=True)
class Program:
    """A recorded program. Each resource comes after the resources that it depends on."""

    root: Path
    """The folder that contains `__main__.py`."""
    stack: str
    region: str
    """The stack's default Region."""
    resources: list[Resource] = field(default_factory=list[Resource])
    outputs: dict[str, Any] = field(default_factory=dict[str, Any])
    """The stack's outputs by name."""
    secret_outputs: set[str] = field(default_factory=set[str])
    """Names of the outputs that Pulumi marks as secret."""

    def of(self, type_: str) -> list[Resource]:
        """Return all resources of one type, for example `aws:s3/bucket:Bucket`."""
        return [resource for resource in self.resources if resource.type == type_]

    def find(self, type_: str, output: str, value: Any) -> Resource:
        """Return the resource that another resource refers to by one of its outputs, or by its `id`.

        Raises ProgramError if the program declares no such resource.
        """
        for resource in self.of(type_):
            if value == (resource.id if output == "id" else resource.outputs.get(output)):
                return resource
        raise ProgramError(f"the program declares no {type_} with {output} = {value}")
