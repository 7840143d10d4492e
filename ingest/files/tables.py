"""Tables as people deliver them (.csv, .tsv, .txt, .xlsx): cells as text, each with its address."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from ingest.faults import Fault, RefusedError, fault, listed
from ingest.files.delimiter import Delimiter, find_delimiter
from ingest.files.encoding import encoding_note, is_chance_utf8
from ingest.files.source_file import SAVE_AS_UTF8, SourceFile
from ingest.files.workbook import MAX_ROWS, column_letters, read_grid

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx")
MAX_COLUMNS = 2000
MAX_CELL = 100_000


@dataclass(frozen=True)
class SheetRow:
    """One row: its line in the file, its number as a spreadsheet counts, its cells."""

    line: int
    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A table as it stood in the file.

    Parameters
    ----------
    file_name : str
    sheet_name : str
        Empty for text files.
    titles : tuple of str
    rows : tuple of SheetRow
        Without blank ones.
    delimiter : str
        Empty for workbooks.
    notes : tuple of str
        How it was read: delimiter, encoding, what is hidden.
    doubtful : tuple of (int, Fault)
        Column, from 0, and a fault of one of its cells; it counts where the column is mapped.
    """

    file_name: str
    sheet_name: str
    titles: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    delimiter: str
    notes: tuple[str, ...] = ()
    doubtful: tuple[tuple[int, Fault], ...] = ()

    def where(self, row: SheetRow | None, title: str = "") -> str:
        """Return the address of a cell (or a row, or a column) in words."""
        parts = [self.file_name]
        if self.sheet_name:
            parts.append(f"sheet {self.sheet_name}")
        if row is not None and not self.sheet_name:
            parts.append(f"line {row.line}")
        if title:
            parts.append(f"column {title}")
        address = ", ".join(parts)
        if row is None:
            return address
        if title in self.titles:
            return f"{address} (cell {column_letters(self.titles.index(title))}{row.number})"
        return f"{address}, row {row.number}" if self.sheet_name else address

    def cell(self, row: SheetRow, title: str) -> str:
        """Return a cell by its column's title."""
        return row.cells[self._places[title]]

    @cached_property
    def _places(self) -> dict[str, int]:
        return {title: i for i, title in reversed(list(enumerate(self.titles)))}


def find_table(folder: Path, role: str) -> Path | None:
    """Return the one file of a role in a folder, by name and ending, or None.

    Raises
    ------
    RefusedError
        Several files could be it.
    """
    found = sorted(p for p in folder.iterdir() if is_table(p, role))
    if len(found) > 1:
        raise RefusedError([several_tables(found, role)])
    return found[0] if found else None


def is_table(path: Path, role: str) -> bool:
    """Return whether a file is the table of a role, by name and ending."""
    return path.stem.lower() == role and path.suffix.lower() in ENDINGS


def several_tables(found: Sequence[Path], role: str) -> Fault:
    """Return the fault of a role that several files could be."""
    names = listed(p.name for p in found)
    return fault("several_files", f"several files could be the {role} table: {names}",
                 where=found[0].parent.name, allowed="one file", remedy="take the others away",
                 record=f"{len(found)} files for one role")  # fmt: skip


def read_sheet(source: SourceFile, role: str) -> Sheet:
    """Return the table in a file.

    Raises
    ------
    RefusedError
        No titles, doubled titles, rows that do not fit the titles, an unreadable workbook.
    """
    if source.encoding == "xlsx":
        grid = read_grid(source, role)
        records = [SheetRow(n, n, cells) for n, cells in grid.rows]
        return replace(_sheet(source, grid.sheet_name, records, ""), notes=grid.notes,
                       doubtful=grid.doubtful)  # fmt: skip
    if source.encoding == "utf-8" and is_chance_utf8(source.text):
        raise RefusedError([
            fault("unreadable", "the letters could be UTF-8 or GB18030 (Chinese)",
                  where=source.name, remedy=SAVE_AS_UTF8, record="two encodings fit")
        ])  # fmt: skip
    delimiter = find_delimiter(source)
    notes = (delimiter.note, encoding_note(source.text, source.encoding))
    sheet = _sheet(source, "", _records(source, delimiter), delimiter.character)
    return replace(sheet, notes=tuple(n for n in notes if n))


