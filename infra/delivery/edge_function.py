"""The Lambda@Edge function, its role, and the log groups it writes to."""

from pathlib import Path

import pulumi
import pulumi_aws as aws

from infra.config.regions import execution_regions
from infra.config.stack_config import StackConfig
from infra.iam import policies
from infra.packaging.bundle import stage
from infra.resource_tags import resource_tags
from infra.storage.originals import Originals
from infra.storage.renditions import Renditions

_ROOT = Path(__file__).parents[2]


class EdgeFunction(pulumi.ComponentResource):
    """CloudFront takes a numbered version of a function in us-east-1, without environment, layers, VPC or arm64.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html
    """

    function: aws.lambda_.Function
    version_arn: pulumi.Output[str]
    """Of the version that the distribution runs: the newest, or an earlier one that `edgeVersion` names."""
    role: aws.iam.Role
    bundle: str
    """The name of what runs: it changes with `edge/` and with Pillow."""
    log_group: pulumi.Output[str]
    """The name of the function's log group in each of `log_regions`."""
    log_regions: list[str]

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        originals: Originals,
        renditions: Renditions,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("infra:edge_function:EdgeFunction", name, None, opts)
        bundle = stage(_ROOT, config.bundle_target)
        self.bundle = bundle.name
        self.log_regions = [*execution_regions(config.region, origin_shield=config.origin_shield)]

        # What the function is, wherever it runs.
        self.role = aws.iam.Role(
            name,
            assume_role_policy=pulumi.Output.json_dumps(policies.edge_trust()),
            description="The edge function: reads originals, stores renditions, writes its log",
            tags=resource_tags(config),
            opts=pulumi.ResourceOptions(parent=self),
        )

        # No environment: the stack's limits arrive in a custom header of the origin, so one bundle serves every stack.
        # The tags are this function's; whether its replicas cost under them, AWS does not say. Destroying the stack
        # leaves it behind, since replicas outlive the distribution by hours, and until then AWS refuses to delete it.
        # Nor is any version ever deleted: that is what there is to go back to.
        # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-delete-replicas.html
        self.function = aws.lambda_.Function(
            name,
            region="us-east-1",
            description="Renditions at the edge, after S3 has answered",
            runtime="python3.13",
            architectures=["x86_64"],
            handler="edge.origin_response.handler",
            code=pulumi.FileArchive(str(bundle)),
            memory_size=config.memory,
            timeout=config.timeout,
            role=self.role.arn,
            publish=True,
            tags=resource_tags(config),
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )
        earlier = pulumi.Output.concat(self.function.arn, ":", str(config.edge_version))
        self.version_arn = earlier if config.edge_version else self.function.qualified_arn
        self.log_group = pulumi.Output.concat("/aws/lambda/us-east-1.", self.function.name)

        # What the role may do, and nothing else.
        log_streams = [pulumi.Output.concat(group.arn, ":*") for group in self._log_groups(name, config)]
        aws.iam.RolePolicy(
            name,
            role=self.role.name,
            policy=pulumi.Output.json_dumps(
                policies.edge_role(
                    originals=originals.store.objects, renditions=renditions.written, log_streams=log_streams
                )
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )

        self.register_outputs({"arn": self.version_arn})

    def _log_groups(self, name: str, config: StackConfig) -> list[aws.cloudwatch.LogGroup]:
        # A replica logs in the Region where it runs; a group that it had to create itself would never expire.
        # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-logs.html
        return [
            aws.cloudwatch.LogGroup(
                f"{name}-{region}",
                name=self.log_group,
                region=region,
                retention_in_days=config.log_retention,
                tags=resource_tags(config),
                opts=pulumi.ResourceOptions(parent=self),
            )
            for region in self.log_regions
        ]
