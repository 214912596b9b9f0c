"""Builds the declared distribution: its origins, its behaviors and their functions."""

from collections.abc import Callable
from typing import Any

from local.aws.cloud import Cloud
from local.cloudfront.behavior import Behavior
from local.cloudfront.distribution import Distribution
from local.cloudfront.s3_origin import S3Origin
from local.cloudfront.validation import check_association
from local.cloudfront.viewer_function import ViewerFunction
from local.lambdas.function import LambdaFunction
from local.lambdas.functions import LambdaFunctions
from local.program.program import Program, ProgramError, Resource


def build_distribution(
    program: Program, cloud: Cloud, functions: LambdaFunctions, report: Callable[[str], None]
) -> Distribution:
    """Return the program's only distribution.

    Raises ProgramError if CloudFront would reject the distribution, or if the program does not declare exactly one.
    """
    distributions = program.of("aws:cloudfront/distribution:Distribution")
    if len(distributions) != 1:
        raise ProgramError(
            f"the program declares {len(distributions)} distributions: the local engine serves exactly one"
        )
    resource = distributions[0]
    origins = {origin["originId"]: S3Origin(origin, resource, program, cloud) for origin in resource.inputs["origins"]}
    behaviors: list[Behavior] = []
    for declared in [*(resource.inputs.get("orderedCacheBehaviors") or []), resource.inputs["defaultCacheBehavior"]]:
        origin = origins[declared["targetOriginId"]]
        behaviors.append(
            Behavior(
                declared,
                program,
                origin=origin,
                viewer_function=_viewer_function(declared, program),
                lambda_function=_edge_function(declared, origin, program, functions),
            )
        )
    return Distribution(resource, behaviors, report)


def _viewer_function(declared: dict[str, Any], program: Program) -> ViewerFunction | None:
    """Return the CloudFront Function that the behavior associates with viewer-request, if there is one."""
    for association in declared.get("functionAssociations") or []:
        if association["eventType"] == "viewer-request":
            return ViewerFunction(program.find("aws:cloudfront/function:Function", "arn", association["functionArn"]))
    return None


def _edge_function(
    declared: dict[str, Any], origin: S3Origin, program: Program, functions: LambdaFunctions
) -> LambdaFunction | None:
    """Return the Lambda function that the behavior associates with origin-response, if there is one."""
    for association in declared.get("lambdaFunctionAssociations") or []:
        if association["eventType"] == "origin-response":
            arn: str = association["lambdaArn"]
            resource = _published_version(arn, program)
            check_association(arn, resource, program.find("aws:iam/role:Role", "arn", resource.inputs["role"]))
            return functions.get(resource, _execution_region(origin, program))
    return None


def _execution_region(origin: S3Origin, program: Program) -> str:
    """Return the Region in which the function runs on a miss.

    This is the Region of Origin Shield, or the Region of the stack if there is no Origin Shield.
    """
    shield: dict[str, Any] = origin.declared.get("originShield") or {}
    return shield["originShieldRegion"] if shield.get("enabled") else program.region


def _published_version(arn: str, program: Program) -> Resource:
    for function in program.of("aws:lambda/function:Function"):
        if arn.startswith(f"{function.outputs['arn']}:") and arn != function.outputs["qualifiedArn"]:
            raise ProgramError(
                f"{arn} is a version that exists only in AWS, and the local engine cannot run it. Remove edgeVersion "
                "from the configuration: the local engine then runs the version that the program would publish now"
            )
    return program.find("aws:lambda/function:Function", "qualifiedArn", arn)
