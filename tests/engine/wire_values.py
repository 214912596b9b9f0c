"""Read and write the values of Pulumi's provider protocol."""

from typing import Any

import pulumi
from google.protobuf import struct_pb2
from google.protobuf.json_format import MessageToDict
from pulumi.output import Unknown

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""The text that stands for a value which only the deployment will know."""
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"
_ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"


def parse(message: struct_pb2.Struct) -> dict[str, Any]:
    """Return the values of a message: without the wrapping of secrets, and with integers for whole numbers."""
    return _parse(MessageToDict(message))


def _parse(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get(_SIGNATURE) == _SECRET:
            return _parse(value["value"])
        return {key: _parse(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_parse(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def to_program_values(value: Any) -> Any:
    """Return parsed values as the program has them: with Pulumi's classes for archives and for unknown values."""
    if isinstance(value, dict):
        if value.get(_SIGNATURE) == _ARCHIVE:
            return pulumi.FileArchive(value.get("path", ""))
        return {key: to_program_values(item) for key, item in value.items()}
    if isinstance(value, list):
        return [to_program_values(item) for item in value]
    return Unknown() if value == UNKNOWN else value


def without_archive_paths(value: Any) -> Any:
    """Return parsed values in which an archive is only its hash: the path differs between two checkouts."""
    if isinstance(value, dict):
        if value.get(_SIGNATURE) == _ARCHIVE:
            return value["hash"]
        return {key: without_archive_paths(item) for key, item in value.items()}
    return [without_archive_paths(item) for item in value] if isinstance(value, list) else value


def to_struct(values: dict[str, Any]) -> struct_pb2.Struct:
    """Return a message with the values."""
    message = struct_pb2.Struct()
    message.update(values)
    return message


def split_urn(urn: str) -> tuple[str, str, str]:
    """Return the stack, the type token and the name of a resource."""
    stack, _project, types, *name = urn.removeprefix("urn:pulumi:").split("::")
    return stack, types.rpartition("$")[2], "::".join(name)


def label(type_: str, name: str) -> str:
    """Return the short name of a resource in scenarios, such as `s3.Bucket originals`."""
    return f"{type_.split(':')[1].split('/')[0]}.{type_.rpartition(':')[2]} {name}"
