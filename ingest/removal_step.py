"""Rows that a table no longer has: taken away with a reason, never while others rest on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ingest import standing, writing
from ingest.delivery import Delivery
from ingest.faults import Fault, fault, listed
from ingest.load_report import LOADED, REMOVED, CellChange
from ingest.loading import Loading, Outcome
from ingest.snapshot import Key, Removal
from ingest.standing import LoadedFile
from ingest.table_step import TableResult, missing_keys, removed_cells

#: Rows that others rest on come last.
_ORDER = ("analgesics", "assessments", "samples", "patients")


@dataclass(frozen=True)
class _Held:
    """A row that stays although it is missing, and why."""

    key: Key
    fault: Fault


def remove_missing(
    loading: Loading,
    delivery: Delivery,
    tables: dict[str, TableResult],
    present: Sequence[LoadedFile],
) -> list[Outcome]:
    """Take away the rows that are missing from the delivered tables; return the slides that went.

    Nothing is done without a reason. A row that others rest on stays, is named, and the load says
    so; it goes together with them or not at all.
    """
    if loading.remove_reason is None:
        return []
    scans = {f.slide_id: f for f in present if f.role == "slide" and f.slide_id}
    slides: list[Outcome] = []
    for role in _ORDER:
        result = tables.get(role)
        if result is None or not result.accepted or not result.gone:
            continue
        held: list[_Held] = []
        if role == "samples":
            held, freed = _bound_samples(loading, delivery, result, scans)
            slides = [_without_scan(loading, scan) for scan in freed]
        elif role == "patients":
            held = _bound_patients(loading, result)
        tables[role] = _remove(loading, result, held)
    return slides


def _remove(loading: Loading, result: TableResult, held: Sequence[_Held]) -> TableResult:
    """Take rows away, keep their cells in the history, and tell the table's outcome."""
    role = result.outcome.role
    stays = {h.key for h in held}
    going = [r for r in result.gone if r.key not in stays]
    for removal in going:
        writing.add_history(loading, role, removal, result.outcome.sha256)
        writing.drop_row(loading, role, removal.key)
    outcome = replace(
        result.outcome,
        status=LOADED if going else result.outcome.status,
        n_rows_removed=len(going),
        faults=(*result.outcome.faults, *(h.fault for h in held)),
    )
    return replace(
        result,
        outcome=outcome,
        gone=tuple(going),
        missing=missing_keys(role, stays),
        removals=removed_cells(role, outcome.file_name, going),
    )


def _bound_patients(loading: Loading, result: TableResult) -> list[_Held]:
    """Return the persons whom samples or assessments still name."""
    found = standing.rows(
        loading.con,
        "select patient_id, count(*) filter (where what = 'sample') as n_samples, "
        "count(*) filter (where what = 'assessment') as n_assessments from ("
        "select patient_id, 'sample' as what from raw.samples where study_id = $1 union all "
        "select patient_id, 'assessment' from raw.assessments where study_id = $1 union all "
        "select patient_id, 'assessment' from raw.analgesics where study_id = $1) "
        "where patient_id is not null group by patient_id",
        loading.study.study_id,
    )
    uses = {r["patient_id"]: (r["n_samples"], r["n_assessments"]) for r in found}
    return [
        _Held(r.key, _bound(
            result, f"`{r.key[0]}` stays: {n_samples} samples and {n_assessments} assessments "
            "name that person", "take their rows out of samples and assessments as well, then "
            "load again with --remove",
            f"a person stays: {n_samples} samples and {n_assessments} assessments name them"))
        for r in result.gone
        for n_samples, n_assessments in [uses.get(r.key[0], (0, 0))]
        if n_samples or n_assessments
    ]  # fmt: skip


def _bound_samples(
    loading: Loading,
    delivery: Delivery,
    result: TableResult,
    scans: Mapping[str, LoadedFile],
) -> tuple[list[_Held], list[LoadedFile]]:
    """Return the samples that measurements rest on, and the scans that go with all their rows."""
    parsed = result.parsed
    assert parsed is not None
    on_sheet = {parsed.table.text(row, "slide_id") for row in parsed.table.rows}
    here = {p.stem for p in delivery.slides}
    measured = _measured(loading)
    held: list[_Held] = []
    freed: list[LoadedFile] = []
    for slide_id, own in _by_slide(result.gone).items():
        scan = scans.get(slide_id)
        given, remedy = "", ""
        if scan is not None and slide_id in on_sheet:
            given = f"slide `{slide_id}` is loaded and has other rows in {result.outcome.file_name}"
            remedy = "keep the row and give it group_code `empty`, or take the whole slide away: "
            if loading.study.has_values:
                remedy = "keep the row and exclude the sample, or take the whole plate away: "
            remedy += "all its rows and its file"
        elif scan is not None and slide_id in here:
            given = f"the scan of slide `{slide_id}` still lies in the study folder"
            remedy = "take the scan away too, then load again with --remove"
        elif scan is not None:
            freed.append(scan)
        elif bound := [r.key[0] for r in own if r.key[0] in measured]:
            given = f"{listed(bound, 3)}: values are loaded"
            remedy = "keep the rows, and leave the samples out with an exclusion"
        if given:
            held += [_Held(r.key, _bound(result, f"sample `{r.key[0]}` stays: {given}", remedy,
                                         "a sample stays: measurements rest on it"))
                     for r in own]  # fmt: skip
    return held, freed


def _by_slide(gone: Sequence[Removal]) -> dict[str, list[Removal]]:
    found: dict[str, list[Removal]] = defaultdict(list)
    for removal in gone:
        slide = next((c.before for c in removal.cells if c.column == "slide_id"), "")
        found[str(slide)].append(removal)
    return found


def _measured(loading: Loading) -> set[str]:
    found = standing.rows(
        loading.con, 'select distinct sample_id from raw."values" where study_id = $1',
        loading.study.study_id,
    )  # fmt: skip
    return {r["sample_id"] for r in found}


def _without_scan(loading: Loading, scan: LoadedFile) -> Outcome:
    """Take a slide's scan out of the warehouse; its file stays in the archive."""
    slide_id = str(scan.slide_id)
    writing.drop_slide(loading, slide_id, scan.sha256)
    return Outcome("slide", slide_id, REMOVED, sha256=scan.sha256, original_sha256=scan.sha256,
                   slide_id=slide_id, n_rows_removed=scan.counts["n_rows_loaded"])  # fmt: skip


def _bound(result: TableResult, given: str, remedy: str, record: str) -> Fault:
    return fault("dependents", given, where=result.outcome.file_name, remedy=remedy, record=record,
                 allowed="a row that nothing else rests on")  # fmt: skip


def removals_of(tables: Mapping[str, TableResult]) -> tuple[CellChange, ...]:
    """Return every cell that was taken away."""
    return tuple(c for t in tables.values() for c in t.removals)
