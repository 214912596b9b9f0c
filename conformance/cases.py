"""The list of all picture cases. Each group of picture cases has its own module."""

from conformance import (
    animation,
    color,
    formats,
    metadata,
    orientation,
    refused,
    sharpness,
    size,
    transparency,
)
from conformance.case import Case

CASES: list[Case] = [
    case
    for group in (formats, orientation, color, transparency, animation, size, metadata, sharpness, refused)
    for case in group.cases()
]
