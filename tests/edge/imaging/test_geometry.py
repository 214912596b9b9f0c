from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.imaging.geometry import jpeg_shrink, place, upright_size
from edge.rendition import Rendition

sides = st.integers(1, 6000)
requested_sides = st.integers(1, 4096)
positions = st.sampled_from(["center", "top-right", "bottom-left", "left"])
orientations = st.integers(1, 8)


def rendition_size(original: tuple[int, int], **options: Any) -> tuple[int, int]:
    placement = place(*original, Rendition(**options), max_dimension=4096)
    return placement.width, placement.height


@pytest.mark.parametrize(
    ("original", "options", "size"),
    [
        ((300, 200), {"width": 50, "height": 100}, (50, 100)),
        ((300, 200), {"width": 50, "height": 100, "fit": "fill"}, (50, 100)),
        ((300, 200), {"width": 50, "height": 100, "fit": "contain"}, (50, 33)),
        ((300, 200), {"width": 100}, (100, 67)),
        ((300, 200), {"height": 100}, (150, 100)),
        ((940, 2), {"width": 10}, (10, 1)),
        ((300, 200), {"width": 600}, (300, 200)),
        ((300, 200), {"width": 600, "height": 600}, (200, 200)),
        ((300, 200), {"width": 600, "height": 600, "fit": "fill"}, (200, 200)),
        ((300, 200), {"width": 600, "height": 600, "fit": "contain"}, (300, 200)),
        ((300, 200), {"width": 200, "height": 400}, (100, 200)),
        ((300, 200), {"format": "webp"}, (300, 200)),
        ((9000, 3000), {"format": "webp"}, (4096, 1365)),
        ((1000, 30000), {"width": 1000}, (137, 4096)),
    ],
)
def test_size_depends_on_the_original_and_the_requested_sides(
    original: tuple[int, int], options: dict[str, object], size: tuple[int, int]
) -> None:
    assert rendition_size(original, **options) == size


@pytest.mark.parametrize(
    ("position", "box"),
    [
        ("center", (100, 0, 200, 100)),
        ("left", (0, 0, 100, 100)),
        ("right", (200, 0, 300, 100)),
        ("top", (100, 0, 200, 100)),
        ("bottom-right", (200, 0, 300, 100)),
        ("top-left", (0, 0, 100, 100)),
    ],
)
def test_cover_keeps_the_part_at_the_position(position: str, box: tuple[int, ...]) -> None:
    rendition = Rendition(width=50, height=50, position=position)

    assert place(300, 100, rendition, max_dimension=4096).box == box


@given(width=sides, height=sides, box_width=requested_sides, box_height=requested_sides)
def test_cover_fills_the_box_exactly_if_the_original_can(
    width: int, height: int, box_width: int, box_height: int
) -> None:
    size = rendition_size((width, height), width=box_width, height=box_height)

    if box_width <= width and box_height <= height:
        assert size == (box_width, box_height)
    assert size[0] <= width
    assert size[1] <= height


@given(width=sides, height=sides, box_width=requested_sides, box_height=requested_sides)
def test_contain_stays_inside_the_box_and_the_original(
    width: int, height: int, box_width: int, box_height: int
) -> None:
    size = rendition_size((width, height), width=box_width, height=box_height, fit="contain")

    assert size[0] <= min(width, box_width)
    assert size[1] <= min(height, box_height)


@given(width=sides, height=sides, requested=requested_sides)
def test_one_side_keeps_the_ratio_to_the_nearest_pixel(width: int, height: int, requested: int) -> None:
    size = rendition_size((width, height), width=requested)

    if max(height * requested / width, requested) <= 4096 and requested <= width:
        assert size[0] == requested
        assert abs(size[1] - max(1, height * requested / width)) <= 0.5


@given(
    width=sides,
    height=sides,
    box_width=requested_sides,
    box_height=requested_sides,
    fit=st.sampled_from(["cover", "fill"]),
)
def test_box_lies_within_the_original(width: int, height: int, box_width: int, box_height: int, fit: str) -> None:
    rendition = Rendition(width=box_width, height=box_height, fit=fit)

    left, top, right, bottom = place(width, height, rendition, max_dimension=4096).box

    assert 0 <= left < right <= width + 1e-6
    assert 0 <= top < bottom <= height + 1e-6


