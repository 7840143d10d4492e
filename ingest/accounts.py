"""The accounts of a load: every row of every file, the ledger line, the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from duckdb import DuckDBPyConnection

from contracts import IDENTITY, RAW, Problem, failure
from contracts.quality import QUARANTINE, REFUSALS
from contracts.scans import SCANS, SPOTS
from ingest import standing
from ingest.clinic.mangled import KnownIds
from ingest.load_report import (
    LOADED,
    REFUSED,
    UNCHANGED,
    WAITING,
    CellChange,
    FileReport,
    LoadReport,
    SetAside,
    WaitingSlide,
)
from ingest.loading import Loading, Outcome
from ingest.plan_history import recorded_facts
from ingest.platforms import by_id
from ingest.removal_step import removals_of
from ingest.standing import Place
from ingest.table_step import TableResult
from store import ledger
from store.home import Home

LOAD_EVENT = "load"
_COUNTED = (*RAW, *IDENTITY, QUARANTINE, REFUSALS)
#: What the late ledger line of a load says of each of its files.
_ACKNOWLEDGED = (
    "role", "slide_id", "status", "n_rows_in", "n_rows_loaded", "n_rows_unchanged",
    "n_rows_quarantined", "n_rows_refused", "superseded_sha256",
)  # fmt: skip


def row_counts(loading: Loading) -> dict[str, int]:
    """Return how many rows of the study each relation holds."""
    # A row of raw.scans holds a scan's spots and knows how many: none need be laid out for it.
    of_spots = f"coalesce(sum(n_spots), 0)::bigint as n from {SCANS.full_name}"
    counts = " union all ".join(
        f"select '{r.full_name}' as name, "
        f"{of_spots if r is SPOTS else f'count(*) as n from {r.full_name}'} where study_id = $1"
        for r in _COUNTED
    )
    found = standing.rows(loading.con, counts, loading.study.study_id)
    return {r["name"]: int(r["n"]) for r in found}


def balance(loading: Loading, outcomes: Sequence[Outcome]) -> None:
    """Demand that every row of every file is accounted for, and that the spots are there.

    Raises
    ------
    CytomartError
        A row went missing inside the software; nothing is committed.
    """
    for outcome in outcomes:
        if not outcome.is_balanced:
            raise failure(
                f"{outcome.n_rows_in} rows of the {outcome.role} file were read, "
                f"{outcome.n_rows_loaded} loaded, {outcome.n_rows_unchanged} unchanged, "
                f"{outcome.n_rows_quarantined} set aside, {outcome.n_rows_refused} refused",
                where=outcome.file_name, allowed="every row accounted for", exit_code=4,
            )  # fmt: skip
    slides = {o.sha256: o for o in outcomes if o.role == "slide" and o.status == LOADED}
    if not slides:
        return
    stored: dict[str, set[int]] = {}
    for row in standing.stored_counts(loading.con, loading.study.study_id, list(slides)):
        stored.setdefault(row["file_sha256"], set()).add(int(row["n"]))
    for sha256, outcome in slides.items():
        found = stored.get(sha256, {0})
        if found != {outcome.n_rows_loaded}:
            raise failure(
                f"{outcome.n_rows_loaded} spots or values were read, {min(found)} were stored",
                where=outcome.file_name, allowed="every one stored", exit_code=4,
            )  # fmt: skip


def details(
    loading: Loading,
    outcomes: Sequence[Outcome],
    report: LoadReport,
    plan_hash: str | None,
    plan_in_force: tuple[str | None, str | None],
    plan_changes: Mapping[str, object],
) -> dict[str, Any]:
    """Return what the ledger keeps of a load: counts, hashes and reasons, no values.

    `plan_hash` is the delivered plan's, `plan_in_force` what stood before and after the load,
    `plan_changes` which analyses and columns of an earlier plan changed.
    """
    return {
        "load_id": loading.load_id,
        "user": loading.user,
        "plan_hash": plan_hash,
        "plan_hash_before": plan_in_force[0],
        "plan_hash_after": plan_in_force[1],
        **_plan_facts(plan_changes),
        "files": [_file_details(o) for o in outcomes],
        "n_corrected_cells": len(report.changes) if report.corrections_accepted else 0,
        "correction_reason": loading.accept_corrections,
        "supersede_reason": loading.supersede_reason,
        "n_removed_rows": sum(o.n_rows_removed for o in outcomes if o.role != "slide"),
        "remove_reason": loading.remove_reason,
        "new_batches": list(report.new_batches),
        "changed_batches": list(report.changed_batches),
        "rows_added": report.rows_added,
    }


def _plan_facts(changes: Mapping[str, object]) -> dict[str, Any]:
    return {"plan_changes": dict(changes)} if changes else {}


def acknowledge(home: Home, con: DuckDBPyConnection, study_id: str) -> None:
    """Write the ledger line of a load that was committed but died before it could say so."""
    found = standing.rows(
        con, "select distinct load_id from quality.file_loads where study_id = ?", study_id
    )
    if not found:
        return
    written = {e.details.get("load_id") for e in ledger.entries(home) if e.event == LOAD_EVENT}
    for load_id in sorted({r["load_id"] for r in found} - written):
        files = [
            {"sha256": r["file_sha256"],
             **{k: v for k, v in r.items() if k in _ACKNOWLEDGED and v is not None}}
            for r in standing.rows(
                con, "select * exclude (loaded_at) from quality.file_loads "
                "where study_id = ? and load_id = ? order by file_number", study_id, load_id)
        ]  # fmt: skip
        ledger.append(
            home, LOAD_EVENT, study_id,
            {"load_id": load_id, "is_acknowledged_later": True, "files": files,
             **_plan_facts(recorded_facts(con, study_id, load_id))},
        )  # fmt: skip


def known_originals(home: Home, study_id: str) -> set[str]:
    """Return the hash of every file of a study that was ever loaded, as it was delivered."""
    return {
        file.get("original_sha256", file["sha256"])
        for event in ledger.entries(home)
        if event.event == LOAD_EVENT and event.study_id == study_id
        for file in event.details["files"]
        if file.get("status") in (LOADED, UNCHANGED)
    }


def report(
    loading: Loading,
    outcomes: Sequence[Outcome],
    tables: Mapping[str, TableResult],
    plan_changes: Sequence[CellChange],
    places: Mapping[str, Place],
    counts: Mapping[str, int],
    contents: Mapping[str, str],
) -> LoadReport:
    """Return the load's report, seen from inside its transaction."""
    now = standing.batch_contents(loading.con, loading.study.study_id)
    added = {k: n - counts[k] for k, n in row_counts(loading).items() if n != counts[k]}
    accepted = loading.accept_corrections is not None
    changes = (*plan_changes, *(c for t in tables.values() for c in t.changes))
    return LoadReport(
        study_id=loading.study.study_id,
        load_id=loading.load_id,
        files=tuple(_file_report(o) for o in outcomes),
        quarantined=tuple(
            SetAside(o.role, o.file_name, f.line, f.column, f.rule_id, f.problem)
            for o in outcomes
            for f in o.set_aside
        ),
        waiting=_waiting_slides(loading, outcomes, places),
        changes=changes,
        corrections_accepted=accepted and bool(changes),
        missing_keys=tuple(m for t in tables.values() for m in t.missing),
        removals=removals_of(tables),
        dropped_columns={r: t.dropped_columns for r, t in tables.items() if t.dropped_columns},
        new_batches=tuple(sorted(now.keys() - contents.keys())),
        changed_batches=tuple(sorted(b for b in now.keys() & contents.keys()
                                     if now[b] != contents[b])),
        rows_added=added,
        is_check_only=loading.is_check,
    )  # fmt: skip


