"""Ids that a spreadsheet changed: days made of MAR1, zeros lost, 1E+05, 15 digits, `.0` added.

They are named with what they probably were, and never repaired.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Context, Decimal
from functools import cached_property

from ingest.clinic.day_hints import MONTHS, month_and_day, serial_days
from ingest.clinic.ids import fold_id
from ingest.faults import Fault
from ingest.files.mapped import MappedTable
from ingest.files.tables import SheetRow

AS_TEXT = "format the column as text, correct the cell and save the table again"

_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!")
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d{1,3}")
_NUMBER = re.compile(r"\d+(?:\.\d*)?(?:[eE]\+?\d{1,3})?")
_DECIMAL_ZERO = re.compile(r"\d+\.0+")
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_DIGITS = 15
_AS_EXCEL = Context(prec=_DIGITS, rounding=ROUND_DOWN)
#: What Excel shows after ten digits and more: 1.23E+15 in a narrow column, 1.23457E+15 else.
_SHOWN_DECIMALS = (2, 5)
_SHOWN = 6
_MONTH = "|".join(m.capitalize() for m in MONTHS)
_SHOWN_DAY = re.compile(
    rf"\d{{1,2}}-(?:{_MONTH})(?:-\d{{2,4}})?|(?:{_MONTH})-\d{{2}}|\d{{1,2}}月\d{{1,2}}日"
    r"|\d{4}[-/]\d{1,2}[-/]\d{1,2}(?: .*)?|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}"
)
_ZEROS_ONLY = "with its zeros lost"

Key = tuple[object, ...]


@dataclass(frozen=True)
class Original:
    """An id that another one probably was: where it stands, and what happened to it."""

    known_id: str
    where: str
    how: str

    @property
    def hint(self) -> str:
        """Return the end of a sentence that names it."""
        if not self.how:
            return f" (did you mean `{self.known_id}`?)"
        place = f" of {self.where}" if self.where else ""
        return f"; it looks like `{self.known_id}`{place}, {self.how}"


@dataclass(frozen=True)
class KnownIds:
    """Ids by everything that a spreadsheet may make of them.

    Parameters
    ----------
    places : dict of str to str
        Id to where it stands in words; empty where it stands in the warehouse.
    """

    places: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _index(self) -> dict[Key, str]:
        """Ids by their keys: made when the first unknown id is met."""
        index: dict[Key, str] = {}
        for known in self.places:
            for key in _keys(known):
                index.setdefault(key, known)
        return index

    def original_of(self, given: str) -> Original | None:
        """Return the known id that a text probably was, where it is not known itself."""
        if not self.places or given in self.places:
            return None
        for key in (*_given_keys(given), *_keys(given)[-1:]):
            known = self._index.get(key)
            if known is not None and known != given:
                return Original(known, self.places[known], _how(key, given, known))
        return None


def mangled_faults(table: MappedTable, column: str, rows: Sequence[SheetRow]) -> list[Fault]:
    """Return a fault for each id of a column that a spreadsheet seems to have changed.

    A shape that every id of the column has is the study's own way to write them.
    """
    cells = [(row, text) for row in rows if (text := table.text(row, column))]
    shapes = {text: _shape(text) for _, text in cells}
    kinds = set(shapes.values())
    own = {kind for kind in ("a day", "a number with `.0`") if kinds == {kind}}
    width = _padded_width(shapes)
    faults: list[Fault] = []
    if not width and not kinds - own - {""}:
        return faults
    for row, text in cells:
        kind = shapes[text]
        if kind and kind not in own:
            given = f"`{text[:40]}` is {kind}, not an id{_example(text)}"
        elif width and text.isdecimal() and len(text) < width and not text.startswith("0"):
            given = f"`{text}` looks like `{text.zfill(width)}`, with its leading zeros lost"
        else:
            continue
        faults.append(
            table.fault("mangled_id", row, column, given,
                        record=f"{column} was probably changed by a spreadsheet",
                        allowed="the id as it was given", remedy=AS_TEXT)
        )  # fmt: skip
    return faults


def new_id_faults(
    table: MappedTable, column: str, rows: Sequence[SheetRow], known: KnownIds
) -> list[Fault]:
    """Return a fault for each new id that a loaded one has become by a spreadsheet.

    Without it, `7` would enter as another person beside the loaded `007`.
    """
    faults = []
    for row in rows:
        found = known.original_of(table.text(row, column)) if known.places else None
        if found is None or (found.how == _ZEROS_ONLY):
            continue
        given = (
            f"the new id `{table.text(row, column)}` looks like `{found.known_id}`, which is "
            f"loaded{f', {found.how}' if found.how else ' in another spelling'}"
        )
        faults.append(
            table.fault("mangled_id", row, column, given,
                        record=f"{column} was probably changed by a spreadsheet",
                        allowed="the id as it is loaded", remedy=AS_TEXT)
        )  # fmt: skip
    return faults


def error_cells(table: MappedTable, row: SheetRow, columns: Iterable[str]) -> list[Fault]:
    """Return a fault for each cell of these columns that holds an error of Excel."""
    return [
        table.fault("excel_error", row, column, f"`{text}` is an error of Excel, not a value",
                    record=f"{column} is an error of Excel", allowed="a value, or an empty cell",
                    remedy="correct the formula, or empty the cell")
        for column in columns
        if is_excel_error(text := table.text(row, column))
    ]  # fmt: skip


def is_excel_error(text: str) -> bool:
    """Return whether a cell shows what Excel shows in place of a value."""
    return text.upper() in _ERRORS or (len(text) > 2 and set(text) == {"#"})


def day_of_gene(text: str) -> str | None:
    """Return the gene-like word that Excel made a day of (`2-Sep` → `SEP2`), else None."""
    found = month_and_day(text) if _SHOWN_DAY.fullmatch(text) else None
    return f"{MONTHS[found[0] - 1].upper()}{found[1]}" if found else None


def _how(key: Key, given: str, known: str) -> str:
    if key[0] == "day":
        return "which Excel takes for a day"
    if key[0] == "zeros":
        return _ZEROS_ONLY if len(given) < len(known) else "which has fewer zeros"
    if key[0] == "same":
        return ""
    if "e" in f"{given}{known}".lower():
        return "which Excel writes in scientific notation"
    if len(known) > _DIGITS:
        return f"cut to {_DIGITS} digits"
    if "." in given:
        return "with a decimal point added"
    return "with its leading zeros lost" if len(given) < len(known) else "which lost its zeros"


def _keys(text: str) -> tuple[Key, ...]:
    """Return everything that an id has in common with what a spreadsheet may make of it."""
    folded = fold_id(text)
    keys: list[Key] = [("same", folded)]
    if _NUMBER.fullmatch(folded) and folded.isascii():
        value = Decimal(folded)
        keys.append(("number", f"{_AS_EXCEL.create_decimal(value):.{_DIGITS - 1}e}"))
        keys += [("shortened", f"{value:.{n}e}") for n in _SHOWN_DECIMALS if value >= 10**_SHOWN]
    if day := month_and_day(text):
        keys.append(("day", *day))
    keys.append(("zeros", _ZEROS.sub("", folded)))
    return tuple(keys)


def _given_keys(text: str) -> tuple[Key, ...]:
    """Return the keys of a text that may be changed: what was cut off is only said of cut ones."""
    is_scientific = _SCIENTIFIC.fullmatch(text) is not None
    is_cut = is_scientific or not text[_DIGITS:].strip("0")
    keys = [
        key
        for key in _keys(text)[:-1]
        if (key[0] != "shortened" or is_scientific) and (key[0] != "number" or is_cut)
    ]
    serial = serial_days(text)
    return (*keys, *((("day", d.month, d.day) for d in serial) if serial else ()))


def _shape(text: str) -> str:
    if text[0].isalpha():  # only a day may begin with a letter
        return "a day" if _SHOWN_DAY.fullmatch(text) else ""
    if is_excel_error(text):
        return "an error of Excel"
    if text.startswith("'"):
        return "a text with an apostrophe before it"
    if _SCIENTIFIC.fullmatch(text):
        return "a number in scientific notation"
    if _DECIMAL_ZERO.fullmatch(text):
        return "a number with `.0`"
    if text.isdecimal() and len(text) > _DIGITS and not text[_DIGITS:].strip("0"):
        return f"a number cut to {_DIGITS} digits"
    return "a day" if _SHOWN_DAY.fullmatch(text) else ""


def _example(text: str) -> str:
    if _SHOWN_DAY.fullmatch(text) and (found := month_and_day(text)):
        return f": Excel makes days of ids such as `{MONTHS[found[0] - 1].upper()}{found[1]}`"
    if _DECIMAL_ZERO.fullmatch(text):
        return f": it looks like `{text.partition('.')[0]}`"
    return f": it looks like `{text[1:41]}`" if text.startswith("'") else ""


def _padded_width(ids: Iterable[str]) -> int:
    """Return the one width that numbers with leading zeros have in a column; 0 for none."""
    widths = {len(i) for i in ids if i.isdecimal() and i.startswith("0") and len(i) > 1}
    return widths.pop() if len(widths) == 1 else 0
