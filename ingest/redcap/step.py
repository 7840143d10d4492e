"""The REDCap files of a study folder: found, compared with the mapping, handed to the load."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ingest import standing
from ingest.clinic.patients import COLUMNS, declared_columns, required_columns
from ingest.clinic.privacy import identifying_titles
from ingest.config_step import counted
from ingest.declared.study import Study
from ingest.delivery import Delivery
from ingest.faults import Fault, RefusedError, fault, listed
from ingest.files.mapped import MappedTable
from ingest.files.source_file import SourceFile, refuse_outside
from ingest.files.tables import Sheet, read_sheet
from ingest.load_report import REFUSED
from ingest.loading import Loading, Outcome
from ingest.redcap.dictionary import Dictionary, read_dictionary
from ingest.redcap.drift import drift_of
from ingest.redcap.export import Export, field_of
from ingest.redcap.mapping import FILE_NAME, RedcapMapping, pattern_of, read_mapping
from ingest.redcap.translate import translate

Mapper = Callable[[Sheet, Study], MappedTable]
ROLE = "mapping"


def open_redcap(loading: Loading, delivery: Delivery) -> tuple[Delivery, tuple[Outcome, ...]]:
    """Return the folder with its export in place of tables, and what became of the mapping.

    Without a mapping, the folder as it is.
    """
    path = delivery.folder / FILE_NAME
    if not path.exists():
        return delivery, ()
    outcome = Outcome(ROLE, FILE_NAME, REFUSED)
    try:
        refuse_outside(delivery.folder, path)
        source = SourceFile.from_path(path)
        outcome = outcome.of(source)
        loading.keep(source.data)
        mapping = read_mapping(source)
        export, older = _newest(delivery.folder, mapping.export, "export")
        dictionary = _dictionary(delivery.folder, mapping)
        notes = _notes(mapping, dictionary, export)
    except RefusedError as refusal:
        outcome = replace(outcome, faults=refusal.faults, n_rows_in=1, n_rows_refused=1)
        return replace(delivery, faults={**delivery.faults, **_waiting(delivery)}), (outcome,)
    notes = (*(f"{name} is older than {export.name} and not read" for name in older), *notes)
    present = standing.files(loading.con, loading.study.study_id)
    current = {(f.role, f.sha256) for f in present}
    outcome = counted(replace(outcome, notes=notes), 1, current, False)
    read = {export.name, *older, dictionary.file_name if dictionary else ""}
    return _with_export(delivery, mapping, dictionary, export, read), (outcome,)


def _with_export(
    delivery: Delivery,
    mapping: RedcapMapping,
    dictionary: Dictionary | None,
    export: Path,
    read: set[str],
) -> Delivery:
    doubled = {r: _doubled(r, delivery, export) for r in mapping.roles if r in delivery.tables}
    tables = {r: p for r, p in delivery.tables.items() if r not in doubled}
    tables |= {r: export for r in mapping.roles if r not in doubled}
    return replace(
        delivery,
        tables={**tables, ROLE: delivery.folder / FILE_NAME},
        faults={**delivery.faults, **doubled},
        unread=tuple(t for t in delivery.unread if t.partition(" (did")[0] not in read),
        mappers={r: _mapper(mapping, dictionary, r) for r in mapping.roles},
    )


def _mapper(mapping: RedcapMapping, dictionary: Dictionary | None, role: str) -> Mapper:
    def read(sheet: Sheet, study: Study) -> MappedTable:
        export = Export(sheet, mapping.record_id)
        known = (mapping.record_id, *mapping.identifiers)
        faults = [*drift_of(mapping, export, dictionary).faults[role],
                  *_study_faults(mapping, study, role),
                  *identifying_titles(sheet, study, known)]  # fmt: skip
        if faults:
            raise RefusedError(faults, n_rows_in=len(sheet.rows))
        return translate(export, mapping, role)

    return read


def _notes(mapping: RedcapMapping, dictionary: Dictionary | None, export: Path) -> tuple[str, ...]:
    """Return what should be known of an export; why it cannot be read, its tables say."""
    try:
        sheet = read_sheet(SourceFile.from_path(export), "redcap")
    except RefusedError:
        return ()
    found = drift_of(mapping, Export(sheet, mapping.record_id), dictionary)
    left = [t for t in mapping.identifiers if t in sheet.titles]
    if empty := _rows_without_news(mapping, Export(sheet, mapping.record_id)):
        found = replace(found, notes=(*found.notes, f"rows of {export.name} without any mapped "
                                      f"value: {listed(empty)}"))  # fmt: skip
    if left:
        return (*found.notes, f"fields that identify people are not read: {listed(left)}")
    return found.notes


def _rows_without_news(mapping: RedcapMapping, export: Export) -> list[int]:
    """Return the lines of an export that hold nothing but ids, as far as the mapping reads."""
    fields = {f for role in mapping.roles for f in mapping.fields(role)} - {mapping.record_id}
    titles = [t for t in export.sheet.titles if field_of(t) in fields]
    nothing = {t: {"", *mapping.missing_codes, *({"0"} if "___" in t else ())} for t in titles}
    return [
        row.line
        for row in export.sheet.rows
        if all(export.cell(row, t) in nothing[t] for t in titles)
    ]


def _study_faults(mapping: RedcapMapping, study: Study, role: str) -> list[Fault]:
    """Return faults for columns that are missing or that the study does not declare."""
    if role != "patients":
        return _score_faults(mapping, study)
    known = [*COLUMNS, *declared_columns(study)]
    missing = [c for c in required_columns(study) if c not in mapping.patients]
    strange = [c for c in mapping.patients if c not in known]
    faults = []
    for names, words in ((missing, "is not mapped"), (strange, "is no column of patients")):
        faults += [
            fault("missing_column", f"`{name}` {words}", where=f"{FILE_NAME}, [patients]",
                  allowed=listed(known, 30), remedy="correct the mapping or study.toml",
                  record=f"{name} {words}")
            for name in names
        ]  # fmt: skip
    return faults


def _score_faults(mapping: RedcapMapping, study: Study) -> list[Fault]:
    """Return faults for visits and instruments that the study does not declare."""
    visits = {*mapping.visits.values(), *(e.visit for e in mapping.assessments if e.visit)}
    scales = {e.instrument_id for e in mapping.assessments}
    return [
        fault("undeclared_value", f"the {what} `{name}` is not declared", where=FILE_NAME,
              allowed=listed(allowed), remedy="correct the mapping or study.toml",
              record=f"the mapping names an undeclared {what}")
        for what, given, allowed in (("visit", visits, study.visit_codes),
                                     ("instrument", scales, study.scales))
        for name in sorted(given - set(allowed))
    ]  # fmt: skip


def _newest(folder: Path, name: str, what: str) -> tuple[Path, tuple[str, ...]]:
    """Return the file of that name, the last by name where `*` fits several, and the others."""
    shape = pattern_of(name)
    found = sorted(p for p in folder.iterdir() if shape.fullmatch(p.name))
    if not found:
        raise RefusedError([
            fault("redcap_export", f"there is no {what} `{name}`", where=f"{FILE_NAME}, [source]",
                  allowed="a file of the study folder",
                  remedy=f"put the {what} into the study folder, or correct its name",
                  record=f"the {what} is not there")
        ])  # fmt: skip
    return found[-1], tuple(p.name for p in found[:-1])


def _dictionary(folder: Path, mapping: RedcapMapping) -> Dictionary | None:
    if not mapping.dictionary:
        return None
    path, _ = _newest(folder, mapping.dictionary, "dictionary")
    refuse_outside(folder, path)
    return read_dictionary(SourceFile.from_path(path))


def _doubled(role: str, delivery: Delivery, export: Path) -> Fault:
    return fault("several_files", f"both {delivery.tables[role].name} and {export.name} could be "
                 f"the {role} table", where=delivery.folder.name, allowed="one of them",
                 remedy=f"take {delivery.tables[role].name} away, or [{role}] out of {FILE_NAME}",
                 record="2 files for one role")  # fmt: skip


def _waiting(delivery: Delivery) -> dict[str, Fault]:
    """Return why tables that may stand in the export are not there."""
    return {
        role: fault("waits", f"the table waits for {FILE_NAME}, which was refused",
                    where=FILE_NAME, remedy="correct the mapping, then load again",
                    record="the table waits for the mapping, which was refused")
        for role in ("patients", "assessments")
        if role not in delivery.tables
    }  # fmt: skip
