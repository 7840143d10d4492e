"""The workbooks that a person fills: drop-downs, text cells for ids, comments, a help sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from prepare.starter.columns import CHOICE, DATE, NUMBER, TEXT, WHOLE, ColumnSpec

#: Rows below the filled ones that are formatted and have drop-downs.
SPARE_ROWS = 500
_FORMATS = {TEXT: "@", CHOICE: "@", DATE: "yyyy-mm-dd", NUMBER: "General", WHOLE: "0"}
_MUST = PatternFill("solid", fgColor="14415F")
_MAY = PatternFill("solid", fgColor="7C93A3")
_FIXED = PatternFill("solid", fgColor="EEF1F4")
_WHITE = Font(bold=True, color="FFFFFF")
_EMPTY_NOTE = "look: this Block looks unused. If it is, choose `empty` and leave the rest blank."
_AUTHOR = "cytomart init"


def write_table(
    path: Path,
    role: str,
    columns: Sequence[ColumnSpec],
    choices: Mapping[str, Sequence[str]],
    rows: Sequence[Mapping[str, object]],
    *,
    fixed: Sequence[str] = (),
    unused: frozenset[int] = frozenset(),
) -> None:
    """Write one table as a workbook whose first sheet is the table itself.

    Parameters
    ----------
    rows : sequence of dict
        Cells that are filled already, by column.
    fixed : sequence of str
        Columns whose cells are filled and meant to stay.
    unused : frozenset of int
        Numbers of rows, from 0, whose Block looks unused.
    """
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = role
    last = 1 + len(rows) + SPARE_ROWS
    for number, column in enumerate(columns, start=1):
        _title(sheet, number, column)
        _cells(sheet, number, column, [r.get(column.name) for r in rows], last,
               is_fixed=column.name in fixed)  # fmt: skip
    if "group_code" in [c.name for c in columns]:
        at = [c.name for c in columns].index("group_code") + 1
        for row in unused:
            sheet.cell(row + 2, at).comment = Comment(_EMPTY_NOTE, _AUTHOR, height=70, width=260)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{max(len(rows), 1) + 1}"
    offered = [c for c in columns if c.kind == CHOICE]
    _lists(book.create_sheet("lists"), [(c.name, choices[c.name]) for c in offered])
    for number, column in enumerate(columns, start=1):
        _validate(sheet, number, column, choices, [c.name for c in offered], last)
    _help(book.create_sheet("help"), role, columns)
    book.save(path)


def _title(sheet: Worksheet, number: int, column: ColumnSpec) -> None:
    cell = sheet.cell(1, number, column.name)
    cell.font = _WHITE
    cell.fill = _MUST if column.is_required else _MAY
    must = "Needed" if column.is_required else "May stay empty"
    cell.comment = Comment(f"{column.comment}\n{must}. Example: {column.example or '(empty)'}",
                           _AUTHOR, height=110, width=300)  # fmt: skip
    sheet.column_dimensions[get_column_letter(number)].width = column.width


def _cells(
    sheet: Worksheet,
    number: int,
    column: ColumnSpec,
    values: Sequence[object],
    last: int,
    *,
    is_fixed: bool,
) -> None:
    for row in range(2, last + 1):
        cell = sheet.cell(row, number)
        value = values[row - 2] if row - 2 < len(values) else None
        if value is not None:
            cell.value = value  # type: ignore[assignment]
            if isinstance(value, str):
                cell.data_type = "s"
            if is_fixed:
                cell.fill = _FIXED
        cell.number_format = _FORMATS[column.kind]


def _validate(
    sheet: Worksheet,
    number: int,
    column: ColumnSpec,
    choices: Mapping[str, Sequence[str]],
    offered: Sequence[str],
    last: int,
) -> None:
    if column.kind == TEXT:
        return
    rule, message = _rule(column, choices, offered)
    rule.error = message
    rule.errorTitle = column.name
    rule.allow_blank = True
    rule.showErrorMessage = True
    letter = get_column_letter(number)
    rule.add(f"{letter}2:{letter}{last}")
    sheet.add_data_validation(rule)


def _rule(
    column: ColumnSpec, choices: Mapping[str, Sequence[str]], offered: Sequence[str]
) -> tuple[DataValidation, str]:
    """Return what a cell of a column may hold, and what is said where it holds something else."""
    if column.kind == CHOICE:
        letter = get_column_letter(offered.index(column.name) + 1)
        end = 1 + len(choices[column.name])
        rule = DataValidation(type="list", formula1=f"lists!${letter}$2:${letter}${end}")
        # A study may have more words than the draft: warn, do not forbid.
        rule.errorStyle = "warning"
        return rule, "Not in the list. Is it declared in study.toml? See the sheet `help`."
    if column.kind == DATE:
        rule = DataValidation(type="date", operator="greaterThan", formula1="1")
        return rule, "A day as YYYY-MM-DD, such as 2021-05-31."
    low, high = column.limits or (-1e9, 1e9)
    bounds = {"operator": "between", "formula1": f"{low:g}", "formula2": f"{high:g}"}
    text = f"A number from {low:g} to {high:g}."
    if column.kind == WHOLE:
        return DataValidation(type="whole", **bounds), text  # type: ignore[arg-type]
    return DataValidation(type="decimal", **bounds), text  # type: ignore[arg-type]


def _lists(sheet: Worksheet, lists: Sequence[tuple[str, Sequence[str]]]) -> None:
    for number, (name, values) in enumerate(lists, start=1):
        cell = sheet.cell(1, number, name)
        cell.font, cell.fill = _WHITE, _MAY
        for row, value in enumerate(values, start=2):
            sheet.cell(row, number, value).number_format = "@"
        sheet.column_dimensions[get_column_letter(number)].width = 26
    sheet.freeze_panes = "A2"


def _help(sheet: Worksheet, role: str, columns: Sequence[ColumnSpec]) -> None:
    lines = (
        f"Fill the sheet `{role}`. This sheet and `lists` are not read.",
        "Dark titles are needed, grey ones may stay empty. Every title has a comment.",
        "Cells of ids are text: 007 stays 007, MAR1 stays MAR1. Paste as values (text only).",
        "Dates are days as YYYY-MM-DD. Numbers have a decimal point or your own decimal comma.",
        "Drop-downs offer the words of `lists`. A word that you add to study.toml can be added "
        "there too.",
        "Own columns may be added; cytomart names them and leaves them out.",
    )
    for row, text in enumerate(lines, start=1):
        sheet.cell(row, 1, text)
    start = len(lines) + 2
    for number, title in enumerate(("column", "needed", "what it is", "example"), start=1):
        cell = sheet.cell(start, number, title)
        cell.font, cell.fill = _WHITE, _MUST
    for row, column in enumerate(columns, start=start + 1):
        texts = (column.name, "yes" if column.is_required else "", column.comment, column.example)
        for number, text in enumerate(texts, start=1):
            cell = sheet.cell(row, number, text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in zip("ABCD", (24, 9, 90, 18), strict=True):
        sheet.column_dimensions[letter].width = width
