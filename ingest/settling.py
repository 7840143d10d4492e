"""What a load leaves in raw.files and quality: files, rows set aside, refusals, each settled once.

Loading the same delivery again changes nothing here: what still holds stays as it is, what is
mended is closed, what is new is added.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Any

import pyarrow as pa

from contracts import Relation, from_columns, from_rows
from contracts.quality import FILE_LOADS, QUARANTINE, REFUSALS
from contracts.raw import FILES
from contracts.types import INSTANT
from ingest import standing
from ingest.decisions import RELEASED, WITHDRAWN, releasable
from ingest.faults import Fault
from ingest.load_report import LOADED, REFUSED, REMOVED, UNCHANGED, WAITING
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
        replace(loading.con, FILES, _file_rows(loading, own), where)
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


def _file_rows(loading: Loading, outcomes: Sequence[Outcome]) -> pa.Table:
    return from_columns(_facts(loading, outcomes, FILES), FILES)


def _facts(
    loading: Loading, outcomes: Sequence[Outcome], relation: Relation
) -> dict[str, Sequence[object]]:
    """Return the columns of a relation that outcomes and load fill."""
    n = len(outcomes)
    own: dict[str, Sequence[object]] = {
        "study_id": [loading.study.study_id] * n,
        "file_sha256": [o.sha256 for o in outcomes],
        "load_id": [loading.load_id] * n,
        "loaded_at": pa.repeat(pa.scalar(loading.loaded_at, INSTANT), n),
    }
    facts = {f.name for f in fields(Outcome)}
    found = [c for c in relation.column_names if c not in own and c in facts]
    return {**own, **{c: [getattr(o, c) for o in outcomes] for c in found}}


def settle_quarantine(loading: Loading, outcomes: Sequence[Outcome]) -> None:
    """Open what this delivery set aside, close what is mended, leave alone what still holds."""
    standing_rows = _by_scope(standing.of_study(loading.con, QUARANTINE, loading.study.study_id))
    fresh: list[dict[str, Any]] = []
    closed: list[dict[str, Any]] = []
    for outcome in outcomes:
        own = standing_rows.get(_scope(outcome), [])
        if not (own or outcome.set_aside) or not _is_judged(outcome):
            continue
        wanted = {_cell(r): r for r in _quarantine_rows(loading, outcome)}
        old = {_cell(r): r for r in own if _may_change(r)}
        fresh += [r for c, r in wanted.items() if c not in old or r["state"] != old[c]["state"]]
        closed += [
            {**row, "state": state, "is_open": False}
            for cell, row in old.items()
            if cell not in wanted and (state := _ending(loading, outcome, row)) != row["state"]
        ]
    for row in (*fresh, *closed):
        where = {k: row[k] for k in QUARANTINE.key}
        replace(loading.con, QUARANTINE, from_rows([], QUARANTINE), where)
    append(loading.con, QUARANTINE, from_rows([*closed, *fresh], QUARANTINE))


def _is_judged(outcome: Outcome) -> bool:
    """Return whether the file's rows were looked at: an unchanged slide's were not."""
    if outcome.role in CURRENT_ONLY or outcome.status not in (LOADED, UNCHANGED, REMOVED):
        return False
    return outcome.role != "slide" or outcome.status != UNCHANGED


def _may_change(row: dict[str, Any]) -> bool:
    return row["state"] in ("open", WITHDRAWN)


def _ending(loading: Loading, outcome: Outcome, row: dict[str, Any]) -> str:
    """Return how a row ended that this delivery does not set aside."""
    if outcome.status == REMOVED:
        return REMOVED
    cell = (row["role"], row["row_digest"], row["column_name"], row["rule_id"])
    if loading.decisions.verdicts.get(cell) == RELEASED:
        return RELEASED
    return WITHDRAWN if row["state"] == WITHDRAWN else "mended"


def _scope(outcome: Outcome) -> tuple[str, str | None]:
    return (outcome.role, outcome.slide_id)


def _cell(row: dict[str, Any]) -> tuple[object, ...]:
    return tuple(row[c] for c in ("file_sha256", "source_line", "column_name", "rule_id"))


def _by_scope(
    rows: Iterable[dict[str, Any]],
) -> dict[tuple[str, str | None], list[dict[str, Any]]]:
    """Return rows of quarantine or refusals by the file that they concern."""
    found: dict[tuple[str, str | None], list[dict[str, Any]]] = {}
    for row in rows:
        slide_id = row["slide_id"] if row["role"] == "slide" else None
        found.setdefault((row["role"], slide_id), []).append(row)
    return found


def _quarantine_rows(loading: Loading, outcome: Outcome) -> list[dict[str, Any]]:
    by_line: dict[int, list[Fault]] = {}
    for fault in outcome.set_aside:
        by_line.setdefault(fault.line, []).append(fault)
    return [
        row for line, faults in by_line.items() for row in _of_line(loading, outcome, line, faults)
    ]


def _of_line(
    loading: Loading, outcome: Outcome, line: int, faults: Sequence[Fault]
) -> Iterator[dict[str, Any]]:
    """Return what quality.quarantine holds of one row: a row for each column at fault."""
    digest = outcome.digests.get(line) or f"{outcome.sha256[:16]}:{line}"
    slide_id, batch_id = outcome.places.get(line, (outcome.slide_id, outcome.batch_id))
    for column in dict.fromkeys(f.column for f in faults):
        own = [f for f in faults if f.column == column]
        is_given_up = loading.decisions.on(outcome.role, digest, own[0]) == WITHDRAWN
        yield {
            "study_id": loading.study.study_id,
            "file_sha256": outcome.sha256,
            "role": outcome.role,
            "source_line": line,
            "column_name": column,
            "slide_id": slide_id,
            "batch_id": batch_id,
            "rule_id": own[0].rule_id,
            "reason": "; ".join(dict.fromkeys(f.record for f in own)),
            "load_id": loading.load_id,
            "is_open": not is_given_up,
            "row_id": row_id(loading.study.study_id, outcome.role, outcome.sha256, line),
            "state": WITHDRAWN if is_given_up else "open",
            "is_releasable": outcome.role != "slide" and releasable(own),
            "row_digest": digest,
        }


def row_id(study_id: str, role: str, sha256: str, line: int) -> str:
    """Return the short name of a row set aside: `Q` and 32 bits of a hash of where it stands."""
    text = "\x1f".join((study_id, role, sha256, str(line)))
    return f"Q{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def settle_refusals(loading: Loading, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Record refused files, close refusals of files that are loaded now; return what is news."""
    news: list[Outcome] = []
    numbers: Counter[str] = Counter()
    found = standing.of_study(loading.con, REFUSALS, loading.study.study_id)
    standing_open = _by_scope(r for r in found if r["is_open"])
    rows: list[dict[str, Any]] = []
    for outcome in outcomes:
        old = standing_open.get(_scope(outcome), [])
        is_out = outcome.status in (REFUSED, WAITING)
        wanted = [(outcome.sha256, f.rule_id, f.record) for f in outcome.faults if is_out]
        if not old and not wanted:
            continue
        if sorted((r["file_sha256"], r["rule_id"], r["reason"]) for r in old) == sorted(wanted):
            continue
        if old:
            loading.con.execute(
                "update quality.refusals set is_open = false where study_id = ? and role = ? "
                "and slide_id is not distinct from ? and is_open",
                [loading.study.study_id, *_scope(outcome)],
            )
        news += [outcome] if wanted else []
        rows += _refusal_rows(loading, outcome, wanted, numbers)
    append(loading.con, REFUSALS, from_rows(rows, REFUSALS))
    return news


def add_file_loads(
    loading: Loading, outcomes: Sequence[Outcome], refused: Sequence[Outcome]
) -> None:
    """Record what the load did with every file that was news to it: each row accounted for."""
    fresh = {id(o) for o in refused}
    news = {
        number: outcome for number, outcome in enumerate(outcomes, 1)
        if outcome.status in (LOADED, REMOVED) or id(outcome) in fresh
    }  # fmt: skip
    columns = _facts(loading, list(news.values()), FILE_LOADS)
    append(loading.con, FILE_LOADS, from_columns({**columns, "file_number": list(news)},
                                                 FILE_LOADS))  # fmt: skip


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
