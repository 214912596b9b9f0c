"""The content of each bundle: source files, pinned libraries, and the library files that the bundle leaves out."""

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The content of the bundle of one function."""

    name: str
    sources: tuple[str, ...]
    """The patterns of the project's own files, relative to the root of the project."""
    requirements: str
    """The path of the file that pins the libraries, relative to the root of the project."""
    platform: str
    """The platform of the Lambda runtime, in uv's terms."""
    excluded: re.Pattern[str]
    """The pattern of the paths of library files that the bundle leaves out."""


# The bundle leaves out the modules of Pillow that the edge function does not need: they draw text, show windows, grab
# screens, support type checkers, or need libraries that the bundle does not have. The bundle also leaves out the
# libraries of these modules, and the files that describe an installation. The licenses stay in the bundle.
_EDGE_EXCLUDED: Final = re.compile(
    r"""
      .*\.pyi | .*/py\.typed | \.lock | bin/.*
    | [^/]+\.dist-info/(?!METADATA$|licenses/).*
    | PIL/_imaging(ft|tk)\..*
    | PIL/(BdfFontFile|FontFile|ImageDraw|ImageDraw2|ImageFont|ImageText|PSDraw|PcfFontFile)\.py
    | PIL/(FpxImagePlugin|MicImagePlugin|_typing)\.py
    | PIL/(ImageGrab|ImageQt|ImageShow|ImageTk|ImageWin|_tkinter_finder)\.py
    | (pillow\.libs|PIL/\.dylibs)/lib(brotli\w+|freetype|harfbuzz|png16)[-.].*
    """,
    re.VERBOSE,
)

# The bundle leaves out botocore's API definitions of the services that the refresh function does not call. They are
# most of botocore's size.
_REFRESH_EXCLUDED: Final = re.compile(
    r"""
      .*\.pyi | .*/py\.typed | \.lock | bin/.*
    | [^/]+\.dist-info/(?!METADATA$|licenses/|LICENSE|NOTICE).*
    | (boto3|botocore)/data/(?!(cloudfront|s3|sqs)/|[^/]+\.json$).*
    | botocore/data/[^/]+/.*/(examples-1|paginators-1\.sdk-extras)\.json(\.gz)?
    """,
    re.VERBOSE,
)

EDGE: Final = Recipe(
    name="edge",
    sources=(
        "edge/*.py",
        "edge/imaging/*.py",
        "common/__init__.py",
        "common/cache_tags.py",
        "common/contract.py",
    ),  # without viewer_request.js, which CloudFront runs
    requirements="requirements/edge.txt",
    platform="x86_64-manylinux_2_28",
    excluded=_EDGE_EXCLUDED,
)
REFRESH: Final = Recipe(
    name="refresh",
    sources=(
        "common/*.py",
        "refresh/*.py",
    ),
    requirements="requirements/refresh.txt",
    platform="aarch64-manylinux_2_28",
    excluded=_REFRESH_EXCLUDED,
)
