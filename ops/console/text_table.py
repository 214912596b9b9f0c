"""Columns of text that stand under each other."""

from collections.abc import Sequence


def align_columns(rows: Sequence[Sequence[str]], *, left: Sequence[int] = (0,)) -> str:
    """One line per row, without white space at its end; the columns in `left` begin together, the others end so."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place in left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
