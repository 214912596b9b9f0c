from bench import originals
from bench.grid import cells


def test_every_format_and_size_is_made_in_every_format_and_width() -> None:
    assert len(cells(quick=False)) == len(set(cells(quick=False))) == 3 * (3 + 4 + 4) * 4


def test_nothing_is_enlarged() -> None:
    for cell in cells(quick=False):
        assert cell.width <= originals.SIZES[cell.megapixels][0]


def test_a_quick_run_is_a_part_of_the_whole() -> None:
    quick = set(cells(quick=True))

    assert quick < set(cells(quick=False))
    assert len(quick) < len(cells(quick=False)) / 2
