"""Refuse the inputs that the real provider's Check refuses."""

from typing import Any

from tests.engine.wire_values import to_program_values
from tests.support import provider_types, service_models


def find_problems(type_: str, inputs: dict[str, Any]) -> list[str]:
    """Return a problem for each unknown, missing or mistyped property, and for each value that an enumeration lacks.

    A type that these checks do not know is a problem too.
    """
    values = to_program_values({key: value for key, value in inputs.items() if not key.startswith("__")})
    try:
        problems = provider_types.find_problems(type_, values)
    except (ImportError, IndexError, ValueError) as error:
        return [f"{type_} is not a type of the provider: {error}"]
    if type_ in service_models.OPERATIONS:
        problems += service_models.find_problems(type_, values)
    elif type_ not in service_models.DOCUMENTS:
        problems.append(f"{type_} has no operation in tests/support/service_models.py")
    return problems