def _waiting_slides(
    loading: Loading, outcomes: Sequence[Outcome], places: Mapping[str, Place]
) -> tuple[WaitingSlide, ...]:
    """Return the slides that the sheet names and that have no loaded file."""
    loaded = standing.slides(loading.con, loading.study.study_id)
    absent = sorted(places.keys() - loaded)
    here = {o.slide_id: o for o in outcomes if o.role == "slide"} if absent else {}
    strays = KnownIds({s: "" for s in here if s and s not in places})
    sheet = next((o.file_name for o in outcomes if o.role == "samples"), "the sample sheet")
    platform = by_id(loading.study.platform_id)
    ending = platform.endings[0] if platform else ""
    waiting = []
    for slide_id in absent:
        place = places[slide_id]
        file = here.get(slide_id)
        near = strays.original_of(slide_id)
        given, do = {
            REFUSED: ("its file was refused", f"mend {file.file_name}" if file else ""),
            WAITING: ("so does its file", "mend the table that it waits for"),
        }.get(file.status if file else "", (
            f"it has {place.n_samples} rows in {sheet} and no file arrays/{slide_id}{ending}"
            f"{near.hint if near else ''}",
            f"put arrays/{slide_id}{ending} into the study folder",
        ))  # fmt: skip
        waiting.append(
            WaitingSlide(slide_id, place.batch_id, place.n_samples, Problem(
                f"slide `{slide_id}` waits: {given}", where=f"{sheet}, batch {place.batch_id}",
                allowed="a file for every slide of the sheet",
                remedy=f"{do} and load again; until then the batch {place.batch_id} is incomplete",
            ))
        )  # fmt: skip
    return tuple(waiting)


def _file_report(outcome: Outcome) -> FileReport:
    return FileReport(
        outcome.role,
        outcome.file_name,
        outcome.sha256,
        outcome.slide_id,
        outcome.batch_id,
        outcome.status,
        outcome.n_rows_in,
        outcome.n_rows_loaded,
        outcome.n_rows_unchanged,
        outcome.n_rows_quarantined,
        outcome.n_rows_refused,
        outcome.n_rows_removed,
        tuple(f.problem for f in outcome.faults),
        outcome.notes,
        tuple(f.rule_id for f in outcome.faults),
    )


def _file_details(outcome: Outcome) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "role": outcome.role,
        "slide_id": outcome.slide_id,
        "sha256": outcome.sha256,
        "status": outcome.status,
        "n_rows_in": outcome.n_rows_in,
        "n_rows_loaded": outcome.n_rows_loaded,
        "n_rows_unchanged": outcome.n_rows_unchanged,
        "n_rows_quarantined": outcome.n_rows_quarantined,
        "n_rows_refused": outcome.n_rows_refused,
    }
    if outcome.original_sha256 != outcome.sha256:
        facts["original_sha256"] = outcome.original_sha256
    if outcome.superseded_sha256:
        facts["superseded_sha256"] = outcome.superseded_sha256
    if outcome.faults:
        facts["rules"] = sorted({f.rule_id for f in outcome.faults})
    return facts
