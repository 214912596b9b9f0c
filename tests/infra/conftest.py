"""The fixture that runs a test of bundles for each target."""

import pytest

from infra.packaging import bytecode


@pytest.fixture(scope="module", params=["host", "lambda"])
def target(request: pytest.FixtureRequest) -> str:
    """Return a target of a bundle. The tests for Lambda are skipped if no interpreter compiles for Lambda."""
    if request.param == "lambda":
        try:
            bytecode.lambda_interpreter()
        except LookupError as error:
            pytest.skip(str(error))
    return request.param
