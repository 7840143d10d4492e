"""Is the export still what the mapping was made for? What matters stops, the rest is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from ingest.faults import Fault, fault, listed
from ingest.files.tables import SheetRow
from ingest.redcap.dictionary import Dictionary, Field
from ingest.redcap.export import (
    EVENT,
    REPEAT_NUMBER,
    Export,
    box_title,
    field_of,
    is_own_column,
    label_cell_faults,
    label_faults,
)
from ingest.redcap.mapping import FILE_NAME, RedcapMapping
from ingest.redcap.translate import visit_of

AGAIN = "run `cytomart map redcap` again and compare, or correct the mapping"


@dataclass(frozen=True)
class Drift:
    """What differs: by table what stops it, and what should only be known."""

    faults: Mapping[str, tuple[Fault, ...]]
    notes: tuple[str, ...]


def drift_of(mapping: RedcapMapping, export: Export, dictionary: Dictionary | None) -> Drift:
    """Return what of the export, and of the dictionary, is other than when it was mapped."""
    faults = {}
    for role in mapping.roles:
        found = label_faults(export.sheet, mapping.record_id, dictionary)
        if not found:
            found = [*_gone(mapping, export, dictionary, role), *_labels(mapping, export, role)]
            found += _changed(mapping, dictionary, role) if dictionary else []
            found += _unplaced(mapping, export) if role == "assessments" else []
        faults[role] = tuple(found)
    notes = (*_new_columns(mapping, export), *_left_out(mapping, export),
             *_other_changes(mapping, dictionary))  # fmt: skip
    return Drift(faults, notes)


def _gone(
    mapping: RedcapMapping, export: Export, dictionary: Dictionary | None, role: str
) -> list[Fault]:
    """Return a fault for each mapped field that the export does not have."""
    faults = []
    for cell in mapping.cells(role):
        there = export.boxes(cell.source) if cell.is_checkbox else export.has(cell.source)
        if not cell.source or there:
            continue
        near = _renamed(mapping, export, dictionary, cell.source)
        hint = f" (renamed to `{near}`?)" if near else ""
        faults.append(
            fault("redcap_drift", f"the field `{cell.source}` is mapped and the export does not "
                  f"have it{hint}", where=export.sheet.where(None),
                  allowed=f"every field of {FILE_NAME}", remedy=AGAIN,
                  record="a mapped field is gone from the export")
        )  # fmt: skip
    return list(dict.fromkeys(faults))


def _renamed(
    mapping: RedcapMapping, export: Export, dictionary: Dictionary | None, gone: str
) -> str:
    """Return the new field that a gone one may be: near by name, or of the same choices."""
    known = mapping.seen.keys() | {mapping.record_id}
    fields_now = dict.fromkeys(field_of(t) for t in export.sheet.titles if not is_own_column(t))
    new = [f for f in fields_now if f not in known]
    near = get_close_matches(gone, new, n=1, cutoff=0.6)
    if near:
        return near[0]
    signature = mapping.seen.get(gone, "")
    fields = dictionary.fields if dictionary else {}
    alike = [
        f for f in new if f in fields and ":" in signature and fields[f].signature == signature
    ]
    return alike[0] if len(alike) == 1 else ""


def _labels(mapping: RedcapMapping, export: Export, role: str) -> list[Fault]:
    """Return faults for coded fields whose cells hold the labels."""
    pairs = []
    for cell in mapping.cells(role):
        if cell.levels and not cell.is_checkbox and export.has(cell.source):
            labels = _choices_of(mapping.seen.get(cell.source, ""))
            pairs.append((cell.source, labels))
    return label_cell_faults(export, [(f, labels) for f, labels in pairs if labels])


def _changed(mapping: RedcapMapping, dictionary: Dictionary, role: str) -> list[Fault]:
    """Return faults for mapped fields whose codes mean something else, or that identify people."""
    faults = []
    where = dictionary.file_name
    for name in mapping.fields(role):
        now, before = dictionary.fields.get(name), mapping.seen.get(name, "")
        if now is None or not before:
            continue
        for given in _differences(before, now):
            faults.append(
                fault("redcap_drift", f"the field `{name}` has changed: {given}", where=where,
                      allowed=f"what {FILE_NAME} was made for: {before}", remedy=AGAIN,
                      record="a mapped field changed its meaning")
            )  # fmt: skip
        if now.is_identifier and name != mapping.record_id:
            faults.append(
                fault("redcap_identifier", f"the field `{name}` is mapped and now flagged as an "
                      "identifier", where=where, allowed="no field that identifies people",
                      remedy=f"take it out of {FILE_NAME}, or take the flag away in REDCap",
                      record="a mapped field is flagged as an identifier")
            )  # fmt: skip
    return faults


def _differences(before: str, now: Field) -> list[str]:
    """Return what would change the meaning of codes; choices that came or went do not."""
    kind = before.partition(":")[0]
    if kind != now.kind:
        return [f"it was {kind} and is {now.kind}"]
    old, new = _choices_of(before), dict(now.choices)
    return [
        f"code {code} was `{old[code]}` and is `{new[code]}`"
        for code in old.keys() & new.keys()
        if old[code] != new[code]
    ]


def _choices_of(signature: str) -> dict[str, str]:
    """Return code → label of a signature (`radio: 1, Positive | 2, Negative`)."""
    pairs = (part.partition(",") for part in signature.partition(": ")[2].split(" | "))
    return {code.strip(): label.strip() for code, _, label in pairs if code.strip()}


def _unplaced(mapping: RedcapMapping, export: Export) -> list[Fault]:
    """Return a fault for each event or instance that holds scores and is no visit."""
    rows = {
        key: found
        for key, found in _scored(mapping, export).items()
        if not {key, key.partition("#")[0]} & set(mapping.left_out_events)
    }
    return [
        fault("redcap_drift", f"`{key}` holds scores and is no visit" if key else
              "rows without an event hold scores and are at no visit",
              where=f"{export.sheet.file_name}, lines {listed(r.line for r in found)}",
              allowed=listed(mapping.visits) or "an event of [visits]",
              remedy=f'write it in {FILE_NAME}: [visits] "{key}" = "a visit", or name it in '
              "[left_out] events", record="an event holds scores and is no visit")
        for key, found in rows.items()
    ]  # fmt: skip


def _left_out(mapping: RedcapMapping, export: Export) -> list[str]:
    """Return a note on each event that a person left out and that holds scores."""
    return [
        f"`{key}` is left out and holds scores: lines {listed(r.line for r in rows)}"
        for key, rows in _scored(mapping, export).items()
        if {key, key.partition("#")[0]} & set(mapping.left_out_events)
    ]


def _scored(mapping: RedcapMapping, export: Export) -> dict[str, list[SheetRow]]:
    """Return the rows with scores that are at no visit, by event and repeat."""
    rows: dict[str, list[SheetRow]] = {}
    for row in export.sheet.rows:
        event, instance = export.cell(row, EVENT), export.cell(row, REPEAT_NUMBER)
        filled = (
            entry
            for entry in mapping.assessments
            if export.cell(row, entry.cells["score"].source) not in ("", *mapping.missing_codes)
        )
        if any(not visit_of(mapping, entry, event, instance) for entry in filled):
            rows.setdefault(f"{event}#{instance}" if instance else event, []).append(row)
    return rows


def _new_columns(mapping: RedcapMapping, export: Export) -> list[str]:
    """Return notes on columns that came, boxes that are not mapped, and columns that went."""
    fields = dict.fromkeys(field_of(t) for t in export.sheet.titles if not is_own_column(t))
    new = [f for f in fields if f not in mapping.seen and f != mapping.record_id]
    notes = (
        [f"new fields are not mapped and not kept: {listed(new)}"] if new and mapping.seen else []
    )
    for cell in (c for role in mapping.roles for c in mapping.cells(role) if c.is_checkbox):
        known = {box_title(cell.source, code) for code in cell.levels}
        strange = [t for t in export.boxes(cell.source) if t not in known]
        strange = [t for t in strange if not _is_missing_box(mapping, cell.source, t)]
        if strange:
            notes.append(f"new choices are not mapped: {listed(strange)}")
    return notes


def _is_missing_box(mapping: RedcapMapping, field: str, title: str) -> bool:
    return title in {box_title(field, code) for code in mapping.missing_codes}


def _other_changes(mapping: RedcapMapping, dictionary: Dictionary | None) -> list[str]:
    """Return notes on a dictionary that changed, where no mapped field changed its meaning."""
    if dictionary is None or dictionary.sha256 == mapping.dictionary_sha256:
        return []
    used = {f for role in mapping.roles for f in mapping.fields(role)}
    notes = [f"{dictionary.file_name} is another dictionary than the mapping was made with"]
    gone = [f for f in mapping.seen if f not in dictionary.fields]
    if gone:
        notes.append(f"fields are gone from the dictionary: {listed(gone)}")
    for name, field in dictionary.fields.items():
        before = mapping.seen.get(name)
        if before and name in used and before != field.signature:
            old, new = _choices_of(before), dict(field.choices)
            came, went = [c for c in new if c not in old], [c for c in old if c not in new]
            words = [f"new {listed(came)}" if came else "", f"gone {listed(went)}" if went else ""]
            if said := ", ".join(w for w in words if w):
                notes.append(f"choices of `{name}`: {said}")
    return notes
