"""The targets for which the tests build bundles."""

import pytest

from infra.packaging import bytecode


@pytest.fixture(scope="module", params=["host", "lambda"])
def target(request: pytest.FixtureRequest) -> str:
    """Each target of a bundle; a test for Lambda is skipped where no interpreter compiles for Lambda."""
    if request.param == "lambda":
        try:
            bytecode.lambda_interpreter()
        except LookupError as error:
            pytest.skip(str(error))
    return request.param
