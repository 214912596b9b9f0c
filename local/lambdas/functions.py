"""The Lambda functions that the engine runs: one pool of sandboxes per function and Region."""

from collections.abc import Callable
from typing import Any, Self

from local.aws.cloud import Cloud
from local.aws.telemetry import Telemetry
from local.lambdas.function import LambdaFunction
from local.lambdas.measured_function import FunctionTelemetry, MeasuredFunction
from local.program.program import Program, Resource


class LambdaFunctions:
    """An asynchronous context manager that creates functions on demand and ends their sandboxes."""

    def __init__(self, program: Program, cloud: Cloud, distribution_url: str, report: Callable[[str], None]) -> None:
        """`distribution_url` is the URL at which the engine serves the distribution and CloudFront's API."""
        self._program = program
        self._cloud = cloud
        self._distribution_url = distribution_url
        self._report = report
        self.telemetry = Telemetry(cloud, report)
        """Where the functions log, and publish their metrics."""
        self._functions: dict[tuple[str, str], LambdaFunction] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for function in self._functions.values():
            await function.close()

    def get(self, resource: Resource, region: str) -> LambdaFunction:
        """Return the function in one Region. The same function and Region always give the same object."""
        key = (resource.outputs["arn"], region)
        if key not in self._functions:
            telemetry = FunctionTelemetry(self.telemetry, self._program, resource, region)
            function = MeasuredFunction(
                resource,
                root=self._program.root,
                region=region,
                environment=self._environment(resource),
                report=telemetry.with_log(self._report),
            )
            function.telemetry = telemetry
            self._functions[key] = function
        return self._functions[key]

    def _environment(self, resource: Resource) -> dict[str, str]:
        """Return the declared variables, the role's credentials, and the endpoints of the local services."""
        declared: dict[str, Any] = (resource.inputs.get("environment") or {}).get("variables") or {}
        # A variable with the URL of the deployed distribution gets the URL of the engine instead.
        deployed_url: str = self._program.outputs.get("url", "")
        variables = {
            name: self._distribution_url if value == deployed_url else value for name, value in declared.items()
        }
        return {
            **self._cloud.role_credentials(resource.inputs["role"]),
            **variables,
            "AWS_ENDPOINT_URL": self._cloud.url,
            "AWS_ENDPOINT_URL_S3": self._cloud.url,
            "AWS_ENDPOINT_URL_CLOUDFRONT": self._distribution_url,
        }
