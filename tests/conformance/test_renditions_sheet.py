import pytest

from conformance.renditions_sheet import draw_sheet


def test_sheet_has_a_row_of_tiles_for_each_row_of_queries() -> None:
    row = [("arc_banner.png", "width=100"), ("arc_banner.png", "width=50&height=100")]

    assert draw_sheet([row]).width == draw_sheet([row, row]).width
    assert draw_sheet([row]).height < draw_sheet([row, row]).height


def test_sheet_refuses_a_row_that_is_too_wide() -> None:
    with pytest.raises(ValueError, match="narrower"):
        draw_sheet([[("arc_banner.png", "width=500"), ("arc_banner.png", "width=400")]])
