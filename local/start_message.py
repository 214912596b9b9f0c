"""The text that the engine prints when it has started: URLs to open, and commands to try."""

import itertools
import shlex
from pathlib import Path
from typing import Final
from urllib.parse import quote

_PICTURE_SUFFIXES: Final = (
    *(".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif"),
    *(".heic", ".heif", ".tif", ".tiff", ".bmp", ".ico"),
)
_EXAMPLE_QUERIES: Final = (
    "width=50&height=100",
    "width=400",
    "width=300&height=300&format=webp",
    "height=200&dpr=2",
    "",
)


def start_message(
    *, name: str, stack: str, url: str, keys: list[str], images: Path, environment_file: Path, distribution: str
) -> str:
    """Return the text. `name` is the name of the run, which differs from `stack` if another engine serves the stack."""
    pictures = [key for key in keys if Path(key).suffix.lower() in _PICTURE_SUFFIXES]
    selection = "--local" if name == "dev" else f"--local --stack {name}"
    first_steps = _first_steps(pictures, url, selection) if pictures else _upload_steps(url)
    return f"""\
The stack {stack} is ready, with {_count(keys)} from {_short_path(images)}. Press Ctrl-C to stop it.
{first_steps}
The AWS CLI can use the same stack:

  . {shlex.quote(str(_short_path(environment_file)))}
  aws cloudfront create-invalidation --distribution-id {distribution} --paths '/*'

Each request is logged here: hit, miss, refused or failed. The functions log what they made of it.
"""


def _first_steps(pictures: list[str], url: str, selection: str) -> str:
    examples = "\n".join(f"  {url}/{path}" for path in _example_paths(pictures))
    return f"""\
Open one of these URLs in a browser:

{examples}

Or use a second terminal:

  curl -sD- -o rendition.jpg '{url}/{quote(pictures[0])}?width=300&format=jpeg'
  .venv/bin/python -m ops invalidate {shlex.quote(pictures[0])} {selection}
"""


def _upload_steps(url: str) -> str:
    return f"""\
The folder contains no picture. Copy one into it, for example photo.jpg: the URL of this picture
is then {url}/photo.jpg?width=300
"""


def _count(keys: list[str]) -> str:
    return "1 file" if len(keys) == 1 else f"{len(keys):,} files"


def _example_paths(pictures: list[str]) -> list[str]:
    """Return a path for each example query."""
    paths = zip(itertools.cycle(pictures), _EXAMPLE_QUERIES, strict=False)
    return [f"{quote(key)}?{query}".rstrip("?") for key, query in paths]


def _short_path(path: Path) -> Path:
    """Return the path relative to the working directory, if the path is inside it."""
    path, here = path.absolute(), Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
