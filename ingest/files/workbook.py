"""Excel workbooks: every cell as a person sees it, and what a sheet hides or joins."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import IO, Any
from xml.etree.ElementTree import iterparse

from ingest.faults import Fault, RefusedError, fault, listed
from ingest.files.source_file import SourceFile

MAX_UNPACKED_BYTES = 512 * 1024 * 1024
MAX_ROWS = 1_000_000
_ZEROS = re.compile(r"0{2,}")
_WHOLE_DIGITS = 1e15


@dataclass(frozen=True)
class Grid:
    """The sheet of a workbook that holds a table.

    Parameters
    ----------
    rows : tuple of (int, tuple of str)
        Row number and cells, blank rows left out.
    doubtful : tuple of (int, Fault)
        Column, from 0, and a fault of one of its cells: joined cells, formulas without a result.
    notes : tuple of str
        What is hidden.
    """

    sheet_name: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    doubtful: tuple[tuple[int, Fault], ...]
    notes: tuple[str, ...]


def read_grid(source: SourceFile, role: str) -> Grid:
    """Return the one sheet with data, or the one named like its role.

    Raises
    ------
    RefusedError
        A damaged workbook, one that unpacks to too much, several sheets, too many rows.
    """
    _refuse_bomb(source)
    try:
        book = _open(source, formulas=False)
        filled = {s.title: rows for s in book.worksheets if (rows := tuple(_rows(s)))}
        hidden = {s.title for s in book.worksheets if s.sheet_state != "visible"}
        name = _pick(source, role, list(filled), hidden)
        facts = _facts(book, name)
        doubtful = (*_merged_faults(source, name, facts), *_formula_faults(source, name, filled))
    except RefusedError:
        raise
    except Exception as error:  # openpyxl raises whatever a broken part happens to break
        raise RefusedError([
            fault("unreadable", "the workbook cannot be opened", where=source.name,
                  remedy="save it again as .xlsx or .csv", record="unreadable workbook")
        ]) from error  # fmt: skip
    if len(filled[name]) > MAX_ROWS:
        raise RefusedError([_too_large(source, f"more than {MAX_ROWS:,} rows")])
    return Grid(name, filled[name], doubtful, _notes(name, filled[name], facts, hidden & {*filled}))


def column_letters(index: int) -> str:
    """Return a column's letters as a spreadsheet shows them: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _open(source: SourceFile, *, formulas: bool) -> Any:
    # A workbook is only opened where one is delivered: the import takes a while.
    from openpyxl import load_workbook

    return load_workbook(io.BytesIO(source.data), data_only=not formulas, read_only=True)


def _rows(sheet: Any) -> Iterator[tuple[int, tuple[str, ...]]]:
    # Some programs write a wrong size into the sheet; the rows themselves are right.
    sheet.reset_dimensions()
    for number, cells in enumerate(islice(sheet.iter_rows(), MAX_ROWS + 1), start=1):
        texts = tuple(_shown(c.value, getattr(c, "number_format", "") or "") for c in cells)
        if any(t.strip() for t in texts):
            yield number, texts


