"""The problems of a check as a workbook: one row a problem, linked to its cell."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from prepare.check.checking import Check, Found

_HEADER = Font(bold=True, color="FFFFFF")
_HEADER_FILL = PatternFill("solid", fgColor="14415F")
_LINK = Font(color="0563C1", underline="single")
_KIND_FILL = {
    "refuses": PatternFill("solid", fgColor="F8D9C8"),
    "sets aside": PatternFill("solid", fgColor="FCEBC5"),
    "waits": PatternFill("solid", fgColor="E4E8EC"),
    "decide": PatternFill("solid", fgColor="D7E6F2"),
}
_MEANING = (
    ("refuses", "the file (or slide) would not be loaded until it is mended"),
    ("sets aside", "only this row would not be loaded; the rest of its file would"),
    ("waits", "something that is named is not there yet"),
    ("decide", "a loaded value would change: say whether it may"),
)


def write_workbook(check: Check, out: Path) -> None:
    """Write the workbook; replaced whole or not at all."""
    book = Workbook()
    problems = book.active
    assert problems is not None
    problems.title = "problems"
    _problem_sheet(problems, check, out)
    _forecast_sheet(book.create_sheet("what a load would do"), check)
    if check.report is not None and check.report.changes:
        _change_sheet(book.create_sheet("changed cells"), check)
    _meaning_sheet(book.create_sheet("how to read this"))
    out.parent.mkdir(parents=True, exist_ok=True)
    spare = out.with_name(f".{out.name}.tmp")
    book.save(spare)
    spare.replace(out)


def _problem_sheet(sheet: Worksheet, check: Check, out: Path) -> None:
    _titles(sheet, (("effect", 12), ("file", 26), ("sheet", 14), ("cell", 10), ("given", 60),
                    ("allowed", 44), ("what to do", 50)))  # fmt: skip
    for found in check.problems:
        place, problem = found.place, found.problem
        _row(sheet, (found.kind, place.file_name, place.sheet, place.cell, problem.given,
                     problem.allowed, problem.remedy))  # fmt: skip
        row = sheet.max_row
        sheet.cell(row, 1).fill = _KIND_FILL[found.kind]
        if target := _target(check, found, out):
            cell = sheet.cell(row, 4 if place.is_cell else 2)
            assert isinstance(cell, Cell)
            cell.hyperlink = target
            cell.font = _LINK
    if not check.problems:
        _row(sheet, ("", "", "", "", "No problem was found.", "", ""))
    sheet.auto_filter.ref = f"A1:G{max(sheet.max_row, 2)}"


def _forecast_sheet(sheet: Worksheet, check: Check) -> None:
    _titles(sheet, (("file", 32), ("what it is", 14), ("would be", 12), ("rows", 10), ("add", 10),
                    ("change", 10), ("leave as it is", 14), ("set aside", 11),
                    ("refuse or wait", 14)))  # fmt: skip
    for f in check.forecast:
        _row(sheet, (f.file_name, f.role, f.status, f.n_rows, f.n_add, f.n_change, f.n_leave,
                     f.n_set_aside, f.n_refuse))  # fmt: skip
    if not check.forecast:
        _row(sheet, ("study.toml", "study", "refused"))
        _row(sheet, ("Nothing would be loaded until study.toml is mended.",))


def _change_sheet(sheet: Worksheet, check: Check) -> None:
    assert check.report is not None
    _titles(sheet, (("row", 28), ("column", 20), ("before", 24), ("after", 24), ("where", 50)))
    for change in check.report.changes:
        _row(sheet, (change.key, change.column, change.before, change.after, change.where))


def _meaning_sheet(sheet: Worksheet) -> None:
    _titles(sheet, (("effect", 14), ("meaning", 90)))
    for kind, meaning in _MEANING:
        _row(sheet, (kind, meaning))
        sheet.cell(sheet.max_row, 1).fill = _KIND_FILL[kind]
    _row(sheet, ("", "Cells are counted as a spreadsheet counts them. The links open the file at "
                 "the cell where both lie where they lay when this was written. This workbook "
                 "quotes cells of your tables: keep it where you keep them."))  # fmt: skip


def _titles(sheet: Worksheet, columns: Sequence[tuple[str, int]]) -> None:
    for number, (title, width) in enumerate(columns, start=1):
        cell = sheet.cell(1, number, title)
        cell.font, cell.fill = _HEADER, _HEADER_FILL
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"


def _row(sheet: Worksheet, values: Iterable[object]) -> None:
    row = sheet.max_row + 1
    for number, value in enumerate(values, start=1):
        cell = sheet.cell(row, number)
        if isinstance(value, str):
            # Quoted cells of a table may begin like a formula; here they are only text.
            cell.value = value
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        else:
            cell.value = value  # type: ignore[assignment]
            cell.alignment = Alignment(vertical="top")


def _target(check: Check, found: Found, out: Path) -> str:
    """Return a link from the workbook to the cell, relative, as spreadsheets resolve it."""
    name = found.place.file_name
    path = check.folder / name
    if not path.is_file():
        path = check.folder / "arrays" / name
    if not path.is_file():
        return ""
    relative = Path(os.path.relpath(path, out.parent)).as_posix().replace(" ", "%20")
    place = found.place
    if not (place.is_cell and place.sheet):
        return relative
    quoted = place.sheet.replace("'", "''")
    return f"{relative}#'{quoted}'!{place.cell}"
