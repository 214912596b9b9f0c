from bench import originals
from bench.grid import grid_cells


def test_cells_cover_every_format_size_and_width() -> None:
    assert len(grid_cells(quick=False)) == len(set(grid_cells(quick=False))) == 3 * (3 + 4 + 4) * 4


def test_cells_never_enlarge_an_original() -> None:
    cells = list(grid_cells(quick=False))

    assert cells
    for cell in cells:
        assert cell.width <= originals.SIZES[cell.megapixels][0]


def test_quick_cells_are_fewer_than_half_of_all_cells() -> None:
    quick = set(grid_cells(quick=True))

    assert quick < set(grid_cells(quick=False))
    assert len(quick) < len(grid_cells(quick=False)) / 2
