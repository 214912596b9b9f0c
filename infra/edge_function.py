"""The Lambda@Edge function, its role, and the log groups it writes to."""

from pathlib import Path

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.bundle import stage
from infra.config import StackConfig
from infra.originals import Originals
from infra.resource_tags import resource_tags
from infra.shield import execution_regions

_ROOT = Path(__file__).parents[1]


class EdgeFunction(pulumi.ComponentResource):
    """CloudFront takes a numbered version of a function in us-east-1, without environment, layers, VPC or arm64.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html
    """

    function: aws.lambda_.Function
    log_groups: dict[str, aws.cloudwatch.LogGroup]
    """By the Region they are in."""

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        originals: Originals,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("infra:edge_function:EdgeFunction", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        # What the function is, wherever it runs.
        role = aws.iam.Role(
            name,
            assume_role_policy=pulumi.Output.json_dumps(policies.edge_trust()),
            description="The edge function: reads originals, writes its log",
            tags=resource_tags(config),
            opts=child,
        )

        # Its limits arrive with each request, in a custom header of the origin, so that one bundle serves every stack.
        # Replicas outlive the distribution by hours and cannot be deleted by hand, so destroy leaves the function behind.
        # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-delete-replicas.html
        self.function = aws.lambda_.Function(
            name,
            region="us-east-1",
            runtime="python3.13",
            architectures=["x86_64"],
            handler="edge.origin_response.handler",
            code=pulumi.FileArchive(str(stage(_ROOT, config.bundle_target))),
            memory_size=config.memory,
            timeout=config.timeout,
            role=role.arn,
            publish=True,
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )

        # A replica logs in the Region where it runs; a group that it had to create itself would never expire.
        # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-logs.html
        self.log_groups = {
            region: aws.cloudwatch.LogGroup(
                f"{name}-{region}",
                name=pulumi.Output.concat("/aws/lambda/us-east-1.", self.function.name),
                region=region,
                retention_in_days=config.log_retention,
                tags=resource_tags(config),
                opts=child,
            )
            for region in execution_regions(config.region, origin_shield=config.origin_shield)
        }

        # What the role may do, and nothing else.
        aws.iam.RolePolicy(
            name,
            role=role.name,
            policy=pulumi.Output.json_dumps(
                policies.edge_role(
                    objects=originals.objects,
                    log_streams=[pulumi.Output.concat(group.arn, ":*") for group in self.log_groups.values()],
                )
            ),
            opts=child,
        )

        self.register_outputs({"arn": self.function.qualified_arn})
