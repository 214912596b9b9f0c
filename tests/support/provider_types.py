"""Check inputs against the classes of pulumi_aws: the names, the types, and the required inputs."""

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


def find_problems(type_: str, inputs: dict[str, Any]) -> list[str]:
    """Return the problems of the inputs of a resource, each with its path. Accept the unknown values of a preview."""
    return list(_object_problems(arguments_class(type_), inputs, ""))


@cache
def arguments_class(type_: str) -> type:
    """Return the class of the arguments of a resource type, such as BucketArgs for aws:s3/bucket:Bucket."""
    package, file = type_.split(":")[1].split("/")
    package = {"lambda": "lambda_"}.get(package, package)
    snake_case = re.sub(r"(?<!^)(?=[A-Z])", "_", file[0].lower() + file[1:]).lower()
    # pulumi_aws loads a package when an attribute without underscores is first read. If a module of the package is
    # imported earlier, the package stays empty, and programs that are recorded afterwards do not find its classes.
    hasattr(importlib.import_module(f"pulumi_aws.{package}"), type_.rpartition(":")[2])
    module = importlib.import_module(f"pulumi_aws.{package}.{snake_case}")
    (class_name,) = (name for name in module.__all__ if name.endswith("Args"))
    return getattr(module, class_name)


@cache
def properties(class_: type) -> dict[str, tuple[Any, bool]]:
    """Return the type hint of each property by its wire name, and whether the property is required."""
    wire_names = input_type_py_to_pulumi_names(class_)
    scope = vars(importlib.import_module(class_.__module__))
    hints = typing.get_type_hints(class_.__init__, scope, {"Output": pulumi.Output, "T": Any})
    parameters = inspect.signature(class_.__init__).parameters
    return {
        wire_names.get(name, name): (hint, parameters[name].default is inspect.Parameter.empty)
        for name, hint in hints.items()
        if name in parameters
    }


def _object_problems(class_: type, value: dict[str, Any], path: str) -> Iterator[str]:
    known = properties(class_)
    for name, item in value.items():
        if name not in known:
            similar = difflib.get_close_matches(name, known, 1)
            yield f"{path}{name}: unknown property" + (f"; did you mean {similar[0]}?" if similar else "")
        elif item is not None:
            yield from _value_problems(known[name][0], item, f"{path}{name}")
    for name, (_, required) in known.items():
        if required and value.get(name) is None:
            yield f"{path}{name}: is missing"


def _value_problems(hint: Any, value: Any, path: str) -> list[str]:
    """Return the problems of the value with the alternative that fits best; none if the value fits an alternative."""
    problems = [list(_type_problems(alternative, value, path)) for alternative in _alternatives(hint)]
    return min(problems, key=len, default=[])


def _alternatives(hint: Any) -> Iterator[Any]:
    """Yield the alternatives of a type hint, except those that every input accepts: awaitables, outputs and None."""
    origin, parameters = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        for parameter in parameters:
            yield from _alternatives(parameter)
    elif origin is not pulumi.Output and origin is not Awaitable and hint not in (type(None), pulumi.Output):
        yield hint


def _type_problems(hint: Any, value: Any, path: str) -> Iterator[str]:
    origin, parameters = typing.get_origin(hint), typing.get_args(hint)
    if isinstance(value, Unknown) or hint is Any:
        return
    if origin in (Sequence, list) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _value_problems(parameters[0], item, f"{path}[{index}]")
    elif origin in (Mapping, dict) and isinstance(value, dict):
        for key, item in value.items():
            yield from _value_problems(parameters[1], item, f"{path}[{key}]")
    elif isinstance(hint, type) and is_input_type(hint) and isinstance(value, dict):
        yield from _object_problems(hint, value, f"{path}.")
    elif isinstance(hint, type) and issubclass(hint, Enum):
        if value not in {member.value for member in hint}:
            yield f"{path}: {value!r} is not one of {hint.__name__}"
    elif not _is_instance(value, hint):
        yield f"{path}: {value!r} is not {getattr(hint, '__name__', hint)}"


def _is_instance(value: Any, hint: Any) -> bool:
    if not isinstance(hint, type):
        return False
    if isinstance(value, bool):
        return hint is bool
    return isinstance(value, (int, float) if hint is float else hint)
