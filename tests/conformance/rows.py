"""All cases, row by row."""

from tests.conformance import (
    animation,
    colour,
    metadata,
    orientation,
    reading,
    refused,
    sharpness,
    size,
    transparency,
)
from tests.conformance.case import Case

CASES: list[Case] = [
    case
    for row in (reading, orientation, colour, transparency, animation, size, metadata, sharpness, refused)
    for case in row.cases()
]
