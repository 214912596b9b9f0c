"""The edge function: a Lambda@Edge function, its role, and its log groups."""

import pulumi
import pulumi_aws as aws

from infra.config.regions import GLOBAL_REGION, execution_regions
from infra.config.stack_config import StackConfig
from infra.iam import policies
from infra.packaging.bundle import build_bundle
from infra.packaging.bytecode import LAMBDA_RUNTIME
from infra.packaging.recipes import EDGE
from infra.paths import PROJECT_ROOT
from infra.resource_tags import resource_tags
from infra.storage.originals import Originals
from infra.storage.renditions import Renditions


class EdgeFunction(pulumi.ComponentResource):
    """A function that CloudFront can run: a numbered version in us-east-1, without environment, layers, VPC or arm64.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html
    """

    function: aws.lambda_.Function
    version_arn: pulumi.Output[str]
    """The ARN of the version that the distribution runs: the newest, or the one that `edgeVersion` names."""
    role: aws.iam.Role
    bundle: str
    """The name of the bundle, which changes with `edge/`, `common/` and the pinned libraries."""
    log_group: pulumi.Output[str]
    """The name of the function's log group in each of `log_regions`."""
    log_regions: list[str]
    """The Regions in which the function runs and logs."""

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        originals: Originals,
        renditions: Renditions,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("infra:delivery/edge_function:EdgeFunction", name, None, opts)
        self.log_regions = [*execution_regions(config.region, origin_shield=config.origin_shield)]

        self.role = aws.iam.Role(
            name,
            assume_role_policy=pulumi.Output.json_dumps(policies.edge_trust_policy()),
            description="Edge function: reads originals, stores renditions, writes its log",
            tags=resource_tags(config),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.function = self._create_function(name, config)
        selected_version_arn = pulumi.Output.concat(self.function.arn, ":", str(config.edge_version))
        self.version_arn = selected_version_arn if config.edge_version else self.function.qualified_arn

        self.log_group = pulumi.Output.concat(f"/aws/lambda/{GLOBAL_REGION}.", self.function.name)
        log_groups = self._create_log_groups(name, config)
        aws.iam.RolePolicy(
            name,
            role=self.role.name,
            policy=pulumi.Output.json_dumps(
                policies.edge_role_policy(
                    originals=originals.bucket.objects_arn,
                    renditions=renditions.stored_renditions_arn,
                    log_streams=[pulumi.Output.concat(log_group.arn, ":*") for log_group in log_groups],
                )
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )

        self.register_outputs({"arn": self.version_arn})

    def _create_function(self, name: str, config: StackConfig) -> aws.lambda_.Function:
        bundle = build_bundle(PROJECT_ROOT, config.bundle_target, EDGE)
        self.bundle = bundle.name

        # The function has no environment: the settings of the stack arrive in a custom header of the origin, so every
        # stack can use the same bundle. AWS does not document whether the function's tags apply to the cost
        # of replicas.
        #
        # `pulumi destroy` leaves the function in AWS, because AWS refuses to delete a function that has replicas,
        # and the replicas exist for hours after the distribution. No version is deleted either, so that `edgeVersion`
        # can select it.
        # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-delete-replicas.html
        return aws.lambda_.Function(
            name,
            region=GLOBAL_REGION,
            description="Makes renditions at the edge, on the response of the origin",
            runtime=LAMBDA_RUNTIME,
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

    def _create_log_groups(self, name: str, config: StackConfig) -> list[aws.cloudwatch.LogGroup]:
        # A replica logs in the Region where it runs. A log group that a replica creates never expires, so Pulumi
        # creates the log groups first.
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
