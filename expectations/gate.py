"""Run a gate: frames from the build file, a suite over them, rows into `quality`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from duckdb import DuckDBPyConnection

from contracts import failure, from_rows
from contracts.quality import GATE_RESULTS, GATE_RUNS
from expectations.batch_rules import batch_suite
from expectations.frames import make_frames
from expectations.judge import judge
from expectations.release_rules import release_suite
from expectations.results import SUITE_COMPLETE, GateRun, close_run
from expectations.rule import Gate, Rule
from expectations.thresholds import Threshold, in_force
from store import build

RELEASE = "release"


def run_batch_gate(
    con: DuckDBPyConnection,
    study_id: str,
    batch_id: str,
    *,
    suite: Sequence[Rule] | None = None,
) -> GateRun:
    """Judge one batch and write the answers to `quality.gate_runs` and `quality.gate_results`.

    Parameters
    ----------
    con : DuckDBPyConnection
        Open build file; the caller holds the writer lock.
    study_id, batch_id : str
        Batch to judge.
    suite : sequence of Rule, optional
        Rules to ask instead of those that the batch's content calls for.

    Raises
    ------
    CytomartError
        The study has no such batch.
    """
    content = content_hash(con, study_id, batch_id)
    rules = batch_suite(con, study_id, batch_id) if suite is None else tuple(suite)
    scope = {"study_id": study_id, "batch_id": batch_id}
    return _run(con, "batch", batch_id, content, rules, scope)


def run_release_gate(
    con: DuckDBPyConnection, study_id: str, *, suite: Sequence[Rule] | None = None
) -> GateRun:
    """Judge the built tables of one study and write the answers to `quality`.

    Parameters
    ----------
    con : DuckDBPyConnection
        Open build file after `dbt build`; the caller holds the writer lock.
    study_id : str
        Study to judge.
    suite : sequence of Rule, optional
        Rules to ask instead of those that the study's plan calls for.
    """
    rules = release_suite(con, study_id) if suite is None else tuple(suite)
    content = _release_content(con, study_id)
    return _run(con, "release", RELEASE, content, rules, {"study_id": study_id})


def content_hash(con: DuckDBPyConnection, study_id: str, batch_id: str) -> str:
    """Return the hash of what a batch holds now.

    Raises
    ------
    CytomartError
        The study has no such batch.
    """
    row = con.execute(
        "select content_hash from quality.batch_contents where study_id = ? and batch_id = ?",
        [study_id, batch_id],
    ).fetchone()
    if row is None:
        raise failure(
            f"study {study_id} has no batch {batch_id}",
            allowed=", ".join(_batches(con, study_id)) or "no batch is loaded",
            remedy="name a batch as `cytomart status` lists it",
        )
    return str(row[0])


def _run(
    con: DuckDBPyConnection,
    gate: Gate,
    scope_id: str,
    content: str,
    suite: tuple[Rule, ...],
    scope: dict[str, str],
) -> GateRun:
    study_id = scope["study_id"]
    thresholds = in_force(con, study_id)
    frames = make_frames(con, [rule.frame for rule in suite], scope)
    answers = judge(suite, frames, thresholds)
    complete = thresholds.get(
        SUITE_COMPLETE, Threshold(SUITE_COMPLETE, "integrity", 0.0, "no row in the seed")
    )
    run = close_run(
        study_id, gate, scope_id, content, answers, len(suite),
        (complete.value, complete.source), datetime.now(UTC),
    )  # fmt: skip
    _write(con, run)
    return run


def _write(con: DuckDBPyConnection, run: GateRun) -> None:
    head = {
        "study_id": run.study_id,
        "gate_run_id": run.gate_run_id,
        "gate": run.gate,
        "scope_id": run.scope_id,
    }
    counts = ("content_hash", "n_rules", "n_rules_evaluated", "n_rules_failed", "verdict", "ran_at")
    run_row = head | {name: getattr(run, name) for name in counts}
    answer = (
        "rule_id", "rule_label", "severity", "outcome", "observed", "threshold",
        "threshold_source", "n_checked", "n_failed", "message",
    )  # fmt: skip
    rows = [head | {name: getattr(result, name) for name in answer} for result in run.results]
    with build.transaction(con):
        build.append(con, GATE_RESULTS, from_rows(rows, GATE_RESULTS))
        build.append(con, GATE_RUNS, from_rows([run_row], GATE_RUNS))


def _release_content(con: DuckDBPyConnection, study_id: str) -> str:
    """Return a hash over batches, their verdicts and acceptances, and the plan."""
    parts = con.execute(
        "select 'batch', batch_id, content_hash from quality.batch_contents where study_id = $s "
        "union all select distinct 'verdict', scope_id, content_hash || verdict "
        "from quality.gate_runs where study_id = $s and gate = 'batch' "
        "union all select distinct 'accepted', batch_id || '/' || rule_id, content_hash "
        "from quality.acceptances where study_id = $s "
        "union all select distinct 'plan', plan_hash, '' from raw.plan where study_id = $s "
        "order by all",
        {"s": study_id},
    ).fetchall()
    return hashlib.sha256("\n".join("|".join(row) for row in parts).encode()).hexdigest()[:32]


def _batches(con: DuckDBPyConnection, study_id: str) -> list[str]:
    rows = con.execute(
        "select batch_id from quality.batch_contents where study_id = ? order by all", [study_id]
    ).fetchall()
    return [batch_id for (batch_id,) in rows]
