"""Do the rows of a scanner file stand in the scanner's order?

A scanner writes Block by Block, rows then columns (or columns then rows, or as its array list
does). Another order means that a person or a spreadsheet moved rows, and a spreadsheet that sorts
some columns and leaves others where they were gives one spot the numbers of another.
"""

from __future__ import annotations

from ingest.faults import Fault, fault, listed
from ingest.panel.gal import Layout, Position
from ingest.platforms import Reading
from ingest.spots.expected_slide import Expected
from ingest.spots.spot_words import place

_SHOWN = 6

Row = tuple[Position, str, int]


def order_faults(reading: Reading, expected: Expected) -> list[Fault]:
    """Return a fault that names the spots which stand out of order."""
    columns = ("block", "spot_row", "spot_column", "target_name", "source_line")
    rows: list[Row] = [
        ((block, row, column), name, line)
        for block, row, column, name, line in zip(
            *(reading.positions[c].to_pylist() for c in columns), strict=True
        )
    ]
    best = min((_displaced(rows, o) for o in _orders(rows, expected.layout)), key=len)
    if not best:
        return []
    texts = _texts(best)
    n = f"{len(best)} spots stand out of the scanner's order"
    return [
        fault("row_order", f"{n}: {listed(texts, _SHOWN)}", where=expected.file_name,
              allowed="Block by Block, rows then columns, as the scanner wrote them",
              remedy="deliver the file as the scanner wrote it: sorting in a spreadsheet can give "
              "a spot the numbers of another", record=f"{n}: {listed(texts, _SHOWN)}")
    ]  # fmt: skip


def _orders(rows: list[Row], layout: Layout | None) -> list[list[Row]]:
    """Return the rows in every order that a scanner may have."""
    by_row = sorted(rows)
    by_column = sorted(rows, key=lambda r: (r[0][0], r[0][2], r[0][1]))
    if layout is None:
        return [by_row, by_column]
    rank = {f.position: i for i, f in enumerate(layout.features)}
    as_layout = sorted(rows, key=lambda r: (rank.get(r[0], len(rank)), r[0]))
    return [by_row, by_column, as_layout]


def _displaced(rows: list[Row], ordered: list[Row]) -> list[tuple[Row, Row]]:
    """Return pairs of the row that stands at a place and the row that should."""
    return [(has, should) for has, should in zip(rows, ordered, strict=True) if has != should]


def _texts(displaced: list[tuple[Row, Row]]) -> list[str]:
    texts, seen = [], set()
    should_be = dict(displaced)
    for has, should in displaced:
        if has in seen:
            continue
        if should_be.get(should) == has:
            seen.add(should)
            texts.append(f"{_row(should)} and {_row(has)} have changed places")
        else:
            texts.append(f"{_row(has)} stands where {place(should[0], should[1])} should")
    return texts


def _row(row: Row) -> str:
    return f"{place(row[0], row[1])} (line {row[2]})"
