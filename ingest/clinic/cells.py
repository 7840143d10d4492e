"""Typed values of table cells: whole numbers, decimals, ISO dates. Nothing is guessed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import date
from decimal import Decimal

from ingest.clinic.day_hints import day_hint
from ingest.clinic.mangled import is_excel_error
from ingest.declared.study import Instrument
from ingest.faults import Fault
from ingest.files.mapped import MappedTable
from ingest.files.tables import SheetRow

UNTIL_THEN = "correct the cell; the row is in quarantine until then"

_POINT = re.compile(r"[+-]?(\d{1,15}(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?")
_COMMA = re.compile(r"[+-]?\d{1,15},\d+")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def has_decimal_commas(table: MappedTable, column: str) -> bool:
    """Return whether every fraction of a column is written with a comma, and one at least is.

    Not where all of them could be thousands: `1,200` is 1200 to some and 1.2 to others.
    """
    cells = set(table.texts(column))
    commas = [c for c in cells if _COMMA.fullmatch(c)]
    if not commas or any("." in c for c in cells):
        return False
    return not all(_THOUSANDS.fullmatch(c) for c in commas)


def decimal(
    table: MappedTable,
    row: SheetRow,
    column: str,
    *,
    commas: bool = False,
    remedy: str = UNTIL_THEN,
) -> Decimal | Fault | None:
    """Return a cell's number, None where it is blank, or a fault."""
    text = table.text(row, column)
    if not text:
        return None
    if commas and _COMMA.fullmatch(text):
        text = text.replace(",", ".")
    if _POINT.fullmatch(text) and text.isascii():
        return Decimal(text)
    return table.fault("number", row, column, f"`{text[:40]}` is not a number{_number_hint(text)}",
                       record=f"{column} is not a number",
                       allowed="digits with a decimal point", remedy=remedy)  # fmt: skip


def _number_hint(text: str) -> str:
    """Return the end of a sentence that says what a text may be instead; empty where unknown."""
    if is_excel_error(text):
        return ": it is an error of Excel"
    if text.endswith("%"):
        return ": it is a percentage"
    if _THOUSANDS.fullmatch(text):
        return f": it may mean {text.replace(',', '')} or {text.replace(',', '.')}"
    if _COMMA.fullmatch(text):
        return ": a decimal comma counts only where the whole column has them"
    if text.startswith("'"):
        return ": an apostrophe stands before it"
    plain = unicodedata.normalize("NFKC", text)
    return f": it may mean {plain}" if plain != text and _POINT.fullmatch(plain) else ""


def iso_date(table: MappedTable, row: SheetRow, column: str, today: date) -> date | Fault | None:
    """Return a cell's date, None where it is blank, or a fault: not ISO, no such day, future."""
    text = table.text(row, column)
    if not text:
        return None
    rule_id, future = "date_format", None
    given = f"`{text[:40]}` is not an ISO date{day_hint(text)}"
    if _ISO.fullmatch(text) and text.isascii():
        try:
            day = date.fromisoformat(text)
        except ValueError:
            given = f"`{text}` is no day of the calendar"
        else:
            if day <= today:
                return day
            rule_id, given, future = "future_date", f"{text} lies in the future", day
    words = "lies in the future" if rule_id == "future_date" else "is not an ISO date"
    found = table.fault(rule_id, row, column, given, record=f"{column} {words}",
                        allowed="YYYY-MM-DD, not after today", remedy=UNTIL_THEN)  # fmt: skip
    return replace(found, value=future)


def out_of_range(
    table: MappedTable, row: SheetRow, column: str, value: Decimal, measure: Instrument, rule: str
) -> Fault | None:
    """Return a fault where a value is outside a measure's range or between its steps."""
    low, high = Decimal(str(measure.low)), Decimal(str(measure.high))
    allowed = f"{measure.low:g} to {measure.high:g} ({measure.label})"
    remedy = UNTIL_THEN
    if not low <= value <= high:
        return table.fault(f"{rule}_range", row, column, f"{value} is out of range",
                           record=f"{column} is outside {measure.low:g} to {measure.high:g}",
                           allowed=allowed, remedy=remedy)  # fmt: skip
    if measure.step and (value - low) % Decimal(str(measure.step)):
        return table.fault(f"{rule}_step", row, column, f"{value} is between two steps",
                           record=f"{column} is not in steps of {measure.step:g}",
                           allowed=f"{allowed}, in steps of {measure.step:g}",
                           remedy=remedy)  # fmt: skip
    return None
