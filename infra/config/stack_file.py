"""The file of a stack, in which Pulumi ignores keys in the wrong place without a warning."""

import re
import textwrap

from infra.paths import PROJECT_ROOT


def read_stack_file(stack: str) -> str:
    """Return the text of Pulumi.<stack>.yaml, or an empty text if there is no such file."""
    file = PROJECT_ROOT / f"Pulumi.{stack}.yaml"
    return file.read_text(errors="replace") if file.is_file() else ""


def misplaced_keys(text: str) -> list[str]:
    """Return the keys of the top level that belong below `config:`, and misspellings of `config` itself.

    Pulumi's own keys of the top level, such as `encryptionsalt`, have no namespace.
    https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/
    """
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    keys = re.findall(r"""^["']?([\w:.-]+?)["']?:(?=\s|$)""", textwrap.dedent("\n".join(lines)), re.MULTILINE)
    return [key for key in keys if ":" in key or (key.lower().startswith("conf") and key != "config")]
