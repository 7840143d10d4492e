"""The closing words of a run: loaded, waiting, quarantined, refused, held; hits; the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import expectations
from cytomart import comparability, inbox, pipeline, state
from cytomart.front import Front
from ingest.load_report import (
    LOADED,
    REFUSED,
    REMOVED,
    UNCHANGED,
    WAITING,
    CellChange,
    FileReport,
    LoadReport,
)
from store.read import open_published

_HITS = """
    select study_id, contrast_id, mode, n_hits, n_tested, n_chance_permuted
    from reporting.rpt_hit_counts order by study_id, mode, contrast_id
"""


def close(
    front: Front, outcome: pipeline.RunOutcome, decision: dict[str, Any] | None = None
) -> int:
    """Say what a run did, and for machines the decision behind it; return its exit code."""
    told = _tell(front, outcome)
    code = pipeline.exit_code(outcome, told.standing.n_held)
    front.give({**(decision or {}), **_facts(outcome, told, code)})
    return code


def close_inbox(front: Front, run: inbox.InboxRun) -> int:
    """Say what a run over a drop folder did, in one line at last; return its exit code."""
    told = _tell(front, run.outcome, shows_waits=False)
    inbox.lines(front, run)
    code = inbox.exit_code(run, told.standing)
    line = inbox.one_line(run, told.standing, code)
    inbox.log(front.home, line)
    front.say(line)
    front.give({**_facts(run.outcome, told, code), "inbox": inbox.facts(run)})
    return code


@dataclass(frozen=True)
class _Told:
    """What stands after a run: batches and their counts, hits, lots."""

    standing: state.State
    counts: dict[str, int]
    hits: list[dict[str, Any]]
    lots: list[dict[str, Any]]


def _tell(front: Front, outcome: pipeline.RunOutcome, *, shows_waits: bool = True) -> _Told:
    """Say what a run did, and return what stands."""
    if outcome.load is not None:
        load_lines(front, outcome.load, shows_waits=shows_waits)
    incomplete = [] if shows_waits else [g for g in outcome.gates if _is_incomplete(g)]
    gate_lines(front, [g for g in outcome.gates if g not in incomplete])
    for gate_run in incomplete:
        front.say(f"  batch {gate_run.scope_id} is not complete: it is judged when its files come.")
    standing = state.of(front.home)
    for problem in outcome.problems:
        front.say(f"! {problem}")
    counts = {s: sum(b[2] == s for b in standing.batches)
              for s in ("released", "accepted", "held", "pending")}  # fmt: skip
    if not shows_waits:
        counts["held"] -= standing.n_incomplete
        counts["incomplete"] = standing.n_incomplete
    front.say(
        "Batches: " + ", ".join(f"{n} {s}" for s, n in counts.items() if n or s == "released")
    )
    is_published = outcome.generation is not None
    lots = comparability.tell(front) if is_published else []
    hits = _hit_lines(front) if is_published else []
    _place_lines(front, outcome)
    return _Told(standing, counts, hits, lots)


def _is_incomplete(gate_run: expectations.GateRun) -> bool:
    return any(r.rule_id in state.INCOMPLETE for r in gate_run.broken)


def load_lines(front: Front, load: LoadReport, *, shows_waits: bool = True) -> None:
    """Say what a load did, every problem with its place; what waits where that is asked for."""
    for file in load.files:
        for note in file.notes:
            front.say(f"  {file.file_name}: {note}")
    for role, columns in (load.dropped_columns or {}).items():
        front.say(f"  {role}: columns not mapped and not kept: {', '.join(columns)}")
    _change_lines(front, load)
    _missing_lines(front, load)
    for row in load.quarantined:
        front.say(f"! quarantined: {row.problem}")
    for slide in load.waiting if shows_waits else ():
        front.say(f"! waiting: {slide.problem}")
    for file in load.files:
        word = {WAITING: "waiting", REFUSED: "refused"}.get(file.status, "not removed")
        for problem in file.problems if shows_waits or file.status != WAITING else ():
            front.say(f"! {word}: {problem}")
    added = sum(
        n for name, n in (load.rows_added or {}).items()
        if name.startswith("raw.") and name != "raw.files"
    )  # fmt: skip
    change = f"{added} rows added" if added >= 0 else f"{-added} rows fewer than before"
    front.say(
        f"Files: {load.count(LOADED)} loaded, {load.count(UNCHANGED)} already loaded, "
        f"{load.count(REFUSED)} refused, {load.count(WAITING)} waiting; "
        f"{len(load.waiting)} slides waiting; "
        f"{len(load.quarantined)} rows quarantined; {change}."
    )


def _missing_lines(front: Front, load: LoadReport) -> None:
    """Say which rows are missing from their tables and stay, and which were taken away."""
    for key in load.missing_keys:
        front.say(f"  {key.role}: {key.key} is no longer in the table; it stays in the warehouse.")
    if load.missing_keys:
        word = "it" if len(load.missing_keys) == 1 else "them"
        front.say(
            f"  Do: put {word} back into the table, or take {word} out of "
            "the warehouse with --remove --reason 'why'; the history keeps them."
        )
    for file in load.files:
        if file.status == REMOVED:
            front.say(f"  slide {file.slide_id} was taken away: {file.n_rows_removed} rows")
    if load.removals:
        rows = [[c.where, c.key, c.column, c.before] for c in load.removals]
        front.show("taken away:", ["table", "row", "column", "before"], rows)


def _change_lines(front: Front, load: LoadReport) -> None:
    if not load.changes:
        return
    word = "corrected" if load.corrections_accepted else "changed cells, not accepted"
    rows = [[c.where, c.key, c.column, c.before, c.after] for c in load.changes]
    front.show(f"{word}:", ["where", "row", "column", "before", "after"], rows)


def gate_lines(front: Front, gates: Sequence[expectations.GateRun]) -> int:
    """Say each verdict with what failed; return how many batches are held."""
    held = 0
    for run in gates:
        if run.gate != "batch":
            # What holds a release is said with the problems of the run.
            for result in run.broken:
                if not result.holds:
                    front.say(f"  {run.study_id} warning: {result.rule_id}: {result.message}")
            continue
        held += run.verdict == "held"
        if run.verdict == "held":
            front.say(f"! batch {run.scope_id} is held:")
        for result in run.broken:
            word = "broken" if result.holds else "warning"
            front.say(f"  {run.scope_id} {word}: {result.rule_id}: {result.message}")
        if run.verdict == "held":
            front.say(
                f"  Do: mend the files and run again, or let it through with: {front.command} "
                f"accept {run.scope_id} RULE --reason 'why' (integrity rules cannot be accepted)."
            )
    return held


def _hit_lines(front: Front) -> list[dict[str, Any]]:
    con = open_published(front.home)
    try:
        rows = con.execute(_HITS).fetchall()
    finally:
        con.close()
    for _, contrast, mode, hits, tested, chance in rows:
        expected = "" if chance is None else f"; chance alone would give {chance:.2f}"
        front.say(f"Hits {contrast} ({mode} mode): {hits} of {tested} targets{expected}.")
    names = ("study_id", "contrast_id", "mode", "n_hits", "n_tested", "n_chance_permuted")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _place_lines(front: Front, outcome: pipeline.RunOutcome) -> None:
    if outcome.generation is None:
        front.say("Nothing was published; what was published before stands as it was.")
        return
    number = outcome.generation.number
    if outcome.is_unchanged:
        front.say(f"Nothing new: generation {number} stands as it is.")
    else:
        front.say(f"Published generation {number}.")
    front.say(f"Warehouse: {front.home.published_path}")
    if outcome.report is not None:
        front.say(f"Report:    {outcome.report}")


def load_facts(load: LoadReport) -> dict[str, Any]:
    """Return what a load did, for machines."""
    return {
        "study_id": load.study_id,
        "load_id": load.load_id,
        "files": [_file_facts(f) for f in load.files],
        "waiting": list(load.waiting_slides),
        "n_quarantined": len(load.quarantined),
        "missing": [{"role": m.role, "key": m.key} for m in load.missing_keys],
        "changes": [_change_facts(c) for c in load.changes],
        "are_corrections_accepted": load.corrections_accepted,
        "removals": [_change_facts(c) for c in load.removals],
        "rows_added": load.rows_added or {},
        "problems": [str(p) for p in load.problems],
    }


def _change_facts(change: CellChange) -> dict[str, str]:
    return {
        "role": change.role,
        "row": change.key,
        "column": change.column,
        "before": change.before,
        "after": change.after,
        "where": change.where,
    }


def _file_facts(file: FileReport) -> dict[str, Any]:
    return {
        "role": file.role,
        "file": file.file_name,
        "status": file.status,
        "n_rows_in": file.n_rows_in,
        "n_rows_loaded": file.n_rows_loaded,
        "n_rows_unchanged": file.n_rows_unchanged,
        "n_rows_quarantined": file.n_rows_quarantined,
        "n_rows_refused": file.n_rows_refused,
        "n_rows_removed": file.n_rows_removed,
    }


def gate_facts(gates: Sequence[expectations.GateRun]) -> list[dict[str, Any]]:
    """Return the verdicts, for machines."""
    return [
        {
            "study_id": g.study_id,
            "gate": g.gate,
            "scope_id": g.scope_id,
            "verdict": g.verdict,
            "broken": {r.rule_id: r.message for r in g.broken},
        }
        for g in gates
    ]


def _facts(outcome: pipeline.RunOutcome, told: _Told, code: int) -> dict[str, Any]:
    return {
        "load": load_facts(outcome.load) if outcome.load else None,
        "gates": gate_facts(outcome.gates),
        "batches": told.counts,
        "lots": told.lots,
        "hits": told.hits,
        "generation": outcome.generation.number if outcome.generation else None,
        "is_unchanged": outcome.is_unchanged,
        "report": str(outcome.report) if outcome.report else None,
        "problems": [str(p) for p in outcome.problems],
        "exit_code": code,
    }
