"""The CloudFront Function in front of the cache: edge/viewer_request.js with the stack's limits."""

import json
from pathlib import Path
from typing import Final

import pulumi
import pulumi_aws as aws

from common.contract import CHOICES
from infra.config.stack_config import ConfigError, StackConfig
from infra.resource_tags import resource_tags

_SOURCE: Final = Path(__file__).parents[2] / "edge" / "viewer_request.js"

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
_MAX_BYTES: Final = 10 * 1024


class ViewerFunction(pulumi.ComponentResource):
    """Runs on every request, before the cache is looked at."""

    function: aws.cloudfront.Function

    def __init__(self, name: str, *, config: StackConfig, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("infra:viewer_function:ViewerFunction", name, None, opts)

        # Published at once: every behaviour that uses it switches with the update.
        self.function = aws.cloudfront.Function(
            name,
            comment="From the viewer's query to the canonical query",
            runtime="cloudfront-js-2.0",
            code=viewer_code(config),
            publish=True,
            tags=resource_tags(config),
            opts=pulumi.ResourceOptions(parent=self),
        )

        self.register_outputs({"arn": self.function.arn})


def viewer_code(config: StackConfig) -> str:
    """The function's whole code; ConfigError if `sizes` makes it longer than CloudFront takes."""
    limits = {
        "maxDimension": config.max_dimension,
        "sizes": config.sizes,
        "format": config.format,
        "formats": config.formats,
        "choices": CHOICES,
    }
    code = f"const LIMITS = {json.dumps(limits)};\n{_SOURCE.read_text()}"
    size = len(code.encode())
    if size > _MAX_BYTES:
        raise ConfigError(f"the viewer function has {size} bytes, CloudFront takes {_MAX_BYTES}: list fewer sizes")
    return code
