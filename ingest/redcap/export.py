"""A data export of REDCap: which column is which field, event, repeat or checkbox."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ingest.faults import Fault, fault
from ingest.files.tables import Sheet, SheetRow
from ingest.redcap.dictionary import Dictionary, Field

EVENT = "redcap_event_name"
REPEAT_FORM = "redcap_repeat_instrument"
REPEAT_NUMBER = "redcap_repeat_instance"
DATA_ACCESS_GROUP = "redcap_data_access_group"
#: Columns that REDCap adds of its own accord.
OWN_COLUMNS = (EVENT, REPEAT_FORM, REPEAT_NUMBER, DATA_ACCESS_GROUP, "redcap_survey_identifier")
_OWN_ENDINGS = ("_complete", "_timestamp", "_return_code")
_LABEL_TITLES = ("Event Name", "Repeat Instrument", "Repeat Instance", "Complete?",
                 "Data Access Group", "Survey Identifier")  # fmt: skip
RAW_EXPORT = "in REDCap choose «CSV / Microsoft Excel (raw data)», not the one with labels"


@dataclass(frozen=True)
class Export:
    """An export: the table as delivered, and its record id."""

    sheet: Sheet
    record_id: str

    def has(self, title: str) -> bool:
        """Return whether the export has a column of that title."""
        return title in self.sheet.titles

    def cell(self, row: SheetRow, title: str) -> str:
        """Return a cell without surrounding blanks; empty where there is no such column."""
        return self.sheet.cell(row, title).strip() if self.has(title) else ""

    def boxes(self, field: str) -> tuple[str, ...]:
        """Return the columns of a checkbox field."""
        return tuple(t for t in self.sheet.titles if t.startswith(f"{field}___"))

    def cells(self, title: str) -> list[str]:
        """Return the filled cells of a column."""
        return [c for row in self.sheet.rows if (c := self.cell(row, title))]

    @property
    def events(self) -> tuple[str, ...]:
        """Return the events in order of appearance."""
        return tuple(dict.fromkeys(self.cells(EVENT)))

    @property
    def instances(self) -> tuple[str, ...]:
        """Return the repeat numbers in order of appearance."""
        return tuple(dict.fromkeys(self.cells(REPEAT_NUMBER)))


def box_title(field: str, code: str) -> str:
    """Return the column of one choice of a checkbox: `sites___2`, and `sites____1` for -1."""
    return f"{field}___{re.sub(r'[^a-z0-9_]', '_', code.lower())}"


def field_of(title: str) -> str:
    """Return the field that a column belongs to."""
    return title.partition("___")[0]


def is_own_column(title: str) -> bool:
    """Return whether REDCap added a column of its own accord."""
    return title in OWN_COLUMNS or title.endswith(_OWN_ENDINGS)


def label_faults(sheet: Sheet, record_id: str, dictionary: Dictionary | None) -> list[Fault]:
    """Return a fault where an export has labels in place of field names, or another record id."""
    if record_id in sheet.titles:
        return []
    labels = {f.label for f in dictionary.fields.values()} if dictionary else set()
    found = [t for t in sheet.titles if t in _LABEL_TITLES or t in labels]
    if not found:
        return [
            fault("redcap_export", f"the record id `{record_id}` is no column of the export",
                  where=sheet.where(None), allowed=f"a column `{record_id}`",
                  remedy="export all fields, the record id too",
                  record="the export has no record id")
        ]  # fmt: skip
    return [
        fault("redcap_labels", f"the export has labels for titles, such as `{found[0]}`",
              where=sheet.where(None), allowed="an export with raw data: field names and codes",
              remedy=RAW_EXPORT, record="an export with labels")
    ]  # fmt: skip


def label_cell_faults(
    export: Export, fields: Iterable[tuple[str, Mapping[str, str]]]
) -> list[Fault]:
    """Return a fault for each field whose cells hold labels where codes are expected.

    `fields` are pairs of field and code → label.
    """
    faults = []
    for field, labels in fields:
        cells = set(export.cells(field)) - set(labels)
        if cells and cells <= set(labels.values()):
            faults.append(
                fault("redcap_labels", f"the cells hold labels, such as `{min(cells)}`, not codes",
                      where=export.sheet.where(None, field), allowed=", ".join(labels),
                      remedy=RAW_EXPORT, record="an export with labels")
            )  # fmt: skip
    return faults


def is_filled(field: Field, export: Export) -> bool:
    """Return whether an export has the field's column (a checkbox has one a choice)."""
    return bool(export.boxes(field.name)) if field.kind == "checkbox" else export.has(field.name)
