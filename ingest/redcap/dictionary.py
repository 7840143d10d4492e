"""REDCap's data dictionary: which fields there are, of what kind, with which choices."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ingest.faults import RefusedError, fault
from ingest.files.source_file import SourceFile
from ingest.files.tables import Sheet, SheetRow, read_sheet

#: Our name → the title in the downloaded dictionary, and in the API's metadata.
_TITLES = {
    "name": ("Variable / Field Name", "field_name"),
    "form": ("Form Name", "form_name"),
    "kind": ("Field Type", "field_type"),
    "label": ("Field Label", "field_label"),
    "choices": ("Choices, Calculations, OR Slider Labels", "select_choices_or_calculations"),
    "validation": ("Text Validation Type OR Show Slider Number",
                   "text_validation_type_or_show_slider_number"),
    "low": ("Text Validation Min", "text_validation_min"),
    "high": ("Text Validation Max", "text_validation_max"),
    "identifier": ("Identifier?", "identifier"),
}  # fmt: skip
_REQUIRED = ("name", "form", "kind", "label", "choices")
_CHOSEN = ("radio", "dropdown", "checkbox")
_FIXED_CHOICES = {
    "yesno": (("1", "Yes"), ("0", "No")),
    "truefalse": (("1", "True"), ("0", "False")),
}
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Field:
    """A field of the project; `choices` are pairs of code and label."""

    name: str
    form: str
    kind: str
    label: str
    choices: tuple[tuple[str, str], ...] = ()
    validation: str = ""
    low: str = ""
    high: str = ""
    is_identifier: bool = False

    @property
    def is_date(self) -> bool:
        """Return whether the field holds a day, with or without a time."""
        return self.validation.startswith("date")

    @property
    def is_number(self) -> bool:
        """Return whether the field holds a number."""
        return self.kind in ("calc", "slider") or self.validation.startswith(("integer", "number"))

    @property
    def signature(self) -> str:
        """Return what a mapping rests on: kind, and codes with their labels."""
        pairs = " | ".join(f"{code}, {label}" for code, label in self.choices)
        return f"{self.kind}: {pairs}" if pairs else self.kind


@dataclass(frozen=True)
class Dictionary:
    """A data dictionary: its fields in their order, the record id first."""

    file_name: str
    sha256: str
    fields: Mapping[str, Field]

    @property
    def record_id(self) -> str:
        """Return the record id: always the first field."""
        return next(iter(self.fields))


def read_dictionary(source: SourceFile) -> Dictionary:
    """Return the dictionary in a file.

    Raises
    ------
    RefusedError
        It is no data dictionary of REDCap.
    """
    sheet = read_sheet(source, "dictionary")
    titles = {
        ours: next((t for t in sheet.titles if t.strip('" ') in theirs), "")
        for ours, theirs in _TITLES.items()
    }
    missing = [_TITLES[ours][0] for ours in _REQUIRED if not titles[ours]]
    fields = {} if missing else _fields(sheet, titles)
    if missing or not fields:
        given = f"no column {', '.join(f'`{m}`' for m in missing)}" if missing else "no field"
        raise RefusedError([
            fault("redcap_dictionary", f"this is no REDCap data dictionary: {given}",
                  where=source.name, allowed="the CSV of REDCap's «Data Dictionary» page",
                  remedy="download it again from Project Setup → Data Dictionary",
                  record="no REDCap data dictionary")
        ])  # fmt: skip
    return Dictionary(source.name, source.sha256, fields)


def _fields(sheet: Sheet, titles: Mapping[str, str]) -> dict[str, Field]:
    found = {}
    for row in sheet.rows:
        cell = {ours: _cell(sheet, row, title) for ours, title in titles.items()}
        kind = cell["kind"].lower()
        choices = _choices(cell["choices"]) if kind in _CHOSEN else _FIXED_CHOICES.get(kind, ())
        found[cell["name"]] = Field(
            cell["name"], cell["form"], kind, cell["label"], choices, cell["validation"].lower(),
            cell["low"], cell["high"], cell["identifier"].lower() in ("y", "yes", "1"),
        )  # fmt: skip
    return found


def _cell(sheet: Sheet, row: SheetRow, title: str) -> str:
    if not title:
        return ""
    return " ".join(_TAG.sub(" ", sheet.cell(row, title)).split())


def _choices(text: str) -> tuple[tuple[str, str], ...]:
    """Return codes and labels of `1, Positive | 2, Negative`."""
    pairs = [part.partition(",") for part in text.split("|") if part.strip()]
    return tuple((code.strip(), label.strip() or code.strip()) for code, _, label in pairs)
