"""An export as our tables: patients a record, assessments a score, each cell with its address."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.clinic.assessments import OPTIONAL as ASSESSMENT_OPTIONAL
from ingest.clinic.assessments import REQUIRED as ASSESSMENT_COLUMNS
from ingest.files.mapped import MappedTable
from ingest.files.tables import Sheet, SheetRow
from ingest.redcap.export import EVENT, REPEAT_NUMBER, Export, box_title, field_of
from ingest.redcap.mapping import Cell, Entry, RedcapMapping

#: Column of the copy in the archive that says where a row stood in the export.
EXPORT_LINE = "export_line"
_DAY_AND_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[ T]\d{2}:\d{2}(:\d{2})?")
_NUMBER = re.compile(r"(\d+)\.\d+")
_TICKED = "1"

#: Line of the translated row and our column → row and title in the export.
Addresses = Mapping[tuple[int, str], tuple[SheetRow, str]]


@dataclass(frozen=True)
class TranslatedSheet(Sheet):
    """A table whose cells stand elsewhere: every address is one of the export's."""

    origin: Sheet | None = None
    addresses: Addresses = field(default_factory=dict)

    def where(self, row: SheetRow | None, title: str = "") -> str:
        """Return the address of the cell in the export."""
        assert self.origin is not None
        if row is None:
            return self.origin.where(None)
        source, column = self.addresses.get((row.line, title)) or self.addresses[row.line, ""]
        return self.origin.where(source, column)


@dataclass(frozen=True)
class TranslatedTable(MappedTable):
    """A translated table; what is recorded of a fault names line and field of the export."""

    addresses: Addresses = field(default_factory=dict)

    def recorded(self, record: str, row: SheetRow, column: str) -> str:
        """Return the words with line and field of the export behind them."""
        source, title = self.addresses.get((row.line, column)) or self.addresses[row.line, ""]
        place = f"line {source.line} of the export{f', field {field_of(title)}' if title else ''}"
        return f"{record} ({place})"


@dataclass(frozen=True)
class _Found:
    """A cell of ours: its text, and where it stands."""

    text: str
    source: SheetRow
    title: str


def translate(export: Export, mapping: RedcapMapping, role: str) -> TranslatedTable:
    """Return the patients or the assessments of an export."""
    records = _records(export)
    rows = (_patient_rows if role == "patients" else _score_rows)(export, mapping, records)
    columns = (
        tuple(mapping.patients)
        if role == "patients"
        else tuple(c for c in (*ASSESSMENT_COLUMNS, *ASSESSMENT_OPTIONAL)
                   if c not in ASSESSMENT_OPTIONAL
                   or any(c in e.cells for e in mapping.assessments))
    )  # fmt: skip
    addresses: dict[tuple[int, str], tuple[SheetRow, str]] = {}
    sheet_rows = []
    for line, (source, cells) in enumerate(rows, start=2):
        addresses[line, ""] = (source, "")
        for column, found in cells.items():
            addresses[line, column] = (found.source, found.title)
        texts = tuple(cells[c].text if c in cells else "" for c in columns)
        sheet_rows.append(SheetRow(line, source.number, texts))
    sheet = TranslatedSheet(
        export.sheet.file_name, export.sheet.sheet_name, columns, tuple(sheet_rows), "",
        origin=export.sheet, addresses=addresses,
    )  # fmt: skip
    kept = _kept(sheet, [source for source, _ in rows])
    return TranslatedTable(role, sheet, {c: c for c in columns}, (), kept, addresses=addresses)


def visit_of(mapping: RedcapMapping, entry: Entry, event: str, instance: str) -> str:
    """Return the visit of a row; empty where the mapping names none."""
    if entry.visit:
        return entry.visit
    if not event and not instance:
        return ""
    key = f"{event}#{instance}" if instance else event
    return mapping.visits.get(key, "")


def _records(export: Export) -> dict[str, list[SheetRow]]:
    found: dict[str, list[SheetRow]] = {}
    for row in export.sheet.rows:
        found.setdefault(export.sheet.cell(row, export.record_id), []).append(row)
    return found