def _shown(value: object, number_format: str) -> str:
    """Return what a person sees in a cell: ISO dates, 15 digits, percent signs, leading zeros."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return _number(float(value), number_format)
    # A line break inside a cell would move the lines of the copy in the archive.
    return re.sub(r"[\r\n]+", " ", str(value))


def _number(value: float, number_format: str) -> str:
    if "%" in number_format:
        return f"{value * 100:.15g}%"
    if value.is_integer() and abs(value) < _WHOLE_DIGITS:
        width = len(number_format) if _ZEROS.fullmatch(number_format) else 0
        return str(int(value)).zfill(width)
    return f"{value:.15g}"


def _pick(source: SourceFile, role: str, names: Sequence[str], hidden: set[str]) -> str:
    visible = [n for n in names if n not in hidden]
    named = [n for n in visible if n.strip().lower() == role]
    if len(named) == 1 or len(visible) == 1:
        return (named or visible)[0]
    given = f"several sheets hold data: {listed(visible)}" if visible else "no sheet holds data"
    remedy = f"name the sheet `{role}`"
    if not visible and names:
        given, remedy = f"the sheets with data are hidden: {listed(names)}", "show the sheet"
    raise RefusedError([
        fault("several_files", given, where=source.name, allowed=f"one sheet, or one named {role}",
              remedy=remedy, record=f"{len(visible)} sheets with data")
    ])  # fmt: skip


@dataclass(frozen=True)
class _Facts:
    """Joined ranges (as written, rows from 1, columns from 0), hidden rows and columns."""

    merged: tuple[tuple[str, int, int, int, int], ...]
    hidden_rows: tuple[int, ...]
    hidden_columns: tuple[int, ...]


def _facts(book: Any, name: str) -> _Facts:
    sheet = book[name]
    with zipfile.ZipFile(book._archive.fp) as packed, packed.open(sheet._worksheet_path) as part:
        return _facts_of(part)


def _facts_of(part: IO[bytes]) -> _Facts:
    from openpyxl.worksheet.cell_range import CellRange

    merged: list[tuple[str, int, int, int, int]] = []
    rows: list[int] = []
    columns: list[int] = []
    for _, element in iterparse(part):
        tag = element.tag.rpartition("}")[2]
        is_hidden = element.get("hidden") in ("1", "true")
        if tag == "mergeCell":
            ref = str(element.get("ref"))
            area: Any = CellRange(ref)
            merged.append((ref, area.min_row, area.max_row, area.min_col - 1, area.max_col - 1))
        elif tag == "col" and is_hidden:
            columns += range(int(element.get("min", 1)) - 1, min(int(element.get("max", 1)), 16384))
        elif tag == "row" and is_hidden:
            rows.append(int(element.get("r", 0)))
        if tag in ("row", "c"):
            element.clear()
    return _Facts(tuple(merged), tuple(rows), tuple(columns))


def _merged_faults(source: SourceFile, name: str, facts: _Facts) -> Iterator[tuple[int, Fault]]:
    for ref, first_row, _last_row, first, last in facts.merged:
        found = fault(
            "merged_cells", f"the cells {ref} are joined into one: only {ref.partition(':')[0]} "
            "holds its value", where=f"{source.name}, sheet {name}, cells {ref}",
            allowed="a value in every cell of its own",
            remedy="unmerge them and fill in every cell", record="joined cells", line=first_row,
        )  # fmt: skip
        yield from ((column, found) for column in range(first, last + 1))


def _formula_faults(
    source: SourceFile, name: str, filled: dict[str, tuple[tuple[int, tuple[str, ...]], ...]]
) -> Iterator[tuple[int, Fault]]:
    """Yield a fault for each formula without a stored result: such a cell would read as blank."""
    with zipfile.ZipFile(io.BytesIO(source.data)) as packed:
        sheets = [n for n in packed.namelist() if n.startswith("xl/worksheets/")]
        if not any(b"<f" in packed.read(n) for n in sheets):
            return
    results = dict(filled[name])
    for number, cells in _rows(_open(source, formulas=True)[name]):
        shown = results.get(number, ())
        for i, text in enumerate(cells):
            if text.startswith("=") and not (i < len(shown) and shown[i].strip()):
                yield i, fault(
                    "formula", "the cell holds a formula without its result",
                    where=f"{source.name}, sheet {name}, cell {column_letters(i)}{number}",
                    allowed="values", remedy="open the workbook, save it, or paste values",
                    record="a formula without its result", line=number,
                )  # fmt: skip


def _notes(
    name: str, rows: Sequence[tuple[int, tuple[str, ...]]], facts: _Facts, hidden: set[str]
) -> tuple[str, ...]:
    width = max(len(cells) for _, cells in rows)
    lines = [n for n in facts.hidden_rows if n in {number for number, _ in rows}]
    letters = [column_letters(i) for i in facts.hidden_columns if i < width]
    notes = []
    if hidden:
        notes.append(f"hidden sheets are not read: {listed(sorted(hidden))}")
    if lines:
        notes.append(f"sheet {name} hides rows that are read like the others: {listed(lines)}")
    if letters:
        notes.append(f"sheet {name} hides columns that are read like the others: {listed(letters)}")
    return tuple(notes)


def _refuse_bomb(source: SourceFile) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as packed:
            size = sum(part.file_size for part in packed.infolist())
    except Exception as error:  # a damaged directory of parts can break zipfile in many ways
        raise RefusedError([
            fault("unreadable", "the workbook is damaged", where=source.name,
                  remedy="save it again as .xlsx or .csv", record="damaged workbook")
        ]) from error  # fmt: skip
    if size > MAX_UNPACKED_BYTES:
        given = f"it unpacks to {size:,} bytes, more than {MAX_UNPACKED_BYTES:,}"
        raise RefusedError([_too_large(source, given)])


def _too_large(source: SourceFile, given: str) -> Fault:
    return fault("oversize", f"the workbook is too large: {given}", where=source.name,
                 allowed=f"at most {MAX_ROWS:,} rows", remedy="save it as .csv",
                 record="the workbook is too large")  # fmt: skip
