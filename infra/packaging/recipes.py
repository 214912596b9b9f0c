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
    """The platform of the Lambda runtime, in uv's terms.

    The number in the platform is the newest glibc that a library may need. The runtime has a newer one: the runtime of
    Python 3.13 is Amazon Linux 2023 (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html), which has
    glibc 2.34 (https://docs.aws.amazon.com/linux/al2023/ug/core-glibc.html).
    """
    excluded: re.Pattern[str]
    """The pattern of the paths of library files that the bundle leaves out."""


# libvips decodes and encodes pictures. Pillow only decodes BMP, ICO, animated PNG and AVIF sequences, and pi-heif
# decodes HEIC through Pillow. Of Pillow, the bundle contains only the modules that this work imports, and the shared
# libraries that these modules need. TiffImagePlugin is one of them, because it reads the EXIF data of every format.
# Of cffi, the bundle contains only the extension module, which is all that _libvips.abi3.so imports. The bundle also
# leaves out the files that describe an installation. The licenses stay in the bundle.
_EDGE_EXCLUDED: Final = re.compile(
    r"""
      .*\.pyi | .*/py\.typed | \.lock | bin/.*
    | (cffi|pycparser)/.* | pycparser-[^/]+\.dist-info/.*
    | [^/]+\.dist-info/(?!METADATA$|licenses/).*
    | PIL/(?!
          \.dylibs/ | _(avif|imaging)\. | _(_init__|binary|deprecate|util|version)\.py$
        | (Avif|Bmp|Ico|Png|Tiff)ImagePlugin\.py$
        | (ExifTags|GimpGradientFile|GimpPaletteFile|PaletteFile|TiffTags)\.py$
        | Image(Chops|Color|File|Mode|Ops|Palette|Sequence)?\.py$
      ).*
    | (pillow\.libs|PIL/\.dylibs)/lib(brotli\w+|freetype|harfbuzz|lcms2|png16|sharpyuv|webp\w*)[-.].*
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
        "common/__init__.py",
        "common/cache_tags.py",
        "common/contract.py",
        "common/invalidation.py",
        "common/retry.py",
        "refresh/*.py",
    ),
    requirements="requirements/refresh.txt",
    platform="aarch64-manylinux_2_28",
    excluded=_REFRESH_EXCLUDED,
)