@pytest.mark.parametrize(
    ("reduction", "max_pixels", "shrink"),
    [
        (0.5, 10**8, 1),
        (1.0, 10**8, 1),
        (2.9, 10**8, 1),
        (3.0, 10**8, 2),
        (6.0, 10**8, 4),
        (11.9, 10**8, 4),
        (12.0, 10**8, 8),
        (50.0, 10**8, 8),
        (1.9, 2 * 10**7, 1),
        (2.9, 2 * 10**7, 2),
        (5.9, 10**7, 4),
        (8.0, 10**6, 8),
    ],
)
def test_jpeg_shrink_has_a_margin_unless_it_exceeds_the_limit(reduction: float, max_pixels: int, shrink: int) -> None:
    assert jpeg_shrink(8000, 6000, reduction=reduction, max_pixels=max_pixels) == shrink


@given(width=sides, height=sides, reduction=st.floats(1, 100), max_pixels=st.integers(1, 10**8))
def test_reduced_jpeg_is_never_smaller_than_the_rendition(
    width: int, height: int, reduction: float, max_pixels: int
) -> None:
    shrink = jpeg_shrink(width, height, reduction=reduction, max_pixels=max_pixels)

    assert shrink in (1, 2, 4, 8)
    assert shrink <= max(1, reduction)


@given(width=sides, height=sides, box_width=requested_sides, position=positions, orientation=orientations)
def test_placement_on_a_scaled_picture_shows_the_same_part(
    width: int, height: int, box_width: int, position: str, orientation: int
) -> None:
    rendition = Rendition(width=box_width, height=box_width, position=position)
    placement = place(width, height, rendition, max_dimension=4096).as_stored((width, height), orientation)

    scaled = placement.scaled_by(0.5, 0.25)

    assert (scaled.width, scaled.height) == (placement.width, placement.height)
    assert scaled.box == tuple(edge * scale for edge, scale in zip(placement.box, (0.5, 0.25) * 2, strict=True))
    assert scaled.scaled_by(2, 4) == placement


@given(
    width=sides,
    height=sides,
    box_width=requested_sides,
    box_height=requested_sides,
    fit=st.sampled_from(["cover", "fill"]),
)
def test_size_larger_than_the_original_shrinks_in_its_ratio(
    width: int, height: int, box_width: int, box_height: int, fit: str
) -> None:
    size = rendition_size((width, height), width=box_width, height=box_height, fit=fit)

    scale = min(1, Fraction(width, box_width), Fraction(height, box_height))
    assert abs(size[0] - max(1, box_width * scale)) <= Fraction(1, 2)
    assert abs(size[1] - max(1, box_height * scale)) <= Fraction(1, 2)


def test_halves_are_rounded_up_exactly() -> None:
    assert rendition_size((200, 5), width=100) == (100, 3)
    assert rendition_size((4300, 4214), width=1075) == (1075, 1054)


@given(
    width=sides,
    height=sides,
    box_width=requested_sides,
    box_height=requested_sides,
    position=positions,
    orientation=orientations,
)
def test_placement_in_any_orientation_has_the_same_size_and_area(
    width: int, height: int, box_width: int, box_height: int, position: str, orientation: int
) -> None:
    rendition = Rendition(width=box_width, height=box_height, position=position)
    placement = place(width, height, rendition, max_dimension=4096)

    stored = placement.as_stored((width, height), orientation)

    stored_width, stored_height = upright_size((width, height), orientation)
    left, top, right, bottom = stored.box
    assert 0 <= left < right <= stored_width
    assert 0 <= top < bottom <= stored_height
    assert upright_size((stored.width, stored.height), orientation) == (placement.width, placement.height)
    assert (right - left) * (bottom - top) == pytest.approx(
        (placement.box[2] - placement.box[0]) * (placement.box[3] - placement.box[1])
    )
