"""Tables as people deliver them (.csv, .tsv, .xlsx): cells as text, each with its address."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from ingest.faults import Fault, RefusedError, fault, listed
from ingest.source_file import SourceFile

ENDINGS = (".csv", ".tsv", ".xlsx")
MAX_COLUMNS = 2000
MAX_ROWS = 1_000_000
MAX_UNPACKED_BYTES = 512 * 1024 * 1024
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
    """

    file_name: str
    sheet_name: str
    titles: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    delimiter: str

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
        return row.cells[self.titles.index(title)]


def column_letters(index: int) -> str:
    """Return a column's letters as a spreadsheet shows them: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def find_table(folder: Path, role: str) -> Path | None:
    """Return the one file of a role in a folder, by name and ending, or None.

    Raises
    ------
    RefusedError
        Several files could be it.
    """
    found = sorted(
        p for p in folder.iterdir() if p.stem.lower() == role and p.suffix.lower() in ENDINGS
    )
    if len(found) > 1:
        names = listed(p.name for p in found)
        raise RefusedError([
            fault("several_files", f"several files could be the {role} table: {names}",
                  where=folder.name, allowed="one file", remedy="take the others away",
                  record=f"{len(found)} files for one role")
        ])  # fmt: skip
    return found[0] if found else None


def read_sheet(source: SourceFile, role: str) -> Sheet:
    """Return the table in a file.

    Raises
    ------
    RefusedError
        No titles, doubled titles, rows that do not fit the titles, an unreadable workbook.
    """
    if source.encoding == "xlsx":
        return _from_workbook(source, role)
    return _from_text(source)


def _from_text(source: SourceFile) -> Sheet:
    delimiter = _delimiter(source)
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(source.text), delimiter=delimiter)
    records: list[SheetRow] = []
    line = 1
    try:
        for number, cells in enumerate(reader, start=1):
            if any(c.strip() for c in cells):
                records.append(SheetRow(line, number, tuple(cells)))
            line = reader.line_num + 1
    except csv.Error as error:
        raise RefusedError([
            fault("row_shape", f"a quoted cell does not end ({error})",
                  where=f"{source.name}, line {line}", remedy="save the table again",
                  record=f"a quoted cell does not end, line {line}", line=line)
        ]) from error  # fmt: skip
    return _sheet(source, "", records, delimiter)


def _delimiter(source: SourceFile) -> str:
    if source.path.suffix.lower() == ".tsv":
        return "\t"
    head = source.text.lstrip("\n").partition("\n")[0]
    counts = {d: head.count(d) for d in (",", ";", "\t")}
    best = max(counts, key=lambda d: counts[d])
    return best if counts[best] else ","


def _from_workbook(source: SourceFile, role: str) -> Sheet:
    _refuse_bomb(source)
    try:
        filled = _filled_sheets(source)
    except Exception as error:  # openpyxl raises whatever a broken part happens to break
        raise RefusedError([
            fault("unreadable", "the workbook cannot be opened", where=source.name,
                  remedy="save it again as .xlsx or .csv", record="unreadable workbook")
        ]) from error  # fmt: skip
    name = _pick_sheet(source, role, list(filled))
    if faults := _uncounted_formulas(source, name):
        raise RefusedError(faults, n_rows_in=len(filled[name]) - 1)
    return _sheet(source, name, filled[name], "")


def _filled_sheets(source: SourceFile, *, formulas: bool = False) -> dict[str, list[SheetRow]]:
    """Return the rows of every sheet that holds anything; with `formulas`, formulas as text."""
    # A workbook is only opened where one is delivered: the import takes a while.
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(source.data), data_only=not formulas, read_only=True)
    filled = {}
    for sheet in book.worksheets:
        values = sheet.iter_rows(values_only=True, max_row=MAX_ROWS, max_col=MAX_COLUMNS)
        rows = [
            SheetRow(n, n, tuple(_cell_text(v) for v in row)) for n, row in enumerate(values, 1)
        ]
        if kept := [r for r in rows if any(c.strip() for c in r.cells)]:
            filled[sheet.title] = kept
    return filled


def _uncounted_formulas(source: SourceFile, name: str) -> list[Fault]:
    """Return a fault for each formula without a stored result: such a cell would read as blank."""
    with zipfile.ZipFile(io.BytesIO(source.data)) as packed:
        sheets = [n for n in packed.namelist() if n.startswith("xl/worksheets/")]
        if not any(b"<f" in packed.read(n) for n in sheets):
            return []
    results = {r.number: r.cells for r in _filled_sheets(source)[name]}
    return [
        fault("formula", "the cell holds a formula without its result",
              where=f"{source.name}, sheet {name}, cell {column_letters(i)}{row.number}",
              allowed="values", remedy="open the workbook, save it, or paste values",
              record="a formula without its result", line=row.number)
        for row in _filled_sheets(source, formulas=True).get(name, [])
        for i, text in enumerate(row.cells)
        if text.startswith("=") and not results.get(row.number, ("",) * (i + 1))[i].strip()
    ]  # fmt: skip


def _pick_sheet(source: SourceFile, role: str, names: list[str]) -> str:
    named = [n for n in names if n.strip().lower() == role]
    if len(named) == 1 or len(names) == 1:
        return (named or names)[0]
    given = f"several sheets hold data: {listed(names)}" if names else "no sheet holds data"
    raise RefusedError([
        fault("several_files", given, where=source.name, allowed=f"one sheet, or one named {role}",
              remedy=f"name the sheet `{role}`", record=f"{len(names)} sheets with data")
    ])  # fmt: skip


def _refuse_bomb(source: SourceFile) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as packed:
            size = sum(part.file_size for part in packed.infolist())
    except zipfile.BadZipFile as error:
        raise RefusedError([
            fault("unreadable", "the workbook is damaged", where=source.name,
                  remedy="save it again as .xlsx or .csv", record="damaged workbook")
        ]) from error  # fmt: skip
    if size > MAX_UNPACKED_BYTES:
        raise RefusedError([
            fault("oversize", f"the workbook unpacks to {size:,} bytes", where=source.name,
                  allowed=f"at most {MAX_UNPACKED_BYTES:,}", remedy="save it as .csv",
                  record="the workbook unpacks to too much")
        ])  # fmt: skip


def _cell_text(value: object) -> str:
    """Return what a person sees in a cell, with dates as ISO and no `.0` after whole numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


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
    faults = _title_faults(sheet, records[0])
    rows = []
    for record in records[1:]:
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
    if len(sheet.titles) > MAX_COLUMNS:
        faults.append(fault("oversize", f"{len(sheet.titles)} columns", where=sheet.where(first),
                            allowed=f"at most {MAX_COLUMNS}", remedy="take columns away",
                            record=f"{len(sheet.titles)} columns"))  # fmt: skip
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
