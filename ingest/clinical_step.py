"""The clinical tables of a delivery, in the order in which each rests on the one before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from contracts.raw import ASSESSMENTS, SAMPLES
from ingest import as_if_mended, standing
from ingest.between_tables import known_people, sheet_waits, without_people
from ingest.clinic.analgesics import Context as AnalgesicContext
from ingest.clinic.analgesics import (
    map_analgesics,
    parse_analgesics,
    stale_sums,
    without_torn_sums,
)
from ingest.clinic.assessments import Context as AssessmentContext
from ingest.clinic.assessments import map_assessments, parse_assessments
from ingest.clinic.clinical import Parsed, People
from ingest.clinic.mangled import KnownIds
from ingest.clinic.patients import map_patients, parse_patients
from ingest.clinic.sample_row import Context as SampleContext
from ingest.clinic.samples import map_samples, parse_samples
from ingest.declared.study import Study
from ingest.delivery import Delivery
from ingest.files.mapped import MappedTable
from ingest.files.tables import Sheet
from ingest.load_report import REFUSED
from ingest.loading import Loading, Outcome
from ingest.snapshot import Key, Standing
from ingest.standing import LoadedFile
from ingest.study_files import scan_days
from ingest.table_step import TableResult, TableSpec, load_table


def load_tables(
    loading: Loading, delivery: Delivery, present: list[LoadedFile]
) -> dict[str, TableResult]:
    """Load patients, then the tables that name them; return what became of each that is there."""
    con, study_id = loading.con, loading.study.study_id
    tables: dict[str, TableResult] = {}
    step = partial(_table, loading, delivery, present, tables)
    known = standing.patients(con, study_id)
    step("patients", map_patients, partial(_parse_patients, loading), known, "")
    is_loose = loading.as_if_mended
    people = known_people(
        known, tables.get("patients"), standing.real_ids(con, study_id, "patient")
    )
    if is_loose:
        people = as_if_mended.named_people(loading, people, tables.get("patients"))
    waits = "" if is_loose else without_people(people, tables.get("patients"))
    step("samples", map_samples, partial(_parse_samples, loading, delivery, people),
         standing.samples(con, study_id), waits)  # fmt: skip
    step("assessments", map_assessments, partial(_parse_assessments, loading, people),
         standing.assessments(con, study_id), waits)  # fmt: skip
    step("analgesics", map_analgesics, partial(_parse_analgesics, loading, people),
         standing.analgesics(con, study_id), waits)  # fmt: skip
    return tables


def rows_wait(loading: Loading, tables: Mapping[str, TableResult]) -> str:
    """Return why slides without a row in the sheet wait; empty where they are refused."""
    if loading.as_if_mended:
        return ""
    return sheet_waits(tables.get("samples")) or ("does not name it yet" if loading.is_drop else "")


def _table(
    loading: Loading,
    delivery: Delivery,
    present: list[LoadedFile],
    tables: dict[str, TableResult],
    role: str,
    mapper: Callable[[Sheet, Study], MappedTable],
    parse: Callable[..., Parsed],
    standing_rows: Mapping[Key, Standing],
    waits: str,
) -> None:
    """Load one table of the delivery into `tables`, if there is one."""
    if fault := delivery.faults.get(role):
        tables[role] = TableResult(Outcome(role, role, REFUSED, faults=(fault,)))
    if role not in delivery.tables:
        return
    current = [f.sha256 for f in present if f.role == role]
    patients = tables.get("patients")
    spec = TableSpec(
        role,
        delivery.mappers.get(role, mapper),
        parse,
        standing_rows,
        current[-1] if current else None,
        waits,
        patients is not None and not patients.accepted and not loading.as_if_mended,
    )
    if role == "analgesics":
        spec = replace(spec, settle=without_torn_sums, clashes=stale_sums)
    tables[role] = load_table(loading, delivery.tables[role], spec)


def _parse_patients(loading: Loading, table: MappedTable) -> Parsed:
    return parse_patients(table, loading.study, loading.coder, _loaded(loading, "patient"))


def _loaded(loading: Loading, kind: str) -> KnownIds:
    ids = standing.real_ids(loading.con, loading.study.study_id, kind)
    return KnownIds(dict.fromkeys(ids, ""))


def _parse_samples(
    loading: Loading, delivery: Delivery, people: People, table: MappedTable
) -> Parsed:
    study = loading.study
    days = standing.first_days(loading.con, SAMPLES, "collected_on", study.study_id,
                               study.baseline_visit)  # fmt: skip
    context = SampleContext(study, people, loading.coder, loading.today, days,
                            scan_days(loading, delivery),
                            _loaded(loading, "sample"))  # fmt: skip
    return parse_samples(table, context)


def _parse_assessments(loading: Loading, people: People, table: MappedTable) -> Parsed:
    study = loading.study
    days = standing.first_days(loading.con, ASSESSMENTS, "assessed_on", study.study_id,
                               study.baseline_visit)  # fmt: skip
    context = AssessmentContext(study, people, loading.coder, loading.today, days)
    return parse_assessments(table, context)


def _parse_analgesics(loading: Loading, people: People, table: MappedTable) -> Parsed:
    return parse_analgesics(table, AnalgesicContext(loading.study, people, loading.coder))
