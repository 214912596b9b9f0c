"""The viewer function: a CloudFront Function with the code of edge/viewer_request.js and the limits of the stack."""

import json
from typing import Final

import pulumi
import pulumi_aws as aws

from common.contract import CHOICES, DEFAULT_QUALITIES, STORED_RENDITIONS_PREFIX
from infra.config.stack_config import ConfigError, StackConfig
from infra.paths import PROJECT_ROOT
from infra.resource_tags import resource_tags

_SOURCE: Final = PROJECT_ROOT / "edge" / "viewer_request.js"

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
_MAX_BYTES: Final = 10 * 1024


class ViewerFunction(pulumi.ComponentResource):
    """The function that CloudFront runs on every viewer request, before it looks up the cache."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(self, name: str, *, config: StackConfig, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("infra:delivery/viewer_function:ViewerFunction", name, None, opts)

        # Pulumi publishes the function with every update, so all cache behaviors run the new code at once.
        function = aws.cloudfront.Function(
            name,
            comment="Rewrites the query of the viewer to the canonical query",
            runtime="cloudfront-js-2.0",
            code=viewer_code(config),
            publish=True,
            tags=resource_tags(config),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.name = function.name
        self.arn = function.arn

        self.register_outputs({"arn": self.arn})


def viewer_code(config: StackConfig) -> str:
    """Return the code of the function. Raises ConfigError if `sizes` makes the code longer than CloudFront accepts."""
    limits = {
        "maxDimension": config.max_dimension,
        "sizes": config.sizes,
        "format": config.format,
        "formats": config.formats,
        "choices": CHOICES,
        "qualities": DEFAULT_QUALITIES,
        "storedPrefix": STORED_RENDITIONS_PREFIX,
    }
    code = f"const LIMITS = {json.dumps(limits, separators=(',', ':'))};\n{_SOURCE.read_text()}"
    size = len(code.encode())
    if size > _MAX_BYTES:
        raise ConfigError(
            f"the viewer function has {size} bytes, but CloudFront accepts at most {_MAX_BYTES}: list fewer sizes"
        )
    return code
