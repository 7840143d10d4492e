"""The rows of a GenePix file, by a fast way that trusts nothing and a careful way that can say why.

The fast way is one typed, vectorised parse. It counts only if no row was odd, every number
was a number and there are as many rows as lines; anything else goes the careful way, cell by
cell, which gives the same rows for a sound file and names line and column in an unsound one.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.csv as pacsv

from ingest.faults import Fault, RefusedError, fault, listed
from ingest.files.source_file import SourceFile
from ingest.platforms.atf import AtfFrame
from ingest.platforms.genepix_columns import POSITION_COLUMNS, WHOLE_NUMBERS, Titles

_WHOLE = re.compile(r"[+-]?\d{1,15}")
_REAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?")
_NOT_FINITE = {"nan", "inf", "infinity"}
MAX_CELL = 1_000_000


@dataclass(frozen=True)
class Rows:
    """Rows of a file: typed numbers, texts, `source_line`; and cells that are no number.

    Parameters
    ----------
    table : pyarrow.Table
        One column per title, and `source_line`; a cell that is no number is null.
    faults : tuple of Fault
        One for each such cell.
    """

    table: pa.Table
    faults: tuple[Fault, ...]


def read_rows(source: SourceFile, frame: AtfFrame, titles: Titles) -> Rows:
    """Return the rows of a file.

    Raises
    ------
    RefusedError
        A row has too few or too many cells, or its position is not a whole number.
    """
    table = read_fast(frame, titles)
    if table is not None:
        return Rows(table, ())
    return read_carefully(source, frame, titles)


def read_fast(frame: AtfFrame, titles: Titles) -> pa.Table | None:
    """Return the rows by one typed parse, or None where anything is out of the ordinary."""
    body = frame.body.rstrip("\n")
    if not body or "0x" in body or "0X" in body:  # the parser would take 0x1F for 31
        return None
    n_lines = body.count("\n") + 1
    odd_rows: list[int] = []

    def note_odd(row: pacsv.InvalidRow) -> str:
        odd_rows.append(row.number or 0)
        return "skip"

    try:
        table = pacsv.read_csv(
            io.BytesIO(body.encode("utf-8")),
            pacsv.ReadOptions(
                column_names=list(frame.titles), use_threads=False, block_size=1 << 24
            ),
            pacsv.ParseOptions(delimiter=frame.delimiter, invalid_row_handler=note_odd),
            pacsv.ConvertOptions(
                column_types=_arrow_types(frame, titles), null_values=[], strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    if odd_rows or table.num_rows != n_lines:
        return None
    first = frame.title_line + 1
    lines = pa.array(range(first, first + n_lines), pa.int64())
    return table.append_column("source_line", lines).combine_chunks()


def read_carefully(source: SourceFile, frame: AtfFrame, titles: Titles) -> Rows:
    """Return the rows cell by cell; quoted line ends are followed, faults are named."""
    width = len(frame.titles)
    records: list[list[str]] = []
    lines: list[int] = []
    odd: list[Fault] = []
    for line, cells, is_last in _records(source, frame):
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if len(cells) != width:
            odd.append(_odd_row(source, line, len(cells), width, is_last))
            continue
        records.append(cells)
        lines.append(line)
    if odd:
        raise RefusedError(odd, n_rows_in=len(records))
    columns = list(zip(*records, strict=True)) if records else [()] * width
    arrays, faults = _typed(source, frame, titles, columns, lines)
    table = pa.table({**arrays, "source_line": pa.array(lines, pa.int64())})
    return Rows(table, tuple(faults))


def _arrow_types(frame: AtfFrame, titles: Titles) -> dict[str, pa.DataType]:
    types = dict.fromkeys(frame.titles, pa.string())
    for title in titles.numeric:
        is_whole = titles.column_of(title) in WHOLE_NUMBERS
        types[title] = pa.int64() if is_whole else pa.float64()
    return types


def _records(source: SourceFile, frame: AtfFrame) -> Iterator[tuple[int, list[str], bool]]:
    """Yield the first line and the cells of each row, and whether it is the last."""
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(frame.body), delimiter=frame.delimiter)
    records: list[tuple[int, list[str]]] = []
    line = frame.title_line + 1
    try:
        for cells in reader:
            if any(c.strip() for c in cells):
                records.append((line, cells))
            line = frame.title_line + 1 + reader.line_num
    except csv.Error as error:
        raise RefusedError(
            [fault("row_shape", f"a quoted cell does not end ({error})",
                   where=f"{source.name}, line {line}", remedy="export the file again",
                   record=f"a quoted cell does not end, line {line}", line=line)],
            n_rows_in=len(records),
        ) from error  # fmt: skip
    for number, (first, cells) in enumerate(records, start=1):
        yield first, cells, number == len(records)


def _odd_row(source: SourceFile, line: int, found: int, width: int, is_last: bool) -> Fault:
    where = f"{source.name}, line {line}"
    if found < width and is_last:
        return fault("truncated", f"the file breaks off inside a row: {found} of {width} cells",
                     where=where, remedy="export or copy the file again",
                     record=f"breaks off inside line {line}", line=line)  # fmt: skip
    given = f"the row has {found} cells under {width} titles"
    return fault("row_shape", given, where=where, allowed="as many cells as titles",
                 remedy="export the file again", record=f"{given}, line {line}",
                 line=line)  # fmt: skip


def _typed(
    source: SourceFile,
    frame: AtfFrame,
    titles: Titles,
    columns: list[tuple[str, ...]],
    lines: list[int],
) -> tuple[dict[str, pa.Array], list[Fault]]:
    numeric = set(titles.numeric)
    arrays: dict[str, pa.Array] = {}
    faults: list[Fault] = []
    misplaced: list[Fault] = []
    for title, cells in zip(frame.titles, columns, strict=True):
        if title not in numeric:
            arrays[title] = pa.array(cells, pa.string())
            continue
        column = titles.column_of(title)
        is_whole = column in WHOLE_NUMBERS
        values = [_whole(c) if is_whole else _real(c) for c in cells]
        bad = [i for i, value in enumerate(values) if value is None]
        found = [_no_number(source, lines[i], title, column, cells[i], is_whole) for i in bad]
        (misplaced if column in POSITION_COLUMNS else faults).extend(found)
        arrays[title] = pa.array(values, pa.int64() if is_whole else pa.float64())
    if misplaced:
        raise RefusedError(misplaced, n_rows_in=len(lines))
    return arrays, faults


def _whole(cell: str) -> int | None:
    text = cell.strip()
    return int(text) if _WHOLE.fullmatch(text) and text.isascii() else None


def _real(cell: str) -> float | None:
    text = cell.strip()
    if text.lower().lstrip("+-") in _NOT_FINITE:
        return float(text)
    return float(text) if _REAL.fullmatch(text) and text.isascii() else None


def _no_number(
    source: SourceFile, line: int, title: str, column: str, cell: str, is_whole: bool
) -> Fault:
    kind = "a whole number" if is_whole else "a number"
    shown = listed([repr(cell[:40])])
    return fault("intensity", f"`{title}` holds {shown}", where=f"{source.name}, line {line}",
                 allowed=kind, remedy="export the file again; the row is set aside",
                 record=f"{title} is not {kind}", line=line, column=column)  # fmt: skip
