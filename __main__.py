"""The Pulumi program: read the configuration, create the stack, and export its outputs."""

import pulumi

from infra.config.loader import load_config
from infra.image_resizer import ImageResizer

# Pulumi before 3.219 ignores requiredPulumiVersion in Pulumi.yaml.
pulumi.require_pulumi_version(">=3.219.0")

resizer = ImageResizer("image-resizer", load_config(pulumi.Config()))

for name, value in resizer.outputs.items():
    pulumi.export(name, value)