def _records(source: SourceFile, delimiter: Delimiter) -> list[SheetRow]:
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(source.text), delimiter=delimiter.character)
    records: list[SheetRow] = []
    line = 1
    try:
        for number, cells in enumerate(reader, start=1):
            if number > delimiter.n_lines and "".join(cells).strip():
                records.append(SheetRow(line, number, tuple(cells)))
            line = reader.line_num + 1
    except csv.Error as error:
        raise RefusedError([
            fault("row_shape", f"a quoted cell does not end ({error})",
                  where=f"{source.name}, line {line}", remedy="save the table again",
                  record=f"a quoted cell does not end, line {line}", line=line)
        ]) from error  # fmt: skip
    if len(records) > MAX_ROWS:
        raise RefusedError([
            fault("oversize", f"the table has {len(records):,} rows", where=source.name,
                  allowed=f"at most {MAX_ROWS:,}", remedy="split the table",
                  record="too many rows")
        ], n_rows_in=len(records) - 1)  # fmt: skip
    return records


def _sheet(source: SourceFile, name: str, records: list[SheetRow], delimiter: str) -> Sheet:
    if not records:
        raise RefusedError([
            fault("missing_column", "the table is empty", where=source.name,
                  allowed="a row of titles, then rows", remedy="deliver it again",
                  record="the table is empty")
        ])  # fmt: skip
    titles = [t.strip() for t in records[0].cells]
    while titles and not titles[-1]:
        titles.pop()
    sheet = Sheet(source.name, name, tuple(titles), (), delimiter)
    if len(titles) > MAX_COLUMNS:
        raise RefusedError([
            fault("oversize", f"the table has {len(titles):,} columns",
                  where=sheet.where(records[0]), allowed=f"at most {MAX_COLUMNS:,}",
                  remedy="take columns away", record=f"{len(titles)} columns")
        ], n_rows_in=len(records) - 1)  # fmt: skip
    faults = _title_faults(sheet, records[0])
    rows = []
    for record in records[1:]:
        if len(record.cells) == len(titles):
            rows.append(record)
            continue
        cells = [c.strip() if c.strip() else "" for c in record.cells]
        while len(cells) > len(titles) and not cells[-1]:
            cells.pop()
        short = len(titles) - len(cells)
        if short < 0 or (short and delimiter):
            given = f"the row has {len(cells)} cells under {len(titles)} titles"
            faults.append(
                fault("row_shape", given, where=sheet.where(record),
                      allowed="as many cells as titles",
                      remedy="complete the row; quote cells that hold the delimiter",
                      record=f"{given}, line {record.line}", line=record.line)
            )  # fmt: skip
            continue
        raw = [*record.cells[: len(titles)], *[""] * max(short, 0)]
        rows.append(SheetRow(record.line, record.number, tuple(raw)))
    if faults:
        raise RefusedError(faults, n_rows_in=len(records) - 1)
    return Sheet(source.name, name, tuple(titles), tuple(rows), delimiter)


def _title_faults(sheet: Sheet, first: SheetRow) -> list[Fault]:
    faults = []
    if doubled := sorted({t for t in sheet.titles if t and sheet.titles.count(t) > 1}):
        faults.append(fault("duplicate_column", f"the titles {doubled} stand more than once",
                            where=sheet.where(first), allowed="every title once",
                            remedy="rename or remove one", record=f"{len(doubled)} doubled titles",
                            line=first.line))  # fmt: skip
    if "" in sheet.titles:
        letters = listed(column_letters(i) for i, t in enumerate(sheet.titles) if not t)
        faults.append(fault("missing_column", f"column {letters} has no title",
                            where=sheet.where(first), allowed="a title over every column",
                            remedy="give it a title or remove it",
                            record=f"column {letters} has no title", line=first.line))  # fmt: skip
    return faults
