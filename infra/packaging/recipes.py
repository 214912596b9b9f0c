"""What each Lambda function is made of: our files, pinned libraries, and what of those nothing uses."""

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What one function is made of."""

    name: str
    sources: tuple[str, ...]
    """Of our own files: patterns, from the root of the project."""
    requirements: str
    """The pinned libraries."""
    platform: str
    """Of Lambda, in uv's words."""
    cut: re.Pattern[str]
    """What of the libraries is left out."""


# What of Pillow nothing here can use: it draws text, shows windows, grabs screens, is for type checkers, or needs what
# is not here; with the libraries for that alone. And what an installer notes about itself. Licences stay.
_CUT_AT_THE_EDGE: Final = re.compile(
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

# What botocore knows of services that nobody here calls: most of it.
_CUT_ELSEWHERE: Final = re.compile(
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
    ),  # viewer_request.js is CloudFront's to run
    requirements="requirements/edge.txt",
    platform="x86_64-manylinux_2_28",
    cut=_CUT_AT_THE_EDGE,
)
REFRESH: Final = Recipe(
    name="refresh",
    sources=(
        "common/*.py",
        "refresh/*.py",
    ),
    requirements="requirements/refresh.txt",
    platform="aarch64-manylinux_2_28",
    cut=_CUT_ELSEWHERE,
)
