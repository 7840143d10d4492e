"""A table under our own column names: what is mapped is kept, everything else is named and left."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from ingest.faults import Fault, RefusedError, fault, listed
from ingest.files.source_file import SourceFile
from ingest.files.tables import Sheet, SheetRow


@dataclass(frozen=True)
class MappedTable:
    """A table whose columns are known by our names.

    Parameters
    ----------
    role : str
        patients, samples, assessments, plan or catalog.
    sheet : Sheet
    titles : dict of str to str
        Our column to its title in the file; optional columns that are absent are left out.
    unmapped : tuple of str
        Titles that nothing maps to.
    kept : bytes or None
        What the archive keeps of a table that was put together from another file.
    """

    role: str
    sheet: Sheet
    titles: dict[str, str]
    unmapped: tuple[str, ...]
    kept: bytes | None = None

    @property
    def rows(self) -> tuple[SheetRow, ...]:
        """Rows in the file's order."""
        return self.sheet.rows

    def raw(self, row: SheetRow, column: str) -> str:
        """Return a cell exactly as it stood; empty where the column is absent."""
        place = self._places.get(column)
        return "" if place is None else row.cells[place]

    def text(self, row: SheetRow, column: str) -> str:
        """Return a cell without surrounding blanks."""
        return self.raw(row, column).strip()

    def texts(self, column: str) -> Sequence[str]:
        """Return a column's cells without surrounding blanks, in the order of the rows."""
        found = self._columns.get(column)
        return [""] * len(self.rows) if found is None else found

    def examples(self, column: str) -> dict[str, SheetRow]:
        """Return a row for each text that a column holds: what is right in it is right in all."""
        return dict(zip(self.texts(column), self.rows, strict=True))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {column: self.sheet.titles.index(title) for column, title in self.titles.items()}

    @cached_property
    def _columns(self) -> dict[str, list[str]]:
        return {c: [row.cells[i].strip() for row in self.rows] for c, i in self._places.items()}

    def where(self, row: SheetRow, column: str = "") -> str:
        """Return the address of a cell."""
        return self.sheet.where(row, self.titles.get(column, ""))

    def fault(
        self,
        rule_id: str,
        row: SheetRow,
        column: str,
        given: str,
        *,
        record: str,
        allowed: str = "",
        remedy: str = "",
    ) -> Fault:
        """Return a fault of one cell."""
        return fault(rule_id, given, where=self.where(row, column), allowed=allowed, remedy=remedy,
                     record=self.recorded(record, row, column), line=row.line,
                     column=column)  # fmt: skip

    def recorded(self, record: str, row: SheetRow, column: str) -> str:
        """Return what the warehouse keeps of a fault: here the words alone."""
        return record


def map_table(
    sheet: Sheet,
    role: str,
    mapping: dict[str, str],
    *,
    required: Sequence[str],
    optional: Sequence[str] = (),
) -> MappedTable:
    """Return a sheet under our names.

    Raises
    ------
    RefusedError
        A required column is missing, or the mapping of study.toml does not fit.
    """
    known = [*required, *optional]
    faults = []
    for ours, title in mapping.items():
        if ours not in known:
            faults.append(_mapping_fault(role, f"`{ours}` is no column of {role}", known))
        elif title not in sheet.titles:
            faults.append(
                _mapping_fault(role, f"`{ours}` is mapped to `{title}`, which {sheet.file_name} "
                               "does not have", sheet.titles)
            )  # fmt: skip
    titles = {c: mapping.get(c, c) for c in known if mapping.get(c, c) in sheet.titles}
    for ours in required:
        if ours not in titles and ours not in mapping:
            faults.append(_missing(sheet, role, ours))
    if faults:
        raise RefusedError(faults, n_rows_in=len(sheet.rows))
    taken = set(titles.values())
    if found := _doubtful(sheet, taken):
        raise RefusedError(found, n_rows_in=len(sheet.rows))
    return MappedTable(role, sheet, titles, tuple(t for t in sheet.titles if t not in taken))


def _doubtful(sheet: Sheet, taken: set[str]) -> list[Fault]:
    """Return the faults of joined cells and formulas that stand under a mapped column."""
    columns = {i for i, title in enumerate(sheet.titles) if title in taken}
    return list(dict.fromkeys(f for column, f in sheet.doubtful if column in columns))


def kept_bytes(source: SourceFile, table: MappedTable) -> bytes:
    """Return what goes into the archive: the file, or only its mapped columns as CSV.

    Of a workbook the cells are kept, never the file: it also holds the names of those who wrote
    it, comments, hidden sheets. Rows keep their line numbers, so that a line recorded anywhere is
    found in either. Letters beyond ASCII bring a byte order mark: the copy is read as written.
    """
    if table.kept is not None:
        return table.kept
    if not table.unmapped and source.encoding != "xlsx":
        return source.data
    return sheet_bytes(
        table.sheet, [t for t in table.sheet.titles if t in {*table.titles.values()}]
    )


def sheet_bytes(sheet: Sheet, titles: Sequence[str]) -> bytes:
    """Return columns of a sheet as CSV, every row on the line that it stood on."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(titles)
    line = 2
    for row in sheet.rows:
        out.write("\n" * max(row.line - line, 0))
        cells = [sheet.cell(row, t) for t in titles]
        writer.writerow(cells)
        line = max(row.line, line) + 1 + sum(c.count("\n") for c in cells)
    text = out.getvalue()
    return text.encode("ascii" if text.isascii() else "utf-8-sig")


def _missing(sheet: Sheet, role: str, ours: str) -> Fault:
    near = get_close_matches(ours, [t.lower().replace(" ", "_") for t in sheet.titles], 1, 0.7)
    hint = next((t for t in sheet.titles if near and t.lower().replace(" ", "_") == near[0]), None)
    remedy = f'add it, or map it in study.toml: [columns.{role}] {ours} = "{hint or "its title"}"'
    return fault("missing_column", f"the column `{ours}` is missing; found {listed(sheet.titles)}",
                 where=sheet.where(None), allowed=f"a column `{ours}`", remedy=remedy,
                 record=f"missing column {ours}", column=ours)  # fmt: skip


def _mapping_fault(role: str, given: str, allowed: Sequence[str]) -> Fault:
    return fault("missing_column", given, where=f"study.toml, [columns.{role}]",
                 allowed=listed(allowed, 30), remedy="correct the mapping",
                 record="the column mapping does not fit")  # fmt: skip
