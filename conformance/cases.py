"""All cases, row by row."""

from conformance import (
    animation,
    color,
    metadata,
    orientation,
    reading,
    refused,
    sharpness,
    size,
    transparency,
)
from conformance.case import Case

CASES: list[Case] = [
    case
    for row in (reading, orientation, color, transparency, animation, size, metadata, sharpness, refused)
    for case in row.cases()
]
