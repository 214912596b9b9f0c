"""What the tests of both bundles are run for."""

import pytest

from infra.packaging import bytecode


@pytest.fixture(scope="module", params=["host", "lambda"])
def target(request: pytest.FixtureRequest) -> str:
    if request.param == "lambda":
        try:
            bytecode.lambda_interpreter()
        except LookupError as error:
            pytest.skip(str(error))
    return request.param
