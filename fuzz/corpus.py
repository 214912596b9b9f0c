"""The originals that the fuzzer changes: those of the picture cases, and the samples."""

import random
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Final

from conformance.cases import CASES
from conformance.heif_files import ALPHA, ROTATION, Item, Reference, clean_aperture, grid, heif, overlay, picture
from edge.imaging.formats import sniff

_SAMPLES: Final = Path(__file__).parents[1] / "samples"
_MAX_LENGTH: Final = 40_000
"""The maximum number of bytes of an original. Small files are rendered quickly, and most bytes in them matter."""
_REFUSED: Final = "refused originals"

Corpus = dict[str, list[bytes]]
"""The originals by format."""


def make_corpus() -> Corpus:
    """Return the originals, always in the same order. The originals that resizers must refuse are too large."""
    originals = [case.original() for case in CASES if case.group != _REFUSED]
    originals += [original for kind in ("heif", "avif") for original in _heif_originals(kind)]
    originals += [path.read_bytes() for path in sorted(_SAMPLES.rglob("*.*")) if path.stat().st_size <= _MAX_LENGTH]
    corpus: Corpus = defaultdict(list)
    for original in dict.fromkeys(originals):
        kind = sniff(original)
        if kind and len(original) <= _MAX_LENGTH:
            corpus[kind].append(original)
    return dict(sorted(corpus.items()))


def _heif_originals(kind: str) -> list[bytes]:
    """Return files as phones write them: with tiles, an alpha channel, metadata and turns. The last one is gray."""
    color, gray = picture(kind, 64, 64), picture(kind, 64, 64, "L")
    turned = replace(color, properties=(*color.properties, clean_aperture(60, 40), ROTATION))
    alpha = replace(gray, properties=(*gray.properties, ALPHA))
    metadata = [Item(b"Exif", b"\0\0\0\0II*\0\x08\0\0\0\0\0"), Item(b"mime", b"<x/>", content_type=b"a/b")]
    describes = [Reference(b"cdsc", number, [1]) for number in (2, 3)]
    return [
        heif(kind, [grid(2, 2, 128, 128), *[color] * 4], [Reference(b"dimg", 1, range(2, 6))]),
        heif(kind, [overlay(2, 64, 64), color, gray], [Reference(b"dimg", 1, [2, 3])]),
        heif(kind, [color, alpha], [Reference(b"auxl", 2, [1])]),
        heif(kind, [turned, *metadata, color], [*describes, Reference(b"thmb", 4, [1])]),
        heif(kind, [gray]),
    ]


def choose(corpus: Corpus, number: int, generator: random.Random) -> tuple[str, bytes]:
    """Return the format and the bytes of an original. The formats take turns."""
    kind = list(corpus)[number % len(corpus)]
    return kind, generator.choice(corpus[kind])
