"""What a load leaves in raw.files and quality: files, rows set aside, refusals, each settled once.

Loading the same delivery again changes nothing here: what still holds stays as it is, what is
mended is closed, what is new is added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from contracts import from_rows
from contracts.quality import QUARANTINE, REFUSALS
from contracts.raw import FILES
from ingest import standing
from ingest.faults import Fault
from ingest.load_report import LOADED, REFUSED, UNCHANGED, WAITING
from ingest.loading import Loading, Outcome
from store.build import append, replace

_CURRENT_ONLY = ("study", "plan", "layout", "catalog")


def add_files(loading: Loading, outcomes: Sequence[Outcome]) -> None:
    """Record the files that were loaded; of configuration files only the versions in force.

    A row of raw.files stands as long as rows of the file may stand: every version of a table,
    the present scan of a slide, the present configuration. The ledger keeps the others.
    """
    study_id = loading.study.study_id
    for outcome in outcomes:
        if outcome.status != LOADED:
            continue
        where = {"study_id": study_id, "role": outcome.role, "file_sha256": outcome.sha256}
        replace(loading.con, FILES, from_rows([_file_row(loading, outcome)], FILES), where)
    for role in _CURRENT_ONLY:
        in_force = [
            o.sha256 for o in outcomes if o.role == role and o.status in (LOADED, UNCHANGED)
        ]
        if in_force:
            loading.con.execute(
                "delete from raw.files where study_id = ? and role = ? "
                "and not list_contains(?, file_sha256)",
                [study_id, role, in_force],
            )


def _file_row(loading: Loading, outcome: Outcome) -> dict[str, object]:
    columns = (
        "role", "slide_id", "platform_id", "file_name", "file_version", "n_bytes", "encoding",
        "line_end", "n_rows_in", "n_rows_loaded", "n_rows_quarantined", "n_rows_unchanged",
    )  # fmt: skip
    return {
        **{c: getattr(outcome, c) for c in columns},
        "study_id": loading.study.study_id,
        "file_sha256": outcome.sha256,
        "load_id": loading.load_id,
        "loaded_at": loading.loaded_at,
    }


def settle_quarantine(loading: Loading, outcomes: Sequence[Outcome]) -> int:
    """Open what this delivery set aside, close what is mended; return how many rows are new."""
    opened = 0
    for outcome in outcomes:
        if outcome.status not in (LOADED, UNCHANGED) or outcome.role in _CURRENT_ONLY:
            continue
        if outcome.role == "slide" and outcome.status == UNCHANGED:
            continue
        wanted = _quarantine_rows(loading, outcome)
        keys = {(r["file_sha256"], r["source_line"], r["column_name"], r["rule_id"])
                for r in wanted}  # fmt: skip
        old = standing.rows(
            loading.con,
            "select file_sha256, source_line, column_name, rule_id from quality.quarantine where "
            "study_id = ? and role = ? and slide_id is not distinct from "
            "case when role = 'slide' then ? else slide_id end and is_open",
            loading.study.study_id, outcome.role, outcome.slide_id,
        )  # fmt: skip
        still = {tuple(r.values()) for r in old}
        for gone in still - keys:
            loading.con.execute(
                "update quality.quarantine set is_open = false where study_id = ? and role = ? "
                "and file_sha256 = ? and source_line = ? and column_name = ? and rule_id = ?",
                [loading.study.study_id, outcome.role, *gone],
            )
        fresh = [r for r in wanted if (r["file_sha256"], r["source_line"], r["column_name"],
                                       r["rule_id"]) not in still]  # fmt: skip
        for row in fresh:
            where = {k: row[k] for k in QUARANTINE.key}
            replace(loading.con, QUARANTINE, from_rows([row], QUARANTINE), where)
        opened += len(fresh)
    return opened


def _quarantine_rows(loading: Loading, outcome: Outcome) -> list[dict[str, Any]]:
    merged: dict[tuple[int, str], list[Fault]] = {}
    for fault in outcome.set_aside:
        merged.setdefault((fault.line, fault.column), []).append(fault)
    return [
        {
            "study_id": loading.study.study_id,
            "file_sha256": outcome.sha256,
            "role": outcome.role,
            "source_line": line,
            "column_name": column,
            "slide_id": outcome.places.get(line, (outcome.slide_id, None))[0],
            "batch_id": outcome.places.get(line, (None, outcome.batch_id))[1],
            "rule_id": faults[0].rule_id,
            "reason": "; ".join(dict.fromkeys(f.record for f in faults)),
            "load_id": loading.load_id,
            "is_open": True,
        }
        for (line, column), faults in merged.items()
    ]


def settle_refusals(loading: Loading, outcomes: Sequence[Outcome]) -> int:
    """Record refused files, close the refusals of files that are loaded now; return the new."""
    added = 0
    numbers: Counter[str] = Counter()
    for outcome in outcomes:
        old = standing.rows(
            loading.con,
            "select load_id, file_sha256, rule_id, reason from quality.refusals where study_id = ? "
            "and role = ? and slide_id is not distinct from ? and is_open",
            loading.study.study_id, outcome.role, outcome.slide_id,
        )  # fmt: skip
        wanted = (
            [(outcome.sha256, f.rule_id, f.record) for f in outcome.faults]
            if outcome.status in (REFUSED, WAITING)
            else []
        )
        if sorted((r["file_sha256"], r["rule_id"], r["reason"]) for r in old) == sorted(wanted):
            continue
        if old:
            loading.con.execute(
                "update quality.refusals set is_open = false where study_id = ? and role = ? "
                "and slide_id is not distinct from ? and is_open",
                [loading.study.study_id, outcome.role, outcome.slide_id],
            )
        rows = _refusal_rows(loading, outcome, wanted, numbers)
        append(loading.con, REFUSALS, from_rows(rows, REFUSALS))
        added += len(rows)
    return added


def _refusal_rows(
    loading: Loading,
    outcome: Outcome,
    wanted: Sequence[tuple[str, str, str]],
    numbers: Counter[str],
) -> list[dict[str, Any]]:
    rows = []
    for sha256, rule_id, record in wanted:
        numbers[sha256] += 1
        rows.append({
            "study_id": loading.study.study_id,
            "file_sha256": sha256,
            "role": outcome.role,
            "slide_id": outcome.slide_id,
            "problem_number": numbers[sha256],
            "rule_id": rule_id,
            "reason": record,
            "n_rows_in": outcome.n_rows_in,
            "load_id": loading.load_id,
            "refused_at": loading.loaded_at,
            "is_open": True,
        })  # fmt: skip
    return rows
