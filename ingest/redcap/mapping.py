"""redcap-mapping.toml: which field of the export is which cell of our tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ingest.clinic.assessments import REQUIRED as ASSESSMENT_COLUMNS
from ingest.declared.toml_reader import Section, TomlReader
from ingest.faults import RefusedError
from ingest.files.source_file import SourceFile

FILE_NAME = "redcap-mapping.toml"
#: A line that a person has to decide.
OPEN = "?"
PARTS = ("day", "whole")
_CELL_KEYS = {"field", "checkbox", "value", "levels", "part"}
_TABLES = ("source", "visits", "left_out", "patients", "assessments", "seen")
_ENTRY_COLUMNS = ("score", "assessed_on", "omed_mg", "site_id")


@dataclass(frozen=True)
class Cell:
    """Where a cell of ours comes from.

    Parameters
    ----------
    source : str
        Field of the export; empty where `value` holds for everyone.
    value : str
        The same for everyone.
    levels : dict of str to str
        Code in the export → our value; empty where the code is the value.
    is_checkbox : bool
        Whether the field has a column a choice, ticked with 1.
    part : str
        `day` of a date with a time, `whole` years of a number with decimals; empty: as it is.
    """

    source: str = ""
    value: str = ""
    levels: Mapping[str, str] = field(default_factory=dict)
    is_checkbox: bool = False
    part: str = ""

    @property
    def is_open(self) -> bool:
        """Return whether a person has to decide it still."""
        return OPEN in (self.source, self.value) or OPEN in self.levels.values()


@dataclass(frozen=True)
class Entry:
    """One score of the export: an instrument, and the visit where columns belong to visits."""

    instrument_id: str
    visit: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class RedcapMapping:
    """A mapping as its file states it.

    Parameters
    ----------
    export, dictionary : str
        File names in the study folder; `*` stands for what REDCap puts into a name.
    visits : dict of str to str
        Event, `event#instance` or `#instance` → visit.
    identifiers, left_out_events : tuple of str
        Fields that identify people and events that are no visit: seen, and not read.
    seen : dict of str to str
        Field → kind and choices when the mapping was made.
    """

    export: str
    dictionary: str
    dictionary_sha256: str
    record_id: str
    missing_codes: tuple[str, ...]
    visits: Mapping[str, str]
    identifiers: tuple[str, ...]
    left_out_events: tuple[str, ...]
    patients: Mapping[str, Cell]
    assessments: tuple[Entry, ...]
    seen: Mapping[str, str]

    @property
    def roles(self) -> tuple[str, ...]:
        """Return the tables that the export stands for."""
        return (*(("patients",) if self.patients else ()),
                *(("assessments",) if self.assessments else ()))  # fmt: skip

    def cells(self, role: str) -> Iterator[Cell]:
        """Yield what a table of ours takes from the export."""
        if role == "patients":
            yield from self.patients.values()
        else:
            for entry in self.assessments:
                yield from entry.cells.values()

    def fields(self, role: str) -> tuple[str, ...]:
        """Return the fields that a table of ours takes from the export, the record id first."""
        found = [c.source for c in self.cells(role) if c.source]
        return tuple(dict.fromkeys([self.record_id, *found]))


def read_mapping(source: SourceFile) -> RedcapMapping:
    """Return the mapping in a file.

    Raises
    ------
    RefusedError
        With every problem of the file, lines that are still open included.
    """
    toml = TomlReader(source)
    toml.refuse_unknown_tables(_TABLES)
    about, left_out, visits = (toml.table(t) for t in ("source", "left_out", "visits"))
    found = RedcapMapping(
        export=about.text("export"),
        dictionary=about.text("dictionary", default=""),
        dictionary_sha256=about.text("dictionary_sha256", default=""),
        record_id=about.text("record_id"),
        missing_codes=about.texts("missing_codes"),
        visits=_visits(visits),
        identifiers=left_out.texts("identifiers"),
        left_out_events=left_out.texts("events"),
        patients=_cells(toml.table("patients")),
        assessments=tuple(_entry(s) for s in toml.tables("assessments")),
        seen=_seen(toml.table("seen")),
    )
    for section in (about, left_out):
        section.refuse_unknown()
    if not found.roles:
        toml.complain("[patients]", 0, "", "nothing is mapped",
                      allowed="[patients], [[assessments]] or both")  # fmt: skip
    if toml.faults:
        raise RefusedError(toml.faults)
    return found


def _visits(section: Section) -> dict[str, str]:
    found = {key: section.text(key) for key in section.values}
    for key, visit in found.items():
        if visit == OPEN:
            section.complain(key, f"which visit is `{key}`?", allowed="a visit of study.toml",
                             remedy="write the visit, or name it in [left_out] events")  # fmt: skip
    return found


def _seen(section: Section) -> dict[str, str]:
    return {key: section.text(key) for key in section.values}


def _entry(section: Section) -> Entry:
    entry = Entry(
        section.text("instrument_id"),
        section.text("visit", default=""),
        {c: _cell(section, c) for c in _ENTRY_COLUMNS if c in section.values},
    )
    for column in ASSESSMENT_COLUMNS:
        if column in _ENTRY_COLUMNS and column not in entry.cells:
            section.complain(column, f"`{column}` is missing", allowed="a field of the export")
    if "score" in entry.cells and entry.cells["score"].value not in ("", OPEN):
        section.complain("score", "the score is the same for everyone", allowed="a field")
    if OPEN in (entry.visit, entry.instrument_id):
        section.complain("visit", "the line is still open", allowed="a visit and an instrument")
    section.refuse_unknown()
    return entry


def _cells(section: Section) -> dict[str, Cell]:
    return {column: _cell(section, column) for column in section.values}


def _cell(section: Section, column: str) -> Cell:
    """Return a cell: `"age"`, `{ field = "sex", levels = { 1 = "female" } }`, `{ value = "x" }`."""
    raw = section.raw(column)
    cell = Cell(source=raw) if isinstance(raw, str) and raw else _of_table(raw)
    if cell is None:
        section.complain(column, f"`{column}` is {raw!r}", allowed='a field: "age", or { field = …,'
                         ' levels = { code = "value" } }, { checkbox = … } or { value = … }; '
                         f"part = {' or '.join(PARTS)}")  # fmt: skip
        return Cell(value=OPEN)
    if cell.is_open:
        section.complain(column, f"`{column}` is still open",
                         allowed="a field of the export, or { value = … }",
                         remedy=f"decide it in {FILE_NAME}, or take the line out")  # fmt: skip
    return cell


def _of_table(raw: Any) -> Cell | None:
    if not isinstance(raw, dict) or not set(raw) <= {
        "field",
        "checkbox",
        "value",
        "levels",
        "part",
    }:
        return None
    kinds = [k for k in ("field", "checkbox", "value") if isinstance(raw.get(k), str) and raw[k]]
    levels = raw.get("levels", {})
    is_text = isinstance(levels, dict) and all(isinstance(v, str) for v in levels.values())
    if len(kinds) != 1 or not is_text or raw.get("part", "day") not in PARTS:
        return None
    if kinds[0] == "value":
        return Cell(value=raw["value"])
    return Cell(raw[kinds[0]], "", dict(levels), kinds[0] == "checkbox", raw.get("part", ""))


def pattern_of(name: str) -> re.Pattern[str]:
    """Return what a file name with `*` matches."""
    return re.compile(".*".join(re.escape(part) for part in name.split("*")), re.IGNORECASE)
