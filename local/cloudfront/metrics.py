"""The metrics that CloudFront publishes in us-east-1.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
"""

from typing import Final

from local.aws.telemetry import Telemetry
from local.cloudfront.messages import Response
from local.cloudfront.results import ResultType
from local.program.program import Program, Resource

_REGION: Final = "us-east-1"
_HITS: Final = {ResultType.HIT, ResultType.REFRESH_HIT}
_LAMBDA_ERRORS: Final = {
    ResultType.LAMBDA_EXECUTION_ERROR: "LambdaExecutionError",
    ResultType.LAMBDA_VALIDATION_ERROR: "LambdaValidationError",
}


class DistributionMetrics:
    """The metrics of one distribution and of its viewer function."""

    def __init__(self, telemetry: Telemetry, program: Program, distribution: str) -> None:
        self._telemetry = telemetry
        self._dimensions = {"DistributionId": distribution, "Region": "Global"}
        self._viewer_functions = [
            _viewer_function(association["functionArn"], program)
            for association in program.find("aws:cloudfront/distribution:Distribution", "id", distribution)
            .inputs["defaultCacheBehavior"]
            .get("functionAssociations")
            or []
        ]
        # CloudFront publishes the additional metrics only for a distribution with a monitoring subscription.
        self._has_additional_metrics = any(
            subscription.inputs["distributionId"] == distribution
            for subscription in program.of("aws:cloudfront/monitoringSubscription:MonitoringSubscription")
        )

    def add(self, result: ResultType, response: Response, milliseconds: float) -> None:
        """Add one response to a viewer."""
        status = response.status
        self._add("Requests", 1, unit="None")
        self._add("BytesDownloaded", len(response.body), unit="None")
        for name, is_error in (
            ("4xxErrorRate", 400 <= status < 500),
            ("5xxErrorRate", status >= 500),
            ("TotalErrorRate", status >= 400),
        ):
            self._add(name, 100 * is_error, unit="Percent")
        if result in _LAMBDA_ERRORS:
            self._add(_LAMBDA_ERRORS[result], 1, unit="None")
        # Errors do not count as cacheable requests.
        if self._has_additional_metrics and status < 400 and result in {*_HITS, ResultType.MISS}:
            self._add("CacheHitRate", 100 * (result in _HITS), unit="Percent")
            if result is ResultType.MISS:
                self._add("OriginLatency", round(milliseconds, 1), unit="Milliseconds")
        for function in self._viewer_functions:
            is_error = result is ResultType.FUNCTION_EXECUTION_ERROR
            dimensions = {"FunctionName": function.outputs["name"], "Region": "Global"}
            for name, value in (("FunctionInvocations", 1), ("FunctionExecutionErrors", int(is_error))):
                self._telemetry.add_metric(_REGION, "AWS/CloudFront", name, value, unit="None", dimensions=dimensions)

    def _add(self, name: str, value: float, *, unit: str) -> None:
        self._telemetry.add_metric(_REGION, "AWS/CloudFront", name, value, unit=unit, dimensions=self._dimensions)


def _viewer_function(arn: str, program: Program) -> Resource:
    return program.find("aws:cloudfront/function:Function", "arn", arn)