def _patient_rows(
    export: Export, mapping: RedcapMapping, records: Mapping[str, list[SheetRow]]
) -> list[tuple[SheetRow, dict[str, _Found]]]:
    """Return a row a record; a cell is what the record's rows say of it, all of them together."""
    rows = []
    for own in records.values():
        cells = {}
        for column, cell in mapping.patients.items():
            found = [f for row in own if (f := _cell(export, mapping, row, cell)).text]
            distinct = list(dict.fromkeys(f.text for f in found))
            if found:
                cells[column] = _Found(" / ".join(distinct), found[-1].source, found[-1].title)
            elif cell.source:
                cells[column] = _Found("", own[0], _title(export, cell))
        rows.append((own[0], cells))
    return rows


def _score_rows(
    export: Export, mapping: RedcapMapping, records: Mapping[str, list[SheetRow]]
) -> list[tuple[SheetRow, dict[str, _Found]]]:
    """Return a row a filled score."""
    rows = []
    person = mapping.patients.get("patient_id") or Cell(source=mapping.record_id)
    for own in records.values():
        patient = _nearest(export, mapping, own, person)
        for row in own:
            event, instance = export.cell(row, EVENT), export.cell(row, REPEAT_NUMBER)
            for entry in mapping.assessments:
                score = _cell(export, mapping, row, entry.cells["score"])
                visit = visit_of(mapping, entry, event, instance)
                if not score.text or not visit:
                    continue
                event_rows = [row, *(r for r in own if export.cell(r, EVENT) == event
                                     and not export.cell(r, REPEAT_NUMBER))]  # fmt: skip
                cells = {
                    "patient_id": patient,
                    "visit": _Found(visit, row, EVENT if event else ""),
                    "instrument_id": _Found(entry.instrument_id, row, ""),
                    "score": score,
                }
                for column in ("assessed_on", "site_id", "omed_mg"):
                    if column in entry.cells:
                        cells[column] = _nearest(export, mapping, event_rows, entry.cells[column])
                rows.append((row, cells))
    return rows


def _nearest(export: Export, mapping: RedcapMapping, rows: list[SheetRow], cell: Cell) -> _Found:
    """Return a cell from the score's own row, else from the row of its event."""
    found = [_cell(export, mapping, row, cell) for row in rows]
    return next((f for f in found if f.text), found[0])


def _cell(export: Export, mapping: RedcapMapping, row: SheetRow, cell: Cell) -> _Found:
    if not cell.source:
        return _Found(cell.value, row, "")
    if cell.is_checkbox:
        return _ticked(export, row, cell)
    raw = export.sheet.cell(row, cell.source)
    text = raw.strip()
    if text in mapping.missing_codes:
        return _Found("", row, cell.source)
    if cell.levels and text:
        return _Found(cell.levels.get(text, f"code {text}"), row, cell.source)
    return _Found(_part(text, cell.part) if cell.part else raw, row, cell.source)


def _ticked(export: Export, row: SheetRow, cell: Cell) -> _Found:
    """Return the ticked choices of a checkbox in the mapping's order, joined with bars."""
    known = {box_title(cell.source, code): level for code, level in cell.levels.items()}
    order = [*known, *(t for t in export.boxes(cell.source) if t not in known)]
    boxes = [t for t in order if export.cell(row, t) == _TICKED]
    texts = [known.get(t, f"code {t.partition('___')[2]}") for t in boxes]
    return _Found("|".join(t for t in texts if t), row, (boxes or [_title(export, cell)])[0])


def _title(export: Export, cell: Cell) -> str:
    return next(iter(export.boxes(cell.source)), "") if cell.is_checkbox else cell.source


def _part(text: str, part: str) -> str:
    """Return the day of a day with a time, or the whole years of a number; else the text."""
    shape = _DAY_AND_TIME if part == "day" else _NUMBER
    found = shape.fullmatch(text)
    return found[1] if found else text


def _kept(sheet: Sheet, sources: list[SheetRow]) -> bytes:
    """Return the translated table as CSV: the archive keeps it, and it can be loaded from it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*sheet.titles, EXPORT_LINE])
    for row, source in zip(sheet.rows, sources, strict=True):
        writer.writerow([*(re.sub(r"[\r\n]+", " ", c) for c in row.cells), source.line])
    text = out.getvalue()
    return text.encode("ascii" if text.isascii() else "utf-8-sig")
