"""What pulumi_aws's own classes say of inputs: which there are, which there must be, and of what type."""

import difflib
import importlib
import inspect
import re
import types
import typing
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any

import pulumi
from pulumi._types import input_type_py_to_pulumi_names, is_input_type
from pulumi.output import Unknown


def problems(type_: str, inputs: dict[str, Any]) -> list[str]:
    """Of one resource, each with its path. What is unknown in a preview is taken for right."""
    return list(_of_object(arguments(type_), inputs, ""))


@cache
def arguments(type_: str) -> type:
    """The class of a resource's arguments: BucketArgs of aws:s3/bucket:Bucket."""
    package, file = type_.split(":")[1].split("/")
    package = {"lambda": "lambda_"}.get(package, package)
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", file[0].lower() + file[1:]).lower()
    module = importlib.import_module(f"pulumi_aws.{package}.{snake}")
    (args,) = (each for each in module.__all__ if each.endswith("Args"))
    return getattr(module, args)


@cache
def properties(class_: type) -> dict[str, tuple[Any, bool]]:
    """Name on the wire -> type, and whether it is required."""
    names = input_type_py_to_pulumi_names(class_)
    scope = vars(importlib.import_module(class_.__module__))
    hints = typing.get_type_hints(class_.__init__, scope, {"Output": pulumi.Output, "T": Any})
    signature = inspect.signature(class_.__init__).parameters
    return {
        names.get(python, python): (hint, signature[python].default is inspect.Parameter.empty)
        for python, hint in hints.items()
        if python in signature
    }


def _of_object(class_: type, value: dict[str, Any], path: str) -> Iterator[str]:
    known = properties(class_)
    for name, inner in value.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            yield f"{path}{name}: there is no such property" + (f"; did you mean {near[0]}?" if near else "")
        elif inner is not None:
            yield from _of_value(known[name][0], inner, f"{path}{name}")
    for name, (_, required) in known.items():
        if required and value.get(name) is None:
            yield f"{path}{name}: is missing"


def _of_value(hint: Any, value: Any, path: str) -> list[str]:
    """Nothing, if the value fits one of the alternatives; else what is wrong with the one that it fits best."""
    found = [list(_of_type(each, value, path)) for each in _alternatives(hint)]
    return min(found, key=len, default=[])


def _alternatives(hint: Any) -> Iterator[Any]:
    """A hint without what every input may be besides: awaited, an output, None."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        for each in inner:
            yield from _alternatives(each)
    elif origin is not pulumi.Output and origin is not Awaitable and hint not in (type(None), pulumi.Output):
        yield hint


def _of_type(hint: Any, value: Any, path: str) -> Iterator[str]:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if isinstance(value, Unknown) or hint is Any:
        return
    if origin in (Sequence, list) and isinstance(value, list):
        for place, each in enumerate(value):
            yield from _of_value(inner[0], each, f"{path}[{place}]")
    elif origin in (Mapping, dict) and isinstance(value, dict):
        for key, each in value.items():
            yield from _of_value(inner[1], each, f"{path}[{key}]")
    elif isinstance(hint, type) and is_input_type(hint) and isinstance(value, dict):
        yield from _of_object(hint, value, f"{path}.")
    elif isinstance(hint, type) and issubclass(hint, Enum):
        if value not in {member.value for member in hint}:
            yield f"{path}: {value!r} is not one of {hint.__name__}"
    elif not _is_a(value, hint):
        yield f"{path}: {value!r} is not {getattr(hint, '__name__', hint)}"


def _is_a(value: Any, hint: Any) -> bool:
    if not isinstance(hint, type):
        return False
    if isinstance(value, bool):
        return hint is bool
    return isinstance(value, (int, float) if hint is float else hint)
