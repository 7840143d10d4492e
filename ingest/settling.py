"""What a load leaves in raw.files and quality: files, rows set aside, refusals, each settled once.

Loading the same delivery again changes nothing here: what still holds stays as it is, what is
mended is closed, what is new is added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from contracts import Relation, from_rows
from contracts.quality import QUARANTINE, REFUSALS
from contracts.raw import FILES
from ingest import standing
from ingest.faults import Fault
from ingest.load_report import LOADED, REFUSED, UNCHANGED, WAITING
from ingest.loading import Loading, Outcome
from store.build import append, replace
from store.kept import CURRENT_ONLY


def add_files(loading: Loading, outcomes: Sequence[Outcome]) -> None:
    """Record the files that were loaded; of configuration files only the versions in force.

    A row of raw.files stands as long as rows of the file may stand: every version of a table,
    the present scan of a slide, the present configuration. The ledger keeps the others.
    """
    study_id = loading.study.study_id
    loaded = [o for o in outcomes if o.status == LOADED]
    for role in sorted({o.role for o in loaded}):
        own = [o for o in loaded if o.role == role]
        where = {"study_id": study_id, "role": role, "file_sha256": [o.sha256 for o in own]}
        replace(loading.con, FILES, from_rows([_file_row(loading, o) for o in own], FILES), where)
    for role in CURRENT_ONLY:
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


def settle_quarantine(loading: Loading, outcomes: Sequence[Outcome]) -> None:
    """Open what this delivery set aside, close what is mended, leave alone what still holds."""
    judged = [o for o in outcomes if _is_judged(o)]
    standing_open = _open_rows(loading, QUARANTINE)
    fresh: list[dict[str, Any]] = []
    gone: list[dict[str, Any]] = []
    for outcome in judged:
        wanted = {_cell(r): r for r in _quarantine_rows(loading, outcome)}
        old = {_cell(r): r for r in standing_open.get(_scope(outcome), [])}
        fresh += [row for cell, row in wanted.items() if cell not in old]
        gone += [row for cell, row in old.items() if cell not in wanted]
    for row in gone:
        where = {k: row[k] for k in QUARANTINE.key}
        replace(loading.con, QUARANTINE, from_rows([{**row, "is_open": False}], QUARANTINE), where)
    for row in fresh:
        where = {k: row[k] for k in QUARANTINE.key}
        replace(loading.con, QUARANTINE, from_rows([], QUARANTINE), where)
    append(loading.con, QUARANTINE, from_rows(fresh, QUARANTINE))


def _is_judged(outcome: Outcome) -> bool:
    """Return whether the file's rows were looked at: an unchanged slide's were not."""
    if outcome.role in CURRENT_ONLY or outcome.status not in (LOADED, UNCHANGED):
        return False
    return outcome.role != "slide" or outcome.status == LOADED


def _scope(outcome: Outcome) -> tuple[str, str | None]:
    return (outcome.role, outcome.slide_id)


def _cell(row: dict[str, Any]) -> tuple[object, ...]:
    return tuple(row[c] for c in ("file_sha256", "source_line", "column_name", "rule_id"))


def _open_rows(
    loading: Loading, relation: Relation
) -> dict[tuple[str, str | None], list[dict[str, Any]]]:
    """Return the open rows of quarantine or refusals by the file that they concern."""
    found: dict[tuple[str, str | None], list[dict[str, Any]]] = {}
    for row in standing.of_study(loading.con, relation, loading.study.study_id):
        if row["is_open"]:
            slide_id = row["slide_id"] if row["role"] == "slide" else None
            found.setdefault((row["role"], slide_id), []).append(row)
    return found


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


def settle_refusals(loading: Loading, outcomes: Sequence[Outcome]) -> None:
    """Record refused files, close the refusals of files that are loaded now."""
    numbers: Counter[str] = Counter()
    standing_open = _open_rows(loading, REFUSALS)
    rows: list[dict[str, Any]] = []
    for outcome in outcomes:
        old = standing_open.get(_scope(outcome), [])
        is_out = outcome.status in (REFUSED, WAITING)
        wanted = [(outcome.sha256, f.rule_id, f.record) for f in outcome.faults if is_out]
        if sorted((r["file_sha256"], r["rule_id"], r["reason"]) for r in old) == sorted(wanted):
            continue
        if old:
            loading.con.execute(
                "update quality.refusals set is_open = false where study_id = ? and role = ? "
                "and slide_id is not distinct from ? and is_open",
                [loading.study.study_id, *_scope(outcome)],
            )
        rows += _refusal_rows(loading, outcome, wanted, numbers)
    append(loading.con, REFUSALS, from_rows(rows, REFUSALS))


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
