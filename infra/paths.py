"""The path of the project, for components that read its source files."""

from pathlib import Path
from typing import Final

PROJECT_ROOT: Final = Path(__file__).parents[1]
"""The folder that contains `edge/`, `refresh/`, `infra/` and `Pulumi.yaml`."""
