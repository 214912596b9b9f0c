"""Plain text tables with aligned columns."""

from collections.abc import Sequence


def align_columns(rows: Sequence[Sequence[str]], *, left: Sequence[int] = (0,)) -> str:
    """Return one line per row, without trailing white space.

    The columns with an index in `left` are aligned to the left, the others to the right.
    """
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if index in left else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
